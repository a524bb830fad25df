/** The records of the lifecycle. Each stage writes its own and reads the others'; the terms are in the glossary. */

import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { DataCopy } from "./copy-records";
import type { PlannedChange, TargetDatabase } from "./fleet-records";

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type CleanUpStatus = "none" | "pending" | "done" | "stuck";
export type VerdictWord = "pass" | "fail" | "inconclusive";
/** What an operation does to databases: only reads, only creates and removes a copy, or changes one. */
export type Effect = "reads" | "throwaway" | "changes";

/** A request: who asks, why, for which operation. Everything that follows from it has its id. */
export interface OperationRequest {
  id: string;
  operation: string;
  /** The operation's version when it was requested; the request ends with that one. */
  version: number;
  input: unknown;
  requestedBy: string;
  reason: string;
  receivedAt: Date;
  /** The request whose run made this one. */
  parent?: string | undefined;
}

/**
 * fresh: proven, and the proof is valid today. stale: the proof has expired. failed: the newest verdict is that it does
 * not recover. unproven: drilled, but no proof counts. never: this database was never drilled. unknown: the cloud, the
 * log or the date of the proof is unreliable. copy: a masked copy, which another refresh brings back: no drill is to
 * prove it.
 */
export type Recoverability = "fresh" | "stale" | "failed" | "unproven" | "never" | "unknown" | "copy";

/** What the signed evidence says about the recovery of one database. */
export interface RecoveryEvidence {
  recoverability: Recoverability;
  reason: string;
  /** The drill that decides; null for never, and for unknown. */
  drill: { requestId: string; verdict: VerdictWord; recoveryTarget: string | null; expiresOn: string } | null;
}

/** The standard by which a database was judged, and as what. */
export interface HeldTo {
  standard: { name: string; version: string; digest: string };
  tier: string;
  environment: string;
  owner: string | null;
}

/** What every plan contains. The rest is specific to the operation. */
export interface PlanBasis {
  /**
   * The database the operation is about, by its identifier, the name people use. Of a run that is about several: what
   * people call these.
   */
  target: string;
  /**
   * The same database, by an id that is never reused: the subject of the evidence. A run without one changes no
   * database itself: it makes a child request for each, and waits for their ends.
   */
  database?: TargetDatabase;
  /** Set if its run waits for hours: then it has neither a worker's place nor the database to itself. */
  waits?: true;
  /** Its tags when it was observed: they say whose it is, and how strictly it is judged. */
  tags: Record<string, string>;
  /** What it is held to, as its tags and the company's standard say. @default not said: it was planned without one */
  heldTo?: HeldTo;
  /**
   * What of the database it is about, if that is not what every run of the operation is about: such a run proves, and
   * answers, nothing else.
   */
  subject?: string;
  /** How it changes the stack of the database, if it does: this is what people approve. */
  change?: PlannedChange;
  /** The plan in words, for those who approve it. @default its change's, or none */
  text?: string;
  /** What people approve with it: a child request whose plan has one of these as `approvedAs` needs no approval. */
  approves?: string[];
  /** What it comes to, for those who approve it with many others. */
  approvedAs?: string;
  /** How long the evidence of this run is valid, in days. */
  evidenceValidDays: number;
  /**
   * What was known about the recovery of a database that is changed. The control plane says so of each such plan, so that
   * it is decided on, approved and sealed with it.
   */
  recovery?: RecoveryEvidence;
  /** If it does nothing but restore who reaches the database, or its backups: what that is. */
  restoresProtection?: string[];
  /** If carrying it out interrupts the database: the maintenance window, as RDS has it: "sun:23:30-mon:00:30", UTC. */
  interrupts?: { maintenanceWindow: string };
  /** What it has alone besides its database, for as long as it and its clean-up go on: "copy orders-staging in …". */
  alone?: string;
  /** If it removes a copy: until when that may stay by its approval, and whether that day is over. */
  removes?: { expiresOn: string; isOver: boolean };
  /** If it leaves data of a database elsewhere; a throwaway that is isolated and removed is not elsewhere. */
  copies?: DataCopy;
  /** Set if real rows of the database are shown to the person who requests it. */
  showsRows?: true;
}

export type DecisionStatus = "allowed" | "denied" | "needs-approval";

/** What one admission rule says. */
export interface Judgement {
  verdict: DecisionStatus;
  reason: string;
  /** With `needs-approval`: whose. @default that of one approver */
  approvals?: ApprovalWanted[];
}

