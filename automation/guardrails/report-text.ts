import { unjudgedShownMax } from "./limits";
import { printable, printableLine } from "./printable";
import { countsOf, ordered, type Counts, type Verdict } from "./verdict";
import type { LocatedFinding } from "./judgement";

type Style = (style: "bold" | "dim" | "red" | "green" | "yellow", text: string) => string;

/** For people: grouped by the responsible team, with what stops a change first. */
export function textReport(verdict: Verdict, style: Style): string[] {
  const byOwner = new Map<string, LocatedFinding[]>();
  for (const finding of ordered(verdict.findings)) {
    const owner = finding.owner ?? "(no owner)";
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), finding]);
  }
  const groups = [...byOwner].sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = groups.flatMap(([owner, findings]) => [
    `${style("bold", printableLine(owner))}: ${summary(countsOf(findings))}`,
    ...findings.flatMap((finding) => findingLines(finding, verdict.severalFiles, style)),
    "",
  ]);
  const left = [...verdict.left, ...goneLines(verdict)].map((line) => style("dim", printableLine(line)));
  const checked = (verdict.queriedClouds ?? []).map((cloud) => `checked ${printableLine(cloud)}`);
  return [...lines, ...left, ...checked, `${printableLine(verdict.judged)}: ${totalOf(verdict, style)}`];
}

/** The first entries of the baseline that are no longer needed, and how to remove them all. */
export function goneLines({ baseline: { file, gone } = { file: "", gone: [], left: [] } }: Verdict): string[] {
  if (gone.length === 0) return [];
  const names = gone.slice(0, unjudgedShownMax).map(({ rule, resource }) => `${rule} on ${resource}`);
  const rest = gone.length > names.length ? ` and ${gone.length - names.length} more` : "";
  return [`no longer needed in ${file}: ${names.join(", ")}${rest}; the same command with --shrink removes them`];
}

/** Green only if everything was judged. */
function totalOf({ findings, problems, left }: Verdict, style: Style): string {
  const total = summary(countsOf(findings));
  if (total !== "") return total;
  return left.length + problems.length === 0
    ? style("green", "no findings")
    : style("yellow", "no findings in what was judged");
}

function findingLines(finding: LocatedFinding, severalFiles: boolean, style: Style): string[] {
  const mark =
    finding.level === "mandatory"
      ? style("red", "✗")
      : finding.kind === "waived" || finding.kind === "baseline"
        ? style("dim", "–")
        : style("yellow", "!");
  const { source, file, urn } = finding;
  const locations = [urn, source && `${source.file}:${source.line}`, source && !severalFiles ? undefined : file].filter(
    (location) => location !== undefined,
  );
  return [
    `  ${mark} ${finding.rule} (${finding.severity}) ${printableLine(finding.message)}`,
    ...(urn === "" ? [] : [style("dim", `      ${printable(locations.join("  "))}`)]),
  ];
}

function summary(counts: Counts): string {
  const { mandatory, advisory, waived, baseline, undecided } = counts;
  const named = { mandatory, advisory, waived, "in the baseline": baseline, undecided };
  return Object.entries(named)
    .flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []))
    .join(", ");
}
