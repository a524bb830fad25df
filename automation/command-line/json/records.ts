/** What the commands about requests, runs and databases print as JSON. */
import { z } from "zod";
import {
  anything,
  clouds,
  decision,
  expectedChange,
  explainedDecision,
  finding,
  fleetDatabase,
  look,
  member,
  moment,
  preview,
  recoverability,
  recovery,
  run,
} from "./parts";

const text = z.string();
const count = z.int().min(0);

const costOfDrill = z.strictObject({
  estimate: z.number(),
  currency: text,
  hours: z.number(),
  measured: z.boolean(),
  unpriced: z.array(text),
  held: z.enum(["no-room", "over-budget"]).nullable(),
  ofLastDay: z.number(),
  left: z.number().nullable(),
});
const scheduled = {
  database: fleetDatabase,
  recoverability,
  dueAt: moment.nullable(),
  reason: text,
  cost: costOfDrill.nullable(),
};
const answer = z.strictObject({
  findingId: text,
  status: z.enum(["accepted", "rejected", "follow-up"]),
  reviewer: text,
  comment: text,
  answeredAt: moment,
  followUpRequestId: text.nullable(),
});
const alert = z.strictObject({
  key: text.describe("the same whenever this fact is told"),
  kind: text,
  title: text,
  database: text.nullable(),
  owner: text.nullable(),
  what: text,
  command: text,
  requestId: text.nullable(),
  writtenAt: moment,
  destination: text.nullable(),
  status: z.enum(["waiting", "sent", "failed"]).nullable(),
  attempts: count,
  reason: text.nullable(),
});

const difference = z.strictObject({
  key: text.describe("the same for the same property of the same thing of the same database"),
  finding: text.nullable().describe("its finding; null with --once"),
  database: z.strictObject({
    identifier: text,
    account: text.nullable(),
    region: text.nullable(),
    resourceId: text.nullable(),
  }),
  stack: text.nullable().describe("which declares the database"),
  source: text.describe("what compared it"),
  place: text.describe("the thing that it is about"),
  name: text,
  property: text.nullable().describe("null: the thing as a whole"),
  desired: text,
  actual: text,
  class: z.enum(["drift", "unmanaged", "unreadable"]),
  reason: text,
  severity: z.enum(["critical", "high", "medium", "low"]),
  breaks: z.array(text).describe("guardrails"),
  controls: z.array(text).describe("that these serve"),
  changedBy: text.nullable().describe("null: it is not recorded"),
  waivedBy: text.nullable(),
  owner: text.nullable(),
  remedy: text,
  firstSeen: moment.nullable(),
  lastSeen: moment.nullable(),
  openedBy: text.nullable().describe("the request that saw it first"),
  seenBy: text.nullable().describe("the request that saw it last"),
});
const findingEvent = z.strictObject({
  id: text,
  what: z.enum(["opened", "changed", "closed"]),
  name: text,
  severity: difference.shape.severity,
  desired: text,
  actual: text,
});
const drift = z.strictObject({
  at: moment,
  sealed: z.boolean().describe("false with --once"),
  failing: count.describe("as bad as --fail-on, and not waived"),
  differences: z.array(difference),
  left: count.describe("open, and not listed"),
  databases: z.array(
    z.strictObject({
      identifier: text,
      account: text.nullable(),
      region: text.nullable(),
      owner: text.nullable(),
      look: z.enum(["recent", "old", "never", "unreadable"]),
      lookedAt: moment.nullable(),
    }),
  ),
  trend: z.strictObject({ since: moment, opened: count, closed: count, openThen: count, openNow: count }).nullable(),
  problems: z.array(text),
});

const decidedOnTrain = z.strictObject({
  id: text,
  word: z.enum(["halt", "resume", "skip", "abort"]),
  ring: count.describe("that it is about"),
  database: text.nullable(),
  reason: text,
});