/** Approvals that a rule wants: of so many people, none of them the requester. */
export interface ApprovalWanted {
  /**
   * The owning team is that of the plan's database; the source's, that of the database whose data it copies; the
   * target's, that of the one whose content it replaces.
   */
  by: "approver" | "operator" | "owning-team" | "source-owning-team" | "target-owning-team";
  people: number;
}

/** The same, with those who can give it. */
export interface ApprovalNeeded {
  /** In words, such as "with the role approver". */
  by: string;
  people: number;
  /** As `shipshape.yaml` names them; null for everyone but the requester. */
  principals: string[] | null;
}

export interface Decision {
  requestId: string;
  /** The preparation whose plan it is about. */
  preparation: number;
  status: DecisionStatus;
  planDigest: string;
  /** Why: each rule that was evaluated, and its result. */
  rules: (Judgement & { id: string })[];
  decidedBy: string;
  /** Whose approval it needs; none unless it needs approval. One person gives only one of them. */
  needed: ApprovalNeeded[];
  /** Until when they can; undefined unless it needs approval. */
  expiresAt: Date | undefined;
  /** Whether that time has passed, by the database's clock. */
  isExpired: boolean;
  /** What people have answered so far. */
  approvals: Approval[];
}

/** A person's answer to one plan. */
export interface Approval {
  principal: string;
  answer: "approved" | "rejected";
  comment: string;
  answeredAt: Date;
}

/** One thing that was verified, with the figures behind the verdict. */
export interface Check {
  name: string;
  verdict: VerdictWord;
  /** What was found, for readers of the report who do not know the code. */
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
  /** The worker of the last attempt. */
  worker?: string;
  /** How much of it was done when that was last reported, from 0 to 1. */
  share?: number;
}

/** A worker that holds its lock. */
export interface WorkerRecord {
  id: string;
  /** Since its last heartbeat; one that is frozen or cut off is replaced after a while. */
  silentSeconds: number;
}

/** A message that a person has sent to a run. */
export interface Message {
  sentBy: string;
  content: unknown;
}

/** How the run of a child request has ended. */
export interface ChildEnd {
  requestId: string;
  status: RunStatus;
  verdict: VerdictWord | null;
}

/** An error as stored in records. */
export interface ErrorRecord {
  code: string;
  message: string;
  hint?: string;
}

/** One operation, in progress or ended. Clean-up is separate from the run: either can succeed without the other. */
export interface Run {
  requestId: string;
  operation: string;
  version: number;
  requestedBy: string;
  reason: string;
  receivedAt: Date;
  /** The request whose run made this one. */
  parent?: string | undefined;
  target: string | undefined;
  status: RunStatus;
  cleanUp: CleanUpStatus;
  plan: PlanBasis | undefined;
  planDigest: string | undefined;
  /** The number of the plan, from 1; a plan that no longer holds is followed by another. */
  preparation: number;
  /** Since when a pause holds it, or that it has no place yet. */
  heldAt: Date | undefined;
  /** The bounds of which one holds it; undefined if none does. */
  heldIn?: string[] | undefined;
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
 * The verdict over checks: one failure makes it a fail; otherwise one undecided check makes it inconclusive. Without
 * checks nothing is proven.
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
 * The digest in approvals and evidence: SHA-256 of the plan's canonical JSON, in hex. Canonical, because a plan read
 * back from the database is the same plan with its names in another order.
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
  /** What could not be removed but does no harm, each with the reason. @default nothing */
  left?: { kind: string; identifier: string; reason: string }[];
}

/**
 * How a run ended. The outcome is what the operation found; the verdict judges it; the conclusion is both, or the error
 * that prevented an outcome.
 */
export type Conclusion =
  | { status: "succeeded"; outcome: unknown; verdict: Verdict }
  | { status: "failed" | "cancelled"; error: unknown; verdict: Verdict };

/** Everything that is sealed about a run. A run that ended early has no plan, or no decision. */
export interface Concluded {
  request: OperationRequest;
  plan: PlanBasis | undefined;
  decision: Decision | undefined;
  conclusion: Conclusion;
  /** Whether the run may have created something, so that its removal is sealed too. */
  cleansUp: boolean;
  /** The finding that the request is the follow-up of. */
  followUpOf?: string | undefined;
  /** The steps that a run without an outcome had begun: all that it can have done. */
  begun?: string[] | undefined;
}
