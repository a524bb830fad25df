/** What the JSON of several commands consists of. Loaded by tests and pages only: commands need just the types. */
import { z } from "zod";

/** In JSON a text; the code may have a Date. */
export const moment = z.iso.datetime().brand<"moment">();
export const day = z.iso.date();
const text = z.string();
const count = z.int().min(0);
const figure = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Content that is an operation's, or documented elsewhere. */
export const anything = z.record(z.string(), z.unknown());

export const database = z.strictObject({
  identifier: text,
  resourceId: text.describe("never reused, unlike the identifier"),
  arn: text,
  account: text,
  region: text,
});

/** What the cloud reports of it is missing where the cloud no longer has it. */
export const fleetDatabase = database.extend({
  restorableFrom: moment.nullable().optional().describe("null if its automated backups can restore no moment"),
  backupRetentionDays: count.optional(),
  size: z.strictObject({ instanceClass: text, storageGib: count, storageType: text }).optional(),
  tags: z.record(z.string(), text).optional(),
});

const cloud = z.strictObject({ account: text.optional(), region: text, address: text, databases: count });
/** Accounts and Regions that did not answer. */
export const unreachable = z.array(z.strictObject({ account: text, region: text, reason: text }));
export const clouds = {
  cloud: cloud.nullable().describe("if one account and Region was asked, and answered"),
  clouds: z.array(cloud).describe("each account and Region that answered"),
  unreachable,
};

export const error = z.strictObject({
  code: text.describe("see docs/errors.md"),
  message: text,
  hint: text.optional(),
});

const verdict = z.enum(["pass", "fail", "inconclusive"]);
const status = z.enum(["queued", "running", "waiting", "succeeded", "failed", "cancelled"]);
export const recoverability = z.enum(["fresh", "stale", "failed", "unproven", "never", "unknown", "copy"]);

const step = z.strictObject({
  status: z.enum(["running", "done", "failed"]),
  attempts: count,
  startedAt: moment,
  finishedAt: moment.optional(),
  error: text.optional(),
  worker: text.optional().describe("the worker of the last attempt"),
  share: z.number().min(0).max(1).optional().describe("how much of it was done when that was last reported"),
});

export const check = z.strictObject({
  name: text,
  verdict,
  explanation: text,
  figures: z.record(z.string(), figure),
});

export const run = z.strictObject({
  id: text.describe("the request's id, which everything that follows from it has"),
  operation: text,
  requestedBy: text,
  reason: text,
  receivedAt: moment,
  parent: text.nullable().describe("the request whose run made this one"),
  database: text.nullable().describe("by its identifier"),
  status,
  cleanUp: z.enum(["none", "pending", "done", "stuck"]),
  verdict: verdict.nullable(),
  checks: z.array(check),
  steps: z.record(z.string(), step).describe("by name"),
  planDigest: text.nullable(),
  error: error.nullable(),
  cleanUpError: error.nullable(),
  startedAt: moment.nullable(),
  finishedAt: moment.nullable(),
});

const approvalWanted = z.strictObject({
  by: z.enum(["approver", "operator", "owning-team", "source-owning-team", "target-owning-team"]),
  people: count,
});
export const approvalNeeded = z.strictObject({
  by: text,
  people: count,
  principals: z.array(text).nullable().describe("null for everyone but the requester"),
});
const approval = z.strictObject({
  principal: text,
  answer: z.enum(["approved", "rejected"]),
  comment: text,
  answeredAt: moment,
});
const decisionStatus = z.enum(["allowed", "denied", "needs-approval"]);
const judgement = {
  id: text,
  verdict: decisionStatus,
  reason: text,
  approvals: z.array(approvalWanted).optional(),
};
export const explainedRule = z.strictObject({ ...judgement, why: text.nullable(), solution: text.nullable() });
const decided = {
  preparation: count.describe("the number of the plan, from 1"),
  status: decisionStatus,
  planDigest: text,
  decidedBy: text,
  needed: z.array(approvalNeeded),
  isExpired: z.boolean(),
  approvals: z.array(approval),
};
export const decision = z.strictObject({
  requestId: text,
  ...decided,
  rules: z.array(z.strictObject(judgement)),
  expiresAt: moment.optional(),
});
export const explainedDecision = z.strictObject({
  ...decided,
  rules: z.array(explainedRule),
  expiresAt: moment.nullable(),
  approvalsMissing: z.array(approvalNeeded),
});
export const preview = z.strictObject({
  requested: z.literal(false),
  operation: text,
  database: text,
  decision: z.strictObject({
    status: decisionStatus,
    needed: z.array(approvalNeeded),
    rules: z.array(explainedRule),
  }),
  plan: anything,
});

const expected = {
  requestId: text,
  property: text.describe("as the RDS API names it"),
  from: figure,
  to: figure,
  until: moment,
  status: z.enum(["open", "overdue", "seen", "contradicted", "replaced", "dropped"]),
  found: figure,
  lookedAt: moment.nullable(),
};
export const expectedOfMember = z.strictObject(expected);
export const expectedChange = z.strictObject({ ...expected, database, stack: text });

export const finding = z.strictObject({
  id: text,
  requestId: text,
  target: text,
  summary: text,
  firstSeen: moment,
  lastSeen: moment,
});

const drill = z.strictObject({ requestId: text, verdict, issuedAt: moment, expiresOn: moment });
const signedDrill = drill.extend({
  position: count.describe("of its statement in the evidence log"),
  target: text,
  database: database.optional(),
  tornDown: z.boolean().describe("whether the removal of its throwaway is signed"),
  backupRetentionDays: count.optional(),
  recoveryTarget: text.optional(),
  copyHours: z.number().optional(),
  errorCode: text.optional(),
});
const copyOf = z.strictObject({
  of: text.describe("the name of its source"),
  expiresOn: text.describe("its last day"),
  madeBy: text.describe("the request of the refresh"),
  requestedBy: text,
});
export const recovery = z.strictObject({
  database: fleetDatabase,
  recoverability,
  reason: text,
  decidedBy: signedDrill.optional(),
  beside: z.array(signedDrill).describe("later drills without a verdict of pass or fail"),
  copy: copyOf.optional().describe("of a masked copy"),
});
export const member = z.strictObject({
  database: fleetDatabase,
  owner: text.nullable(),
  tier: text.nullable(),
  environment: text.nullable(),
  declaredBy: z.array(text).nullable().describe("the stacks that declare it; null if that is not known"),
  isStandard: z.boolean(),
  ownership: z.enum(["ours", "delivered", "unknown"]).nullable(),
  recoverability,
  reason: text,
  drill: drill.nullable().describe("the one that decides"),
  inconclusiveSince: z.array(z.strictObject({ requestId: text, issuedAt: moment })),
  nextDrill: z.strictObject({ dueAt: moment.nullable(), reason: text }).nullable(),
  copy: copyOf.nullable().describe("of a masked copy"),
  openFindings: count,
  expectedChanges: z.array(expectedOfMember),
});
export const look = {
  lookedAt: moment,
  ...clouds,
  backend: z.strictObject({ url: text.nullable(), stacks: count.nullable() }),
  evidenceLog: z.strictObject({ origin: text, size: count, rootHash: text.nullable() }),
  unread: z.array(text).describe("what could not be read, a sentence each"),
};
