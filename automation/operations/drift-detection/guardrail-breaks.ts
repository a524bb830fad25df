/** Pure: what the guardrails find on a database that no stack declares, as differences of it. */
import type { Severity } from "../../../policypacks/database-guardrails/judging/rule";
import { instance as instanceType } from "../../../policypacks/database-guardrails/vocabulary/types";
import type { TargetDatabase } from "../../fleet-records";
import type { Difference } from "./differences";
import type { WaiverOfDifference } from "./waived";

/** A guardrail that a database breaks; small, since a sweep keeps those of each database. */
export interface BrokenGuardrail {
  rule: string;
  severity: Severity;
  actual: string;
  reason: string;
  waivers: WaiverOfDifference[];
}

export interface JudgedByGuardrails {
  /** The worst first. */
  breaks: BrokenGuardrail[];
  /** Why it was not judged, or not by all of them. */
  unread: string[];
}

/** One for each guardrail that it breaks, and one for those that could not be asked. */
export const guardrailDifferences = (
  { identifier, arn }: TargetDatabase,
  { breaks, unread }: JudgedByGuardrails,
): Difference[] => [
  ...breaks.map((one) => guardrailDifference(arn, one)),
  ...(unread.length > 0 ? [notJudged(identifier, unread)] : []),
];

export const guardrailDifference = (
  arn: string,
  { rule, severity, actual, reason }: Omit<BrokenGuardrail, "waivers">,
): Difference => ({
  ...{ urn: arn, type: instanceType, property: `guardrails.${rule}`, desired: `what ${rule} allows`, actual },
  ...{ class: "unmanaged", reason, severity, breaks: [rule] },
});

const notJudged = (identifier: string, unread: readonly string[]): Difference => ({
  ...{ urn: `guardrails of ${identifier}`, type: "rds", property: null, desired: "judged by all guardrails" },
  ...{ actual: "could not be read", class: "unreadable", reason: unread.join("; "), severity: "medium", breaks: [] },
});