export const recordOutputs = {
  "train show": z.strictObject({
    id: text,
    status: text,
    to: text,
    now: z.array(text).describe("what it is doing, or waits for, and until when; none once it has ended"),
    rings: z.array(
      z.strictObject({
        number: count,
        databases: count,
        state: z.enum(["waiting", "patching", "baking", "promoted", "halted", "aborted"]),
        since: moment.nullable(),
      }),
    ),
    databases: z.array(
      z.strictObject({
        ring: count,
        identifier: text,
        account: text,
        region: text,
        from: text,
        state: z
          .enum(["waiting", "patching", "patched", "failed", "inconclusive", "error", "skipped", "not-patched"])
          .describe("not-patched: the train was aborted, or is over, and its turn did not come"),
        began: moment.nullable().describe("of its patch"),
        ended: moment.nullable(),
        requestId: text.nullable(),
      }),
    ),
    left: z.array(anything).describe("databases that cannot go, each with the reason"),
    decisions: z.array(
      z.strictObject({
        ring: count,
        word: z.enum(["promote", "halt", "resume", "skip", "abort"]),
        by: text,
        reason: text,
        at: moment,
        waiver: text.nullable(),
        gate: z.enum(["pass", "fail", "inconclusive", "error"]).nullable(),
        notes: z.array(text).describe("what the gate could not compare, and what neither passed nor halted"),
      }),
    ),
  }),
  "train halt": decidedOnTrain,
  "train resume": decidedOnTrain,
  "train skip": decidedOnTrain,
  "train abort": decidedOnTrain,
  request: z.union([run, preview]),
  status: z.strictObject({
    fleet: z.union([
      z.strictObject({ asked: z.literal(true), databases: count, ...clouds }),
      z.strictObject({ asked: z.literal(false), reason: text }),
    ]),
    recovery: z.array(recovery),
    evidence: z.strictObject({
      size: count,
      problems: z.array(text),
      published: z.array(
        z.strictObject({
          target: text,
          size: count,
          error: z.strictObject({ code: text, message: text }).nullable(),
          seenAt: moment,
        }),
      ),
      signer: z.strictObject({ kind: z.enum(["file", "kms"]), key: text }).nullable(),
    }),
    runs: z.array(run),
    waiting: z.array(run),
    pauses: z.array(z.strictObject({ operation: text, reason: text, pausedBy: text, pausedAt: moment })),
    bounds: z.array(z.strictObject({ scope: text, runsMax: count, running: count, held: count, isSet: z.boolean() })),
    findings: z.array(finding),
    expectedChanges: z.array(expectedChange),
    access: anything.nullable().describe("the roles in force: docs/configuration.md"),
    refusals: z.array(z.strictObject({ principal: text, action: text, times: count, firstAt: moment, lastAt: moment })),
    unsentAlerts: count,
  }),
  runs: z.array(run),
  drift,
  fleet: z.strictObject({ ...look, databases: z.array(member) }),
  recoverability: z.strictObject({ ...look, totals: z.record(recoverability, count), databases: z.array(member) }),
  show: run.extend({
    followUpOf: text.nullable(),
    decision: decision.nullable(),
    plan: anything.nullable(),
    outcome: z.unknown(),
    expectedChanges: z.array(expectedChange),
    findings: z.array(findingEvent).describe("about differences: which the run has opened, changed and closed"),
    answers: z.array(answer),
    children: z.array(text),
  }),
  schedule: z.strictObject({
    drills: z.array(z.strictObject({ ...scheduled, requestId: text.optional().describe("with --run") })),
    sweeps: z
      .array(
        z.strictObject({
          tier: text,
          everyHours: count,
          dueAt: moment.nullable().describe("null: one is queued or running"),
          reason: text,
          requestId: text.optional().describe("with --run"),
        }),
      )
      .describe("when the databases of each tier are next compared with what is declared"),
    removals: z
      .array(z.strictObject({ requestId: text, identifier: text, expiredOn: text }))
      .optional()
      .describe("with --run: of masked copies whose time is over"),
  }),
  explain: z.strictObject({
    id: text,
    operation: text,
    parent: text.nullable(),
    database: text.nullable(),
    requestedBy: text,
    reason: text,
    followUpOf: text.nullable(),
    status: run.shape.status,
    decision: explainedDecision.nullable(),
  }),
  approve: decision,
  reject: decision,
  pause: z.strictObject({ operation: text, reason: text }),
  resume: z.strictObject({ operation: text, runs: count.describe("how many were held") }),
  cancel: run,
  "clean-up": run,
  worker: z.strictObject({ worker: text, status: z.enum(["running", "ended"]) }).describe("a line of each"),
  review: z.strictObject({ findingId: text, status: answer.shape.status, followUpRequestId: text.nullable() }),
  "alerts list": z.array(alert),
  "alerts test": z.array(z.strictObject({ destination: text, accepted: z.boolean(), said: text })),
  metrics: z.strictObject({
    from: moment,
    until: moment,
    toil: z.array(
      z.strictObject({
        operation: text,
        requests: count,
        neededPerson: count,
        medianAnswerSeconds: z.number().nullable(),
        rules: z.array(z.strictObject({ id: text, requests: count })),
        share: z.number(),
      }),
    ),
  }),
} as const;
