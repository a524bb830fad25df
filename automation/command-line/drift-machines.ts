/** Differences for code scanning and for the log of a pipeline. */
import type { Log, ReportingDescriptor, Result } from "sarif";
import { severities, type Severity } from "../../policypacks/database-guardrails/judging/rule";
import { databaseText } from "../difference-records";
import { workflowCommand } from "../guardrails/report-annotations";
import { stackConfig } from "../guardrails/report-location";
import { scores } from "../guardrails/report-sarif";
import { failing, type DriftReport, type ShownDifference } from "./drift-report";

/** SARIF 2.1.0. What a waiver allows is included, as suppressed. */
export const driftSarif = (report: DriftReport, projectFolder: string): Log => ({
  $schema: "https://json.schemastore.org/sarif-2.1.0.json",
  version: "2.1.0",
  runs: [
    {
      tool: { driver: { name: "shipshape drift", rules: rulesOf(report.differences) } },
      invocations: [
        {
          executionSuccessful: report.problems.length === 0,
          toolExecutionNotifications: report.problems.map((text) => ({ level: "error", message: { text } })),
        },
      ],
      results: report.differences.map((one) => resultOf(one, projectFolder)),
    },
  ],
});

const ruleOf = ({ class: kind, severity }: ShownDifference) => `${kind}-${severity}`;

const meanings: Record<string, string> = {
  drift: "It was changed outside of its stack",
  unmanaged: "Nothing declares it",
  unreadable: "It could not be compared",
};

/** Code scanning has a severity for each rule alone. */
const rulesOf = (differences: readonly ShownDifference[]): ReportingDescriptor[] =>
  [...new Map(differences.map((one) => [ruleOf(one), one])).values()].map((one) => ({
    id: ruleOf(one),
    shortDescription: { text: `${meanings[one.class] ?? one.class}: ${one.severity}` },
    properties: { "security-severity": scores[one.severity], tags: [one.class] },
  }));

const levels = { critical: "error", high: "error", medium: "warning", low: "note" } as const;

function resultOf(one: ShownDifference, projectFolder: string): Result {
  const file = configOf(one, projectFolder);
  return {
    ruleId: ruleOf(one),
    level: levels[one.severity],
    message: { text: textOf(one) },
    locations: [
      {
        ...(file && {
          physicalLocation: {
            artifactLocation: { uri: encodeURI(file), uriBaseId: "%SRCROOT%" },
            region: { startLine: 1 },
          },
        }),
        logicalLocations: [{ fullyQualifiedName: `${databaseText(one.database)} ${one.name}`, kind: "resource" }],
      },
    ],
    partialFingerprints: { "difference/v1": `${databaseText(one.database)}|${one.key}` },
    ...(one.waivedBy !== null && {
      suppressions: [{ kind: "external", status: "accepted", justification: one.waivedBy }],
    }),
  };
}

/** The config of the stack that declares the database, if it is in this project. */
const configOf = ({ stack }: ShownDifference, projectFolder: string): string | undefined =>
  stack === null ? undefined : stackConfig(stack.split("/").at(-1) ?? "", projectFolder)?.replaceAll("\\", "/");

const textOf = (one: ShownDifference): string =>
  `${one.database.identifier}: ${one.name}: declared ${one.desired}, actual ${one.actual}; ${one.reason}; ${one.remedy}`;

/** Workflow commands of GitHub Actions. What fails is an error, whatever its severity. */
export function driftAnnotations(report: DriftReport, failOn: Severity, projectFolder: string): string[] {
  const errors = new Set(failing(report.differences, failOn));
  const kindOf = (one: ShownDifference) =>
    errors.has(one) ? "error" : one.waivedBy === null && severities.indexOf(one.severity) < 3 ? "warning" : "notice";
  return [
    ...report.problems.map((problem) => workflowCommand("error", { title: "not compared" }, problem)),
    ...report.differences.map((one) => {
      const file = configOf(one, projectFolder);
      return workflowCommand(kindOf(one), { ...(file && { file, line: 1 }), title: ruleOf(one) }, textOf(one));
    }),
  ];
}
