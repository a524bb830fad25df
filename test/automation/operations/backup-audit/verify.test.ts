import { verifyBackupAudit, type BackupAuditOutcome } from "../../../../automation/operations/backup-audit/verify";
import type { Recoverability, RecoveryEvidence } from "../../../../automation/records";
import { good, planOf, snapshot } from "./audits";

const judged = (more: Partial<BackupAuditOutcome>, tags?: Record<string, string>) =>
  verifyBackupAudit(planOf(tags), { ...good, ...more });
const checkIn = (name: string, more: Partial<BackupAuditOutcome>, tags?: Record<string, string>) =>
  judged(more, tags).checks.find((c) => c.name === name)!;
const backups = (more: Partial<BackupAuditOutcome["backups"]>) => ({ backups: { ...good.backups, ...more } });
const snapshots = (...found: ReturnType<typeof snapshot>[]) => ({
  snapshots: { ...good.snapshots, snapshots: found, unanswered: ["the attributes of snapshots (AccessDenied)"] },
});
const evidence = (recoverability: Recoverability, reason: string, drill?: Partial<RecoveryEvidence["drill"]>) => ({
  evidence: { recoverability, reason, drill: drill === undefined ? null : { ...good.evidence.drill, ...drill } },
});
const failing = (more: Partial<BackupAuditOutcome>) =>
  judged(more)
    .checks.filter((c) => c.verdict !== "pass")
    .map((c) => `${c.name} ${c.verdict}`);

test("a database without fault passes, and each check shows its figures", () => {
  const { verdict, checks } = judged({});
  expect(verdict).toBe("pass");
  expect(checks.map((c) => [c.name, c.figures])).toEqual([
    ["automated-backups-are-on", { backupRetentionDays: 7 }],
    ["retention-meets-tier", { backupRetentionDays: 7, backupRetentionDaysMin: 7 }],
    [
      "recovery-exposure",
      { latestRestorableTime: "2026-03-01T09:56:00.000Z", newestRestorableAgeSeconds: 240, rpoSeconds: 600 },
    ],
    [
      "recovery-point-is-verified",
      {
        recoverability: "fresh",
        drill: "260201100000-aaaaaaaa",
        verifiedRecoveryPoint: "2026-02-01T10:00:00.000Z",
        verifiedRecoveryPointAgeSeconds: 28 * 86_400,
      },
    ],
    ["drill-evidence-is-valid", { expiresOn: "2026-05-02T10:00:00.000Z", expiresInDays: 62, drillEveryDays: 90 }],
    ["snapshots-are-not-public", { snapshots: 1, publicSnapshots: 0, sharedSnapshots: 0, sharedWith: "" }],
    ["snapshots-are-encrypted", { snapshots: 1, unencryptedSnapshots: 0 }],
    ["snapshots-have-an-owner", { snapshots: 1, ownerlessSnapshots: 0 }],
    ["page-checksums-are-on", { enabled: true, checksumFailures: 0 }],
    ["backup-plan-selects-it", { required: "none", tag: null, awsBackupSnapshots: 0 }],
    ["recovery-point-in-vault", { vault: null, ageSeconds: null, ageSecondsMax: 172_800 }],
    ["copy-is-elsewhere", { vaultArn: null, ageSeconds: null, ageSecondsMax: 172_800 }],
  ]);
});

test("backups that are switched off fail each check that needs them", () => {
  const off = backups({ backupRetentionDays: 0, restorableFrom: null, latestRestorableTime: null });
  expect(failing(off)).toEqual([
    "automated-backups-are-on fail",
    "retention-meets-tier fail",
    "recovery-exposure fail",
  ]);
  expect(checkIn("recovery-exposure", off).explanation).toMatch(/switched off/);
});

