import { awsBackupChecks } from "../../../../automation/operations/backup-audit/verify-aws-backup";
import { notAsked, type AwsBackupFound } from "../../../../automation/targets/aws-backup";
import { good, planOf, snapshot } from "./audits";

const production = { tier: "gold", environment: "production", "shipshape:backup-plan": "vault-and-copy" };
const found: AwsBackupFound = {
  notAsked: null,
  plans: [{ plan: "shipshape-vault-and-copy", rule: "daily", keepsDays: 35 }],
  unclear: [],
  point: { vault: "shipshape", createdAt: "2026-03-01T07:00:00.000Z", encrypted: true, locked: true },
  copy: {
    vaultArn: "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies",
    completedAt: "2026-03-01T09:00:00.000Z",
    exists: true,
  },
  unanswered: [],
};
const judged = (more: Partial<AwsBackupFound>, tags: Record<string, string> = production) =>
  awsBackupChecks(
    planOf(tags),
    { ...found, ...more },
    { ...good.snapshots, snapshots: [snapshot("awsbackup:1", { type: "awsbackup" })] },
    good.backups.askedAt,
  );
const verdicts = (more: Partial<AwsBackupFound>, tags?: Record<string, string>) =>
  judged(more, tags).map((c) => c.verdict);

test("a database that is selected, kept long enough and copied passes, word for word", () => {
  expect(judged({}).map((c) => [c.name, c.verdict, c.explanation])).toEqual([
    ["backup-plan-selects-it", "pass", "plan shipshape-vault-and-copy selects it, and keeps it for 35 days"],
    [
      "recovery-point-in-vault",
      "pass",
      "the newest, in vault shipshape, is of 2026-03-01T07:00:00.000Z; it is encrypted, and its vault is locked",
    ],
    [
      "copy-is-elsewhere",
      "pass",
      "the newest copy, in arn:aws:backup:eu-west-1:123456789012:backup-vault:copies, was complete at 2026-03-01T09:00:00.000Z, and is there",
    ],
  ]);
  expect(judged({})[0]?.figures).toEqual({
    required: "vault-and-copy",
    tag: "vault-and-copy",
    awsBackupSnapshots: 1,
    keptDaysMin: 35,
    plans: "shipshape-vault-and-copy",
  });
});

test("a cloud without AWS Backup decides nothing, and says why; a tier that requires nothing passes", () => {
  const none = notAsked("this cloud has no AWS Backup");
  expect(judged(none).map((c) => [c.verdict, c.explanation])).toEqual([
    [
      "inconclusive",
      "not asked: this cloud has no AWS Backup. gold in production requires the plan vault-and-copy; its tag shipshape:backup-plan is vault-and-copy",
    ],
    ["inconclusive", "not asked: this cloud has no AWS Backup"],
    ["inconclusive", "not asked: this cloud has no AWS Backup"],
  ]);
  expect(verdicts(none, { tier: "silver", environment: "production" })).toEqual([
    "inconclusive",
    "inconclusive",
    "pass",
  ]);
  expect(verdicts(none, { tier: "bronze", environment: "production" })).toEqual(["pass", "pass", "pass"]);
});

test.each<[string, Partial<AwsBackupFound>, string]>([
  ["fail", { plans: [] }, "no plan selects it. gold in production requires"],
  [
    "fail",
    { plans: [{ plan: "short", rule: "daily", keepsDays: 7 }] },
    "plan short keeps it for 7 days; gold requires 35 days",
  ],
  ["pass", { plans: [{ plan: "long", rule: "daily", keepsDays: null }] }, "and keeps it without limit"],
  ["inconclusive", { plans: [], unclear: ["x"] }, "not known: whether plan x selects it"],
  [
    "inconclusive",
    { plans: [], unanswered: ["ListBackupPlans (AccessDeniedException)"] },
    "not known: ListBackupPlans (AccessDeniedException)",
  ],
])("whether a plan selects it is a %s for %j", (verdict, more, explanation) => {
  const [check] = judged(more);
  expect(check).toMatchObject({ verdict, explanation: expect.stringContaining(explanation) as string });
});

test.each<[string, AwsBackupFound["point"], string[], string]>([
  ["fail", null, [], "has no complete recovery point of this database"],
  ["inconclusive", null, ["ListRecoveryPointsByResource (AccessDeniedException)"], "not known: ListRecoveryPoints"],
  ["fail", { ...found.point!, createdAt: "2026-02-27T09:59:59.000Z" }, [], "it is too old"],
  ["pass", { ...found.point!, createdAt: "2026-02-27T10:00:00.000Z" }, [], "encrypted"],
  ["inconclusive", { ...found.point!, createdAt: "2026-03-01T10:00:01.000Z" }, [], "in the future"],
  ["fail", { ...found.point!, encrypted: false, locked: false }, [], "it is not encrypted, its vault is not locked"],
  [
    "inconclusive",
    { ...found.point!, locked: null },
    ["DescribeBackupVault (X)"],
    "not known: DescribeBackupVault (X)",
  ],
])("its recovery point is a %s if it is %j", (verdict, point, unanswered, explanation) => {
  const [, check] = judged({ point, unanswered });
  expect(check).toMatchObject({ verdict, explanation: expect.stringContaining(explanation) as string });
});

test.each<[string, AwsBackupFound["copy"], string[], string]>([
  ["fail", null, [], "reports no copy in another Region or account"],
  ["inconclusive", null, ["ListCopyJobs (AccessDeniedException)"], "not known: ListCopyJobs"],
  ["fail", { ...found.copy!, exists: false }, [], "is no longer there"],
  ["fail", { ...found.copy!, completedAt: "2026-02-27T09:59:59.000Z" }, [], "too old"],
  ["inconclusive", { ...found.copy!, exists: null }, [], "cannot be checked from here"],
])("its copy is a %s if it is %j", (verdict, copy, unanswered, explanation) => {
  const [, , check] = judged({ copy, unanswered });
  expect(check).toMatchObject({ verdict, explanation: expect.stringContaining(explanation) as string });
});
