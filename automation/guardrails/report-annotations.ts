import { printable } from "./printable";
import { sourceLocationOf } from "./report-location";
import { goneLines } from "./report-text";
import { ordered, type Verdict } from "./verdict";

/** Workflow commands of GitHub Actions: each finding appears at its line. */
export function annotations(verdict: Verdict, projectFolder: string): string[] {
  const problems = verdict.problems.map(({ file, line, code, reason }) =>
    workflowCommand("error", { file, line, title: code }, reason),
  );
  const findings = ordered(verdict.findings).map((finding) => {
    const location = sourceLocationOf(finding, projectFolder);
    const kind = finding.level === "mandatory" ? "error" : finding.kind === "violation" ? "warning" : "notice";
    return workflowCommand(
      kind,
      { ...(location && { file: location.file, line: location.line, col: location.column }), title: finding.rule },
      finding.message,
    );
  });
  const left = [
    ...verdict.left.map((line) => workflowCommand("notice", { title: "not judged" }, line)),
    ...goneLines(verdict).map((line) => workflowCommand("notice", { title: "baseline" }, line)),
  ];
  const checked = (verdict.queriedClouds ?? []).map((cloud) =>
    workflowCommand("notice", { title: verdict.judged }, `checked ${cloud}`),
  );
  return [...problems, ...findings, ...left, ...checked];
}

export function workflowCommand(
  kind: "error" | "warning" | "notice",
  properties: Record<string, string | number>,
  message: string,
): string {
  const given = Object.entries(properties).map(
    ([name, value]) => `${name}=${escaped(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`,
  );
  return `::${kind} ${given.join(",")}::${escaped(message)}`;
}

const escaped = (text: string): string =>
  printable(text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A"));
