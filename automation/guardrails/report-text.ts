import { countsOf, ordered, type Counts, type Verdict } from "./verdict";
import type { LocatedFinding } from "./judgement";

type Style = (style: "bold" | "dim" | "red" | "green" | "yellow", text: string) => string;

/** For people: by the team that can do something about it, what stops a change first. */
export function textReport(verdict: Verdict, style: Style): string[] {
  const byOwner = new Map<string, LocatedFinding[]>();
  for (const finding of ordered(verdict.findings)) {
    const owner = finding.owner ?? "(no owner)";
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), finding]);
  }
  const groups = [...byOwner].sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = groups.flatMap(([owner, findings]) => [
    `${style("bold", owner)}: ${summary(countsOf(findings))}`,
    ...findings.flatMap((finding) => findingLines(finding, style)),
    "",
  ]);
  const total = summary(countsOf(verdict.findings));
  return [...lines, ...verdict.left.map((line) => style("dim", line)), `${verdict.judged}: ${total === "" ? style("green", "nothing to object to") : total}`];
}

function findingLines(finding: LocatedFinding, style: Style): string[] {
  const mark = finding.level === "mandatory" ? style("red", "✗") : finding.kind === "waived" ? style("dim", "–") : style("yellow", "!");
  const place = finding.source ? `${finding.source.file}:${finding.source.line}` : finding.file;
  return [
    `  ${mark} ${finding.rule} (${finding.severity}) ${finding.message}`,
    ...(finding.urn === "" ? [] : [style("dim", `      ${finding.urn}${place === undefined ? "" : `  ${place}`}`)]),
  ];
}

function summary(counts: Counts): string {
  return (["mandatory", "advisory", "waived", "undecided"] as const).flatMap((kind) => (counts[kind] > 0 ? [`${counts[kind]} ${kind}`] : [])).join(", ");
}
