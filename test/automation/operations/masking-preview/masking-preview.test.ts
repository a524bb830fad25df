import {
  planPreview,
  previewStillHolds,
  type ObservedPreview,
} from "../../../../automation/operations/masking-preview/plan";
import { showingsLeft } from "../../../../automation/operations/masking-preview/showing";
import { verifyPreview } from "../../../../automation/operations/masking-preview/verify";
import { forbidCopyInProduction } from "../../../../automation/policy/rules/forbid-copy-in-production";
import { forbidLongRetention } from "../../../../automation/policy/rules/forbid-long-retention";
import { forbidUnmaskedCopy } from "../../../../automation/policy/rules/forbid-unmasked-copy";
import { requireApprovalOfSource } from "../../../../automation/policy/rules/require-approval-of-source";
import { fieldsOf } from "../../../../automation/targets/masked-copy/row-samples";
import { builtIn } from "../../../../components/standards/built-in";
import { facts } from "../../policy/facts";

const shape: ObservedPreview["source"]["shape"] = {
  ...{ service: "orders", size: "small", databaseName: "orders", schemaName: "orders", furtherSchemas: [] },
  ...{ extensions: [], postgresMajor: 17 },
};
const observed: ObservedPreview = {
  observedAt: "2026-05-31T12:00:00Z",
  source: {
    ...{ identifier: "orders-production", arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production" },
    ...{ resourceId: "db-1", databaseName: "orders", engineVersion: "17.10", instanceClass: "db.t4g.small" },
    ...{ parameterGroupName: "p", subnetGroupName: "s", keyArn: "k", engineLifecycleSupport: "open" },
    tags: {
      ...{ owner: "team-orders", environment: "production", tier: "gold" },
      ...{ "data-classification": "restricted", "shipshape:standard": "shipshape/1.1.0/0123456789ab" },
    },
    shape,
  },
  isolationSecurityGroupIds: ["sg-isolation"],
  secretsProvider: null,
};
const planned = (tags = observed.source.tags) =>
  planPreview(
    { database: "orders-production", hours: 3 },
    { ...observed, source: { ...observed.source, tags } },
    "id-1",
    builtIn,
  );
const judged = (rule: typeof requireApprovalOfSource, tags?: Record<string, string>) =>
  rule.judge(facts("throwaway", { plan: planned(tags) }));

test("rows that are shown stay in production, and the team that owns them approves that: two people for restricted data", () => {
  expect(judged(requireApprovalOfSource)).toEqual({
    verdict: "needs-approval",
    reason: "reindex shows real rows of orders-production, which belongs to team-orders, to the requester",
    approvals: [{ by: "owning-team", people: 2 }],
  });
  const internal = { ...observed.source.tags, "data-classification": "internal" };
  expect(judged(requireApprovalOfSource, internal)).toMatchObject({ approvals: [{ people: 1 }] });
  for (const rule of [forbidCopyInProduction, forbidUnmaskedCopy, forbidLongRetention])
    expect(judged(rule)).toMatchObject({ verdict: "allowed" });
});

test("who approves it reads that real values are shown, how many and for how long", () => {
  expect(planned().text).toMatch(/^REAL VALUES of orders-production are shown/);
  expect(planned().text).toMatch(/for 3 hours .* 20 rows of 10 tables at once, 50 times/s);
});

test("what is restored is named after the request, and never after a database of the fleet", () => {
  expect(planned().throwaway).toMatchObject({
    identifier: "staging-id-1",
    tags: { "shipshape:run": "id-1", "shipshape:purpose": "masking-preview", "data-classification": "restricted" },
  });
});

test("a plan holds for that source, as it is tagged, and that isolation only", () => {
  const holds = (differing: object) => previewStillHolds(planned(), { ...observed, ...differing }, builtIn);
  expect(holds({ observedAt: "2026-06-01T12:00:00Z" })).toBe(true);
  expect(holds({ source: { ...observed.source, resourceId: "db-2" } })).toBe(false);
  expect(holds({ source: { ...observed.source, tags: { ...observed.source.tags, owner: "team-web" } } })).toBe(false);
  expect(holds({ isolationSecurityGroupIds: ["sg-open"] })).toBe(false);
});

test("a preview passes if there was something to look at", () => {
  expect(verifyPreview(planned(), { unrestorable: null, recoveryPoint: "2026-05-31T12:00:00Z" }).verdict).toBe("pass");
  expect(verifyPreview(planned(), { unrestorable: "no backups", recoveryPoint: null })).toMatchObject({
    verdict: "fail",
    checks: [{ explanation: "no backups" }],
  });
});

test("the statement of the clean-up says who has seen rows of which tables; a message that is none does not break it", () => {
  const at = { sentBy: "ana", sentAt: new Date("2026-05-31T13:00:00Z") };
  const content = { profileDigest: "0123456789abcdef", tables: ["public.customers", "public.orders"], rows: 3 };
  expect(
    showingsLeft([{ ...at, content }, ...[null, "x", { tables: 7 }].map((one) => ({ ...at, content: one }))]),
  ).toEqual([
    {
      kind: "rows that a person has seen",
      identifier: "public.customers, public.orders",
      reason:
        "shown to ana at 2026-05-31T13:00:00.000Z: at most 3 rows of each table, beside their masks by the profile 0123456789ab",
    },
    ...[1, 2, 3].map(() => expect.objectContaining({ identifier: "unknown tables" }) as unknown),
  ]);
});

test("rows of COPY are read field by field: NULL, an empty text, and what is escaped", () => {
  expect(fieldsOf(Buffer.from("1\t\\N\tz\\tö\\\\N\n2\t\t\\\\N\n"))).toEqual([
    ["1", null, "z\tö\\N"],
    ["2", "", "\\N"],
  ]);
  expect(fieldsOf(Buffer.alloc(0))).toEqual([]);
});
