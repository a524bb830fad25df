/** Pure: judges what the audit found. Each check names what it proves, with its figures. */
import { verdictOf, type Check, type RecoveryEvidence, type Verdict } from "../../records";
import type { AwsBackupFound } from "../../targets/aws-backup";
import type { BackupsFound, SnapshotFound, SnapshotsFound } from "../../targets/database-backups";
import type { PageChecksums } from "../../targets/page-checksums";
import { snapshotsNamedMax } from "./limits";
import type { BackupAuditPlan } from "./plan";
import { awsBackupChecks } from "./verify-aws-backup";

/** Undecided: the server did not answer, which says nothing for or against the backups. */
export type ChecksumsFound = PageChecksums | { undecided: string };

/** What the steps recorded. */
export interface BackupAuditOutcome {
  backups: BackupsFound;
  snapshots: SnapshotsFound;
  awsBackup: AwsBackupFound;
  checksums: ChecksumsFound;
  evidence: RecoveryEvidence;
}

export function verifyBackupAudit(plan: BackupAuditPlan, outcome: BackupAuditOutcome): Verdict {
  const { backups, snapshots, awsBackup, checksums, evidence } = outcome;
  return verdictOf([
    automatedBackups(backups),
    retention(plan, backups),
    recoveryExposure(plan, backups),
    verifiedRecoveryPoint(evidence, backups.askedAt),
    drillEvidence(plan, evidence, backups.askedAt),
    sharing(snapshots),
    encryption(snapshots),
    ownership(snapshots),
    pageChecksums(checksums),
    ...awsBackupChecks(plan, awsBackup, snapshots, backups.askedAt),
  ]);
}

function automatedBackups({ backupRetentionDays }: BackupsFound): Check {
  const isOn = backupRetentionDays > 0;
  return {
    name: "automated-backups-are-on",
    verdict: isOn ? "pass" : "fail",
    explanation: isOn
      ? "RDS takes automated backups"
      : "automated backups are switched off: it cannot be restored to any moment",
    figures: { backupRetentionDays },
  };
}

function retention({ tier, environment, objectives }: BackupAuditPlan, { backupRetentionDays }: BackupsFound): Check {
  const backupRetentionDaysMin = objectives.backupRetentionDays;
  return {
    name: "retention-meets-tier",
    verdict: backupRetentionDays >= backupRetentionDaysMin ? "pass" : "fail",
    explanation: `backups are kept for ${backupRetentionDays} days; ${tier} in ${environment} requires ${backupRetentionDaysMin}`,
    figures: { backupRetentionDays, backupRetentionDaysMin },
  };
}

function recoveryExposure({ objectives: { rpoSeconds } }: BackupAuditPlan, found: BackupsFound): Check {
  const name = "recovery-exposure";
  const { latestRestorableTime, askedAt, status, backupRetentionDays } = found;
  const figures = { latestRestorableTime, rpoSeconds };
  if (latestRestorableTime === null) {
    const explanation =
      backupRetentionDays === 0
        ? "nothing can be restored: automated backups are switched off"
        : "nothing can be restored yet: no automated backup is complete";
    return { name, verdict: "fail", explanation, figures };
  }
  const newestRestorableAgeSeconds = (Date.parse(askedAt) - Date.parse(latestRestorableTime)) / 1000;
  const measured = { ...figures, newestRestorableAgeSeconds };
  const known = `the newest restorable time is ${newestRestorableAgeSeconds} s old; the objective is ${rpoSeconds} s`;
  if (newestRestorableAgeSeconds < 0)
    return {
      name,
      verdict: "inconclusive",
      explanation: `${known}. A negative age means that the clocks disagree`,
      figures: measured,
    };
  const isRecent = newestRestorableAgeSeconds <= rpoSeconds;
  // Nothing is committed to a stopped database, so its backups do not advance.
  if (!isRecent && status === "stopped")
    return { name, verdict: "inconclusive", explanation: `${known}. The database is stopped`, figures: measured };
  return { name, verdict: isRecent ? "pass" : "fail", explanation: known, figures: measured };
}

function verifiedRecoveryPoint({ recoverability, reason, drill }: RecoveryEvidence, askedAt: string): Check {
  const base = { name: "recovery-point-is-verified", figures: { recoverability, drill: drill?.requestId ?? null } };
  if (recoverability === "unknown") return { ...base, verdict: "inconclusive", explanation: reason };
  const isVerified = recoverability === "fresh" || recoverability === "stale";
  if (!isVerified || !drill) return { ...base, verdict: "fail", explanation: `no recovery point is proven: ${reason}` };
  const { recoveryTarget } = drill;
  const ageSeconds = recoveryTarget === null ? null : (Date.parse(askedAt) - Date.parse(recoveryTarget)) / 1000;
  return {
    ...base,
    verdict: "pass",
    explanation: `drill ${drill.requestId} restored it to ${recoveryTarget ?? "a moment that its statement does not name"}, and passed`,
    figures: { ...base.figures, verifiedRecoveryPoint: recoveryTarget, verifiedRecoveryPointAgeSeconds: ageSeconds },
  };
}