test("a shorter retention than the tier's fails, a longer one passes", () => {
  expect(checkIn("retention-meets-tier", backups({ backupRetentionDays: 6 }))).toMatchObject({
    verdict: "fail",
    explanation: "backups are kept for 6 days; gold in staging requires 7",
  });
  expect(checkIn("retention-meets-tier", backups({ backupRetentionDays: 8 })).verdict).toBe("pass");
});

test.each([
  ["fail", "a minute too old", { latestRestorableTime: "2026-03-01T09:49:00.000Z" }],
  ["pass", "just as old as allowed", { latestRestorableTime: "2026-03-01T09:50:00.000Z" }],
  ["inconclusive", "from the future", { latestRestorableTime: "2026-03-01T10:00:05.000Z" }],
  [
    "inconclusive",
    "old, of a stopped database",
    { latestRestorableTime: "2026-02-01T10:00:00.000Z", status: "stopped" },
  ],
  ["fail", "missing: no backup is complete yet", { latestRestorableTime: null, restorableFrom: null }],
])("the exposure is a %s if the newest restorable time is %s", (verdict, _, more) => {
  expect(checkIn("recovery-exposure", backups(more)).verdict).toBe(verdict);
});

test.each([
  ["never", "it was never drilled", undefined, "fail", "fail"],
  ["failed", "drill d failed", { verdict: "fail" as const }, "fail", "fail"],
  ["unproven", "the backups that drill d proved are gone", {}, "fail", "fail"],
  ["stale", "drill d has expired", { expiresOn: "2026-02-20T10:00:00.000Z" }, "pass", "fail"],
  ["unknown", "a newer statement cannot be read", undefined, "inconclusive", "inconclusive"],
] as const)("where recovery is %s (%s), the checks say so", (word, reason, drill, verified, valid) => {
  const found = evidence(word, reason, drill);
  expect(checkIn("recovery-point-is-verified", found).verdict).toBe(verified);
  const check = checkIn("drill-evidence-is-valid", found);
  expect(check.verdict).toBe(valid);
  expect(check.explanation).toContain(reason);
  if (word === "stale") expect(check.explanation).toContain("2026-02-20");
});

test("a proof whose statement names no recovery target counts, without an age", () => {
  const check = checkIn("recovery-point-is-verified", evidence("fresh", "drill d passed", { recoveryTarget: null }));
  expect(check).toMatchObject({ verdict: "pass", figures: { verifiedRecoveryPointAgeSeconds: null } });
});

test("a public snapshot fails, whatever is unknown about others", () => {
  const found = snapshots(snapshot("a", { sharedWith: ["all"] }), snapshot("b", { sharedWith: null }));
  expect(checkIn("snapshots-are-not-public", found)).toMatchObject({
    verdict: "fail",
    explanation: "anyone with an AWS account can restore a",
    figures: { snapshots: 2, publicSnapshots: 1 },
  });
});

test("a snapshot that the API does not answer for is inconclusive, and the reason is named", () => {
  const found = snapshots(snapshot("a"), snapshot("b", { sharedWith: null }));
  expect(checkIn("snapshots-are-not-public", found)).toMatchObject({
    verdict: "inconclusive",
    explanation: "the RDS API did not say with whom it shares b: the attributes of snapshots (AccessDenied)",
  });
});

test("accounts that a snapshot is shared with are named", () => {
  const accounts = ["210987654321", "345678901234"];
  const found = snapshots(snapshot("a", { sharedWith: accounts }), snapshot("b", { sharedWith: accounts.slice(1) }));
  expect(checkIn("snapshots-are-not-public", found)).toMatchObject({
    verdict: "pass",
    explanation: "2 snapshots: none is public; shared with accounts 210987654321, 345678901234: a, b",
    figures: { sharedSnapshots: 2, sharedWith: "210987654321, 345678901234" },
  });
});

