/**
 * The records of the one lifecycle. Each stage writes its own and reads the others'; the words are those of the
 * glossary.
 */

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type CleanUpStatus = "none" | "pending" | "done" | "stuck";
export type VerdictWord = "pass" | "fail" | "inconclusive";
/** What an operation does to databases: nothing, nothing but to a copy that it makes and removes, or a change. */
export type Effect = "reads" | "throwaway" | "changes";

/** What is asked for: by whom, why, of which operation. Its id is the id of everything that follows from it. */
export interface OperationRequest {
  id: string;
  operation: string;
  input: unknown;
  requestedBy: string;
  reason: string;
  receivedAt: Date;
}

/**
 * One database, and no other that ever was or will be. An identifier is used again by whatever is created under it; a
 * resource id is not, and the ARN says in which account and Region.
 */
export interface TargetDatabase {
  identifier: string;
  resourceId: string;
  arn: string;
  account: string;
  region: string;
}

/** The coordinates of a database as RDS gives them. */
export function targetDatabase(d: { identifier: string; resourceId: string; arn: string }): TargetDatabase {
  const [, , , region = "", account = ""] = d.arn.split(":");
  return { identifier: d.identifier, resourceId: d.resourceId, arn: d.arn, account, region };
}

/** A database as the cloud knows it today. */
export interface FleetDatabase extends TargetDatabase {
  /** The earliest moment that its automated backups can restore; null where there is none to restore. */
  restorableFrom: Date | null;
  /** For how long RDS keeps them. */
  backupRetentionDays: number;
  /** The run that it says it is a throwaway of. Anybody who may tag it can say so. */
  run: string | undefined;
}

export type FleetAnswer = { asked: true; databases: FleetDatabase[] } | { asked: false; reason: string };

/** What every plan says, whatever the operation. The rest of a plan is the operation's own. */
export interface PlanBasis {
  /** The database the operation is about, by its identifier: what people call it. */
  target: string;
  /** The same database, by what cannot be given to another: what evidence is about. */
  database: TargetDatabase;
  /** How long the evidence of this run counts, in days. */
  evidenceValidDays: number;
}

export interface Decision {
  requestId: string;
  status: "allowed" | "denied" | "needs-approval";
  planDigest: string;
  /** Why: each rule that was asked, and what it said. */
  rules: { id: string; verdict: "allowed" | "denied" | "needs-approval"; reason: string }[];
  decidedBy: string;
}

/** One thing that was verified, with the figures it was judged by. */
export interface Check {
  name: string;
  verdict: VerdictWord;
  /** What was found, in words a reader of the report understands without the code. */
  explanation: string;
  figures: Record<string, number | string | boolean | null>;
}

export interface Verdict {
  verdict: VerdictWord;
  checks: Check[];
}

export interface StepRecord {
  status: "running" | "done" | "failed";
  attempts: number;
  startedAt: string;
  finishedAt?: string;
  error?: string;
}

/** An error as records keep it. */
export interface ErrorRecord {
  code: string;
  message: string;
  hint?: string;
}

/**
 * One operation being carried out, or carried out. Clean-up is told apart from the run: either can succeed without the
 * other.
 */
export interface Run {
  requestId: string;
  operation: string;
  target: string | undefined;
  status: RunStatus;
  cleanUp: CleanUpStatus;
  plan: PlanBasis | undefined;
  planDigest: string | undefined;
  steps: Record<string, StepRecord>;
  outcome: unknown;
  verdict: VerdictWord | undefined;
  checks: Check[];
  error: ErrorRecord | undefined;
  cleanUpError: ErrorRecord | undefined;
  startedAt: Date | undefined;
  finishedAt: Date | undefined;
  /** When the statement of its verdict was sealed. */
  sealedAt: Date | undefined;
}

/**
 * The verdict over checks: one failure fails; short of that, one that could not be decided leaves all undecided. No
 * checks prove nothing.
 */
export function verdictOf(checks: Check[]): Verdict {
  const words = checks.map((c) => c.verdict);
  const verdict = words.includes("fail")
    ? "fail"
    : words.includes("inconclusive") || words.length === 0
      ? "inconclusive"
      : "pass";
  return { verdict, checks };
}

/**
 * The digest that approvals and evidence name: SHA-256 of the plan's canonical JSON, in hex. Canonical, because a plan
 * that was read back from the database has its names in another order, and is the same plan.
 */
export const planDigestOf = (plan: PlanBasis): string => createHash("sha256").update(canonicalJson(plan)).digest("hex");

/**
 * JSON Canonicalization Scheme, RFC 8785: no spaces, names sorted by UTF-16 units. Throws for NaN and infinities, which
 * JSON does not have.
 */
export const canonicalJson = (value: unknown): string => canonicalize(value) ?? "null";

export interface CleanUpReport {
  /** What was removed, each with the proof that it is gone. */
  removed: { kind: string; identifier: string; provenGoneBy: string }[];
  /** What is of no harm and could not be removed, each with the reason. @default nothing */
  left?: { kind: string; identifier: string; reason: string }[];
}

/** How a run ended: with an outcome that was judged, or with the error that kept it from one. */
export type Conclusion =
  | { status: "succeeded"; outcome: unknown; verdict: Verdict }
  | { status: "failed" | "cancelled"; error: unknown; verdict: Verdict };

/** All that is sealed of a run. One that ended early has no plan, or no decision. */
export interface Concluded {
  request: OperationRequest;
  plan: PlanBasis | undefined;
  decision: Decision | undefined;
  conclusion: Conclusion;
  /** Whether the run may have made something, so that its removal is sealed too. */
  cleansUp: boolean;
}
