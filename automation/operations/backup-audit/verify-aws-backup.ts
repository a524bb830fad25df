/** Pure: judges what AWS Backup does for a database, beside RDS's own backups. */
import { backupPlanRetentionDays, backupPlanTag } from "../../../components/standards/fixed";
import type { Check } from "../../records";
import type { AwsBackupFound } from "../../targets/aws-backup";
import type { SnapshotsFound } from "../../targets/database-backups";
import { awsBackupAgeSecondsMax } from "./limits";
import type { BackupAuditPlan } from "./plan";

export const awsBackupChecks = (
  plan: BackupAuditPlan,
  found: AwsBackupFound,
  snapshots: SnapshotsFound,
  askedAt: string,
): Check[] => [
  backupPlan(plan, snapshots, found),
  vaultedPoint(plan, found, askedAt),
  copyElsewhere(plan, found, askedAt),
];

function backupPlan(plan: BackupAuditPlan, { snapshots }: SnapshotsFound, found: AwsBackupFound): Check {
  const required = plan.objectives.backupPlan;
  const tag = plan.source.tags[backupPlanTag] ?? null;
  const taken = snapshots.filter((s) => s.type === "awsbackup").length;
  const base = { name: "backup-plan-selects-it", figures: { required, tag, awsBackupSnapshots: taken } };
  if (required === "none") return { ...base, verdict: "pass", explanation: noPlanRequired(plan) };
  const keptDaysMin = backupPlanRetentionDays[required];
  const figures = { ...base.figures, keptDaysMin, plans: found.plans.map((p) => p.plan).join(", ") };
  const known = tag === null ? `it has no tag ${backupPlanTag}` : `its tag ${backupPlanTag} is ${tag}`;
  const needs = `${plan.tier} in ${plan.environment} requires the plan ${required}; ${known}`;
  if (found.notAsked !== null)
    return { ...base, figures, verdict: "inconclusive", explanation: `not asked: ${found.notAsked}. ${needs}` };
  const long = found.plans.find(({ keepsDays }) => keepsDays === null || keepsDays >= keptDaysMin);
  if (long) {
    const kept = long.keepsDays === null ? "without limit" : `for ${long.keepsDays} days`;
    return { ...base, figures, verdict: "pass", explanation: `plan ${long.plan} selects it, and keeps it ${kept}` };
  }
  const open = [...found.unanswered, ...found.unclear.map((name) => `whether plan ${name} selects it`)];
  if (open.length > 0)
    return { ...base, figures, verdict: "inconclusive", explanation: `not known: ${open.join(", ")}. ${needs}` };
  const short = found.plans.map((p) => `plan ${p.plan} keeps it for ${p.keepsDays} days`).join(", ");
  const explanation =
    short === "" ? `no plan selects it. ${needs}` : `${short}; ${plan.tier} requires ${keptDaysMin} days`;
  return { ...base, figures, verdict: "fail", explanation };
}

function vaultedPoint(plan: BackupAuditPlan, found: AwsBackupFound, askedAt: string): Check {
  const name = "recovery-point-in-vault";
  const { point } = found;
  const ageSeconds = point && (Date.parse(askedAt) - Date.parse(point.createdAt)) / 1000;
  const figures = { vault: point?.vault ?? null, ageSeconds, ageSecondsMax: awsBackupAgeSecondsMax };
  const judged = (verdict: Check["verdict"], explanation: string): Check => ({ name, verdict, explanation, figures });
  if (plan.objectives.backupPlan === "none") return judged("pass", noPlanRequired(plan));
  if (found.notAsked !== null) return judged("inconclusive", `not asked: ${found.notAsked}`);
  if (!point) {
    const refused = found.unanswered.filter((one) => one.startsWith("ListRecoveryPointsByResource"));
    return refused.length > 0
      ? judged("inconclusive", `not known: ${refused.join(", ")}`)
      : judged("fail", "AWS Backup has no complete recovery point of this database");
  }
  const what = `the newest, in vault ${point.vault}, is of ${point.createdAt}`;
  if ((ageSeconds ?? 0) < 0) return judged("inconclusive", `${what}, which is in the future: the clocks disagree`);
  const wrong = [
    ...((ageSeconds ?? 0) > awsBackupAgeSecondsMax ? ["it is too old"] : []),
    ...(point.encrypted === false ? ["it is not encrypted"] : []),
    ...(point.locked === false ? ["its vault is not locked"] : []),
  ];
  if (wrong.length > 0) return judged("fail", `${what}: ${wrong.join(", ")}`);
  return point.encrypted === null || point.locked === null
    ? judged("inconclusive", `${what}; not known: ${found.unanswered.join(", ")}`)
    : judged("pass", `${what}; it is encrypted, and its vault is locked`);
}

function copyElsewhere(plan: BackupAuditPlan, found: AwsBackupFound, askedAt: string): Check {
  const name = "copy-is-elsewhere";
  const { copy } = found;
  const ageSeconds = copy && (Date.parse(askedAt) - Date.parse(copy.completedAt)) / 1000;
  const figures = { vaultArn: copy?.vaultArn ?? null, ageSeconds, ageSecondsMax: awsBackupAgeSecondsMax };
  const judged = (verdict: Check["verdict"], explanation: string): Check => ({ name, verdict, explanation, figures });
  if (plan.objectives.backupPlan !== "vault-and-copy")
    return judged("pass", `${plan.tier} in ${plan.environment} requires no copy elsewhere`);
  if (found.notAsked !== null) return judged("inconclusive", `not asked: ${found.notAsked}`);
  if (!copy) {
    const refused = found.unanswered.filter((one) => one.startsWith("ListCopyJobs"));
    return refused.length > 0
      ? judged("inconclusive", `not known: ${refused.join(", ")}`)
      : judged("fail", "AWS Backup reports no copy in another Region or account in the last 30 days");
  }
  const what = `the newest copy, in ${copy.vaultArn}, was complete at ${copy.completedAt}`;
  if (copy.exists === false) return judged("fail", `${what}, and is no longer there`);
  if ((ageSeconds ?? 0) > awsBackupAgeSecondsMax) return judged("fail", `${what}: it is too old`);
  return copy.exists === null
    ? judged("inconclusive", `${what}; whether it is still there cannot be checked from here`)
    : judged("pass", `${what}, and is there`);
}

const noPlanRequired = ({ tier, environment }: BackupAuditPlan) =>
  `${tier} in ${environment} requires no AWS Backup plan`;
