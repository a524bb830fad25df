/** The backup audit: what is read, in which order; verify.ts judges it. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { followsStill } from "../../tier-of";
import { awsBackupStep, connectionStep, evidenceStep, queryStep, snapshotStep } from "./limits";
import { auditStillHolds, planBackupAudit, type AuditedDatabase, type BackupAuditPlan } from "./plan";
import { backupAuditDescription, type BackupAuditRequest } from "./request";
import type { BackupAuditSteps } from "./steps";
import { verifyBackupAudit, type BackupAuditOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  backupAudit((await import("./steps")).backupAuditSteps(context), context.standard);

export const backupAudit = (
  steps: BackupAuditSteps,
  standard: Standard,
): Operation<BackupAuditRequest, AuditedDatabase, BackupAuditPlan, BackupAuditOutcome> => ({
  ...backupAuditDescription,

  observe: (request, step) => step("look at the database", queryStep, () => steps.observe(request)),
  plan: (request, source) => planBackupAudit(request, source, standard),
  stillHolds: (plan, observed) => followsStill(plan, standard) && auditStillHolds(plan, observed),

  async run(plan, step) {
    const backups = await step("read the automated backups", queryStep, () => steps.backups(plan));
    const snapshots = await step("read the snapshots and their sharing", snapshotStep, () => steps.snapshots(plan));
    const awsBackup = await step("ask AWS Backup", awsBackupStep, () => steps.awsBackup(plan, backups));
    const checksums = await step("ask the server for page checksums", connectionStep, () => steps.pageChecksums(plan));
    const evidence = await step("read the evidence of its drills", evidenceStep, () => steps.evidence(plan, backups));
    return { backups, snapshots, awsBackup, checksums, evidence };
  },

  verify: verifyBackupAudit,
});
