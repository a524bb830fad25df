/** What the commands about guardrails and the standard print as JSON. */
import { z } from "zod";
import { anything, database, day, unreachable } from "./parts";

const text = z.string();
const count = z.int().min(0);

const figuresOfStandard = z.strictObject({ path: text, value: z.unknown(), from: text });
const namedStandard = { name: text, version: text, digest: text };
const problem = { file: text, line: count };
const waiver = z.strictObject({
  id: text,
  file: text,
  rule: text,
  resource: text,
  reason: text,
  owner: text,
  approver: text,
  expiresOn: day,
  category: z.enum(["waiver", "mitigated"]),
});
const baselineEntry = z.strictObject({
  rule: text,
  resource: text,
  property: text.optional(),
  found: z.array(text),
  firstSeen: day,
  until: day,
  owner: text,
});
const guardFinding = z.strictObject({
  rule: text,
  severity: z.enum(["critical", "high", "medium", "low"]),
  kind: z.enum(["violation", "undecided", "waived", "baseline"]),
  level: z.enum(["mandatory", "advisory"]),
  urn: text,
  type: text,
  name: text,
  owner: text.optional(),
  property: text.optional(),
  found: text.optional().describe("the value that violates the rule"),
  declared: z.array(text).optional().describe("other values that the program declares, and that violate it too"),
  message: text,
  file: text.optional(),
  waiver: z.strictObject({ id: text, expiresOn: day, daysLeft: z.int() }).optional(),
  baseline: z.strictObject({ until: day, daysLeft: z.int() }).optional(),
  source: z.strictObject({ file: text, line: count, column: count }).optional(),
});

const effect = z.enum(["none", "tag", "at-once", "window", "restart", "address", "refused"]);
const change = z.strictObject({
  figure: text,
  from: text.nullable(),
  to: text.nullable(),
  effect,
  note: text.optional(),
  property: text.optional().describe("of the DB instance, as `existing.asFound` names it"),
});
const difference = z.strictObject({
  kind: z.enum(["database", "platform"]),
  name: text,
  stack: text,
  effect,
  changes: z.array(change),
  names: z.strictObject({ birth: text, areCurrent: z.boolean(), taking: z.array(change) }),
});
const rule = z.strictObject({
  id: text,
  title: text,
  severity: z.enum(["critical", "high", "medium", "low"]),
  owner: text,
  controls: z.array(text),
  properties: z.array(text),
  why: text,
  solution: text,
  file: text.nullable().describe("of a rule of the company's own"),
});

export const guardrailOutputs = {
  guard: z.strictObject({
    judged: text,
    place: text.optional().describe("of live databases, if one account and Region was asked"),
    places: z.array(text).optional().describe("of live databases: each cloud, account and Region that answered"),
    unreachable: z.array(z.strictObject({ account: text, region: text, reason: text })).optional(),
    counts: z.strictObject({ mandatory: count, advisory: count, waived: count, baseline: count, undecided: count }),
    findings: z.array(guardFinding),
    problems: z.array(
      z.strictObject({
        code: z.enum(["state-unreadable", "pack-config-invalid", "waiver-invalid", "baseline-invalid"]),
        ...problem,
        reason: text,
      }),
    ),
    left: z.array(text).describe("what was not judged"),
    baseline: z.strictObject({ file: text, gone: z.array(baselineEntry) }).optional(),
  }),
  import: z.strictObject({
    cloud: z.strictObject({ account: text.optional(), region: text, address: text }),
    stack: text,
    request: anything,
    differences: z.array(anything),
  }),
  pending: z.array(
    z.strictObject({
      identifier: text,
      window: text,
      changes: z.array(z.strictObject({ property: text, runs: text, pending: text })),
      cancel: text.optional().describe("a command; missing if one of the changes cannot be cancelled"),
    }),
  ),
  patches: z.strictObject({
    databases: z.array(
      z.strictObject({
        database,
        owner: text.nullable(),
        tier: text.nullable(),
        environment: text.nullable(),
        engineVersion: text,
        level: z.enum(["not-approved", "unsupported", "behind", "current", "replaced"]),
        reasons: z.array(text),
        newestMinor: text,
        minorsBehind: count,
        daysBehind: count.nullable().describe("null where it is not behind, or the day of the release is not known"),
        supportEnds: day.nullable(),
        nextTrain: z
          .strictObject({
            id: text,
            to: text,
            ring: count,
            state: z.enum(["waiting", "patching", "baking", "promoted", "halted", "aborted"]),
          })
          .nullable()
          .describe("the train that takes it to a newer version"),
        notices: z.array(text).describe("what else changes its version, or ends its support"),
      }),
    ),
    trainsUnread: text.nullable().describe("why the trains are not known, such as without a control plane"),
    unreachable,
  }),
  "hand-over": z.strictObject({ database: text, role: text, for: text, handOver: z.unknown() }),
  "baseline new": z.strictObject({ file: text, violations: count, until: day }),
  "baseline check": z.strictObject({ left: count, fewer: count, expired: count }),
  "waiver list": z.strictObject({
    waivers: z.array(waiver),
    problems: z.array(z.strictObject({ ...problem, message: text })),
  }),
  "waiver check": z.strictObject({
    valid: count,
    expired: z.array(z.strictObject({ file: text, expiresOn: day })),
    problems: z.array(z.strictObject({ ...problem, message: text })),
  }),
  "waiver new": z.strictObject({ files: z.array(text) }),
  "standard show": z.strictObject({ ...namedStandard, birth: text, figures: z.array(figuresOfStandard) }),
  "standard check": z.strictObject(namedStandard),
  "standard types": z.record(z.string(), z.array(text)).describe("your names, by what they name"),

  "standard diff": z.strictObject({
    from: anything,
    to: anything,
    databases: z.array(difference),
    platforms: z.array(difference),
    unread: z.array(text),
  }),
  "rule list": z.array(rule),
  "rule show": rule,
  "rule test": z.array(
    z.strictObject({ rule: text, claims: z.array(z.strictObject({ claim: text, failure: text.nullable() })) }),
  ),
  "rule pages": z.strictObject({ folder: text, pages: z.array(text) }),
} as const;