function drillEvidence(
  { objectives: { drillEveryDays } }: BackupAuditPlan,
  { recoverability, reason, drill }: RecoveryEvidence,
  askedAt: string,
): Check {
  const name = "drill-evidence-is-valid";
  if (recoverability === "unknown")
    return { name, verdict: "inconclusive", explanation: reason, figures: { drillEveryDays } };
  if (recoverability === "fresh" && drill) {
    const expiresInDays = Math.round((Date.parse(drill.expiresOn) - Date.parse(askedAt)) / 8_640_000) / 10;
    const explanation = `the evidence of drill ${drill.requestId} expires on ${drill.expiresOn.slice(0, 10)}, in ${expiresInDays} days`;
    const figures = { expiresOn: drill.expiresOn, expiresInDays, drillEveryDays };
    return { name, verdict: "pass", explanation, figures };
  }
  const figures = { expiresOn: drill?.expiresOn ?? null, drillEveryDays };
  const explanation = `${recoverability === "stale" && drill ? `${reason}, on ${drill.expiresOn.slice(0, 10)}` : reason}; the tier requires a drill every ${drillEveryDays} days`;
  return { name, verdict: "fail", explanation, figures };
}

/** Public is a failure; whether another account may have a snapshot is for the guardrails and their waivers to say. */
function sharing({ snapshots, unanswered }: SnapshotsFound): Check {
  const isPublic = snapshots.filter((s) => s.sharedWith?.includes("all"));
  const shared = snapshots.filter((s) => (s.sharedWith ?? []).some((account) => account !== "all"));
  const unknown = snapshots.filter((s) => s.sharedWith === null);
  const accounts = [...new Set(shared.flatMap((s) => s.sharedWith ?? []))].filter((account) => account !== "all");
  const base = {
    name: "snapshots-are-not-public",
    figures: {
      snapshots: snapshots.length,
      publicSnapshots: isPublic.length,
      sharedSnapshots: shared.length,
      sharedWith: accounts.join(", "),
    },
  };
  if (isPublic.length > 0)
    return {
      ...base,
      verdict: "fail",
      explanation: `anyone with an AWS account can restore ${names(isPublic)}`,
    };
  if (unknown.length > 0)
    return {
      ...base,
      verdict: "inconclusive",
      explanation: `the RDS API did not say with whom it shares ${names(unknown)}: ${unanswered.join(", ")}`,
    };
  if (snapshots.length === 0) return { ...base, verdict: "pass", explanation: none };
  const explanation =
    shared.length === 0
      ? `${counted(snapshots)}: none is shared`
      : `${counted(snapshots)}: none is public; shared with accounts ${accounts.join(", ")}: ${names(shared)}`;
  return { ...base, verdict: "pass", explanation };
}

const encryption = ({ snapshots }: SnapshotsFound): Check =>
  allOf("snapshots-are-encrypted", snapshots, (s) => s.encrypted, "encrypted", "unencryptedSnapshots");

const ownership = ({ snapshots }: SnapshotsFound): Check =>
  allOf("snapshots-have-an-owner", snapshots, (s) => s.owner !== null, "tagged with an owner", "ownerlessSnapshots");

function allOf(
  name: string,
  snapshots: SnapshotFound[],
  holds: (s: SnapshotFound) => boolean,
  what: string,
  figure: string,
): Check {
  const others = snapshots.filter((s) => !holds(s));
  return {
    name,
    verdict: others.length === 0 ? "pass" : "fail",
    explanation:
      snapshots.length === 0
        ? none
        : others.length === 0
          ? `${counted(snapshots)}: each is ${what}`
          : `not ${what}: ${names(others)}`,
    figures: { snapshots: snapshots.length, [figure]: others.length },
  };
}

function pageChecksums(found: ChecksumsFound): Check {
  const name = "page-checksums-are-on";
  if ("undecided" in found)
    return { name, verdict: "inconclusive", explanation: `the server did not say: ${found.undecided}`, figures: {} };
  const { enabled, failures } = found;
  const figures = { enabled, checksumFailures: failures };
  if (!enabled)
    return {
      name,
      verdict: "fail",
      explanation: "the server keeps no page checksums: damage could enter the backups unnoticed",
      figures,
    };
  return failures > 0
    ? { name, verdict: "fail", explanation: `${failures} pages had a wrong checksum when they were read`, figures }
    : {
        name,
        verdict: "pass",
        explanation: "each page has a checksum, and the server's statistics count no wrong one",
        figures,
      };
}

const counted = ({ length }: SnapshotFound[]) => (length === 1 ? "1 snapshot" : `${length} snapshots`);
const none = "it has no snapshots besides the automated ones";

function names(snapshots: SnapshotFound[]): string {
  const named = snapshots.slice(0, snapshotsNamedMax).map((s) => s.identifier);
  return [...named, ...(snapshots.length > named.length ? [`${snapshots.length - named.length} more`] : [])].join(", ");
}