test("snapshots that are not encrypted or have no owner fail, ten of them by name", () => {
  const clear = Array.from({ length: 12 }, (_, n) =>
    snapshot(`s${n}`, { encrypted: false, owner: n === 3 ? null : "x" }),
  );
  expect(failing(snapshots(...clear))).toEqual(["snapshots-are-encrypted fail", "snapshots-have-an-owner fail"]);
  expect(checkIn("snapshots-are-encrypted", snapshots(...clear)).explanation).toBe(
    "not encrypted: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, 2 more",
  );
  expect(checkIn("snapshots-have-an-owner", snapshots(...clear)).explanation).toBe("not tagged with an owner: s3");
});

test("without snapshots nothing is shared, and the checks say why they pass", () => {
  for (const name of ["snapshots-are-not-public", "snapshots-are-encrypted", "snapshots-have-an-owner"])
    expect(checkIn(name, snapshots())).toMatchObject({
      verdict: "pass",
      explanation: "it has no snapshots besides the automated ones",
    });
});

test.each([
  ["fail", "checksums that are off", { enabled: false, failures: 0 }, /keeps no page checksums/],
  ["fail", "pages with a wrong checksum", { enabled: true, failures: 3 }, /^3 pages/],
  ["inconclusive", "a server that does not answer", { undecided: "it is stopped" }, /did not say: it is stopped/],
])("a %s: %s", (verdict, _, checksums, explanation) => {
  expect(checkIn("page-checksums-are-on", { checksums })).toMatchObject({
    verdict,
    explanation: expect.stringMatching(explanation) as string,
  });
});

describe("what a reader is told, word for word", () => {
  test("of a database without fault", () => {
    expect(judged({}).checks.map((c) => c.explanation)).toEqual([
      "RDS takes automated backups",
      "backups are kept for 7 days; gold in staging requires 7",
      "the newest restorable time is 240 s old; the objective is 600 s",
      "drill 260201100000-aaaaaaaa restored it to 2026-02-01T10:00:00.000Z, and passed",
      "the evidence of drill 260201100000-aaaaaaaa expires on 2026-05-02, in 62 days",
      "1 snapshot: none is shared",
      "1 snapshot: each is encrypted",
      "1 snapshot: each is tagged with an owner",
      "each page has a checksum, and the server's statistics count no wrong one",
      "gold in staging requires no AWS Backup plan",
      "gold in staging requires no AWS Backup plan",
      "gold in staging requires no copy elsewhere",
    ]);
  });

  test("of backups that are off, and of a proof that has expired", () => {
    const off = backups({ backupRetentionDays: 0, restorableFrom: null, latestRestorableTime: null });
    const expired = evidence("stale", "drill 1 has expired", { expiresOn: "2026-02-20T10:00:00.000Z" });
    const told = (name: string, more: Partial<BackupAuditOutcome>) => checkIn(name, more).explanation;
    expect(told("automated-backups-are-on", off)).toBe(
      "automated backups are switched off: it cannot be restored to any moment",
    );
    expect(told("drill-evidence-is-valid", expired)).toBe(
      "drill 1 has expired, on 2026-02-20; the tier requires a drill every 90 days",
    );
    expect(told("drill-evidence-is-valid", evidence("failed", "drill 1 failed", {}))).toBe(
      "drill 1 failed; the tier requires a drill every 90 days",
    );
    expect(told("recovery-point-is-verified", evidence("never", "it was never drilled"))).toBe(
      "no recovery point is proven: it was never drilled",
    );
    expect(told("recovery-point-is-verified", evidence("fresh", "fine", { recoveryTarget: null }))).toMatch(
      /restored it to a moment that its statement does not name, and passed$/,
    );
    expect(checkIn("drill-evidence-is-valid", evidence("unknown", "the log cannot be read"))).toEqual({
      name: "drill-evidence-is-valid",
      verdict: "inconclusive",
      explanation: "the log cannot be read",
      figures: { drillEveryDays: 90 },
    });
    expect(checkIn("drill-evidence-is-valid", evidence("never", "it was never drilled")).figures).toEqual({
      expiresOn: null,
      drillEveryDays: 90,
    });
  });
});
