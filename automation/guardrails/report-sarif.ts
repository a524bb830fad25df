import { createHash } from "node:crypto";
import type { Log, ReportingDescriptor, Result } from "sarif";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";
import type { LocatedFinding } from "./judgement";
import { sourceLocationOf } from "./report-location";
import { ordered, type Verdict } from "./verdict";

/** SARIF 2.1.0, for code scanning of GitHub and GitLab. What is waived or in the baseline is included, as suppressed. */
export function sarifReport(verdict: Verdict, projectFolder: string): Log {
  const used = new Set(verdict.findings.map(({ rule }) => rule));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "shipshape guard", rules: verdict.rules.filter(({ id }) => used.has(id)).map(ruleOf) },
        },
        invocations: [
          {
            executionSuccessful: verdict.problems.length === 0,
            toolExecutionNotifications: verdict.problems.map(({ file, line, reason }) => ({
              level: "error",
              message: { text: `${file}:${line}: ${reason}` },
            })),
          },
        ],
        results: ordered(verdict.findings).map((finding) => resultOf(finding, projectFolder)),
      },
    ],
  };
}

/** What code scanning makes of a severity. */
export const scores = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0" };
function ruleOf({ id, title, why, solution, severity, controls }: Rule): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: solution },
    properties: { "security-severity": scores[severity], tags: [...controls] },
  };
}

const suppressed = (justification: string | undefined): Pick<Result, "suppressions"> =>
  justification === undefined ? {} : { suppressions: [{ kind: "external", status: "accepted", justification }] };

function resultOf(finding: LocatedFinding, projectFolder: string): Result {
  const location = sourceLocationOf(finding, projectFolder);
  return {
    ruleId: finding.rule,
    level: finding.level === "mandatory" ? "error" : finding.kind === "violation" ? "warning" : "note",
    message: { text: finding.message },
    locations: [
      {
        ...(location && {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(location.file.replaceAll("\\", "/")), uriBaseId: "%SRCROOT%" },
            region: { startLine: location.line, startColumn: location.column },
          },
        }),
        logicalLocations: [{ fullyQualifiedName: finding.urn, kind: "resource" }],
      },
    ],
    // A finding keeps its identity when lines move.
    partialFingerprints: {
      "resource/v1": createHash("sha256")
        .update([finding.rule, finding.urn, finding.property ?? ""].join("\n"))
        .digest("hex"),
    },
    ...suppressed(finding.waiver && `waiver ${finding.waiver.id}, until ${finding.waiver.expiresOn}`),
    ...suppressed(finding.baseline && `in the baseline until ${finding.baseline.until}`),
  };
}
