/** Pure: from the request and what was observed to what the backups are held to. */
import type { BackupPlan } from "../../../components/standards/fixed";
import type { Standard } from "../../../components/standards/standard";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { heldTo, tierOf } from "../../tier-of";
import type { BackupAuditRequest } from "./request";

/** The database as the cloud describes it, but for what its backups change every few minutes. */
export interface AuditedDatabase {
  identifier: string;
  arn: string;
  resourceId: string;
  databaseName: string;
  engineVersion: string;
  tags: Record<string, string>;
}

export interface BackupAuditPlan extends PlanBasis {
  database: TargetDatabase;
  source: AuditedDatabase;
  tier: string;
  environment: string;
  objectives: {
    backupRetentionDays: number;
    rpoSeconds: number;
    drillEveryDays: number;
    backupPlan: BackupPlan;
  };
}

export function planBackupAudit(
  request: BackupAuditRequest,
  source: AuditedDatabase,
  standard: Standard,
): BackupAuditPlan {
  const { tier, environment, objectives } = tierOf(source.tags, standard);
  const { backupRetentionDays, rpoSeconds, drillEveryDays, backupPlan } = objectives;
  return {
    target: request.database,
    database: targetDatabase(source),
    tags: source.tags,
    heldTo: heldTo(source.tags, standard),
    evidenceValidDays: drillEveryDays,
    source,
    tier,
    environment,
    objectives: { backupRetentionDays, rpoSeconds, drillEveryDays, backupPlan },
  };
}

/** Another database, or other tags, are held to something else. */
export const auditStillHolds = (plan: BackupAuditPlan, observed: AuditedDatabase): boolean =>
  canonicalJson(plan.source) === canonicalJson(observed);
