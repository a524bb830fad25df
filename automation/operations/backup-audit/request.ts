import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";

/** The input of a backup audit. */
export const backupAuditRequest = z.strictObject({
  database: databaseField("the database whose backups to audit"),
  ...locationFields,
});
export type BackupAuditRequest = z.infer<typeof backupAuditRequest>;

export const backupAuditDescription: OperationDescription<BackupAuditRequest> = {
  name: "backup-audit",
  version: 2,
  owner: "platform",
  title:
    "read what a database's backups are: whether they meet its tier, are proven, and who can restore its snapshots",
  examples: [
    '--database orders-production --reason "quarterly audit" --work',
    '--database orders-production --reason "audit" --wait --json | jq -r .verdict',
  ],
  effect: "reads",
  request: backupAuditRequest,
};
