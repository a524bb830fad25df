/** What is known of the versions of databases: what runs, and what RDS offers. */
import type { TargetDatabase } from "./fleet-records";

/** A database with its version, and what RDS or its owners have planned for it. */
export interface RunningVersion extends TargetDatabase {
  engineVersion: string;
  status: string;
  /** Accepted by RDS, and applied in the window. */
  pendingVersion: string | null;
  /** Everything that RDS has accepted and not applied, by its name in the API: with any of it applied, all is. */
  pending: string[];
  maintenanceWindow: string;
  autoMinorVersionUpgrade: boolean;
  /** Its place in the upgrade rollout policy of AWS Organizations: "first", "second" or "last". */
  rolloutOrder: string | null;
  /** The identifier of the instance that it replicates. */
  replicaOf: string | null;
  replicas: string[];
  /** What of its parameter group is not in effect: "pending-reboot" …; null if all of it is. */
  parametersWait: string | null;
  backupRetentionDays: number;
  /** The name of its parameter group; null where RDS does not say. */
  parameterGroup: string | null;
  /** Whether Secrets Manager has its master password: then RDS makes neither replicas nor a green instance of it. */
  managesPassword: boolean;
  /** What AWS has scheduled: "system-update", "db-upgrade" …; with the day from which it is applied without being asked. */
  maintenance: { action: string; appliedAfter: string | null }[];
  tags: Record<string, string>;
}

/** What RDS offers where the database is. */
export interface OfferedVersions {
  /** Newer versions that RDS upgrades a version to, in one step, by that version. */
  targets: Readonly<Record<string, readonly { version: string; isMajor: boolean }[]>>;
  /** `YYYY-MM-DD` by major; a major that RDS does not list is missing. */
  support: Readonly<Record<string, { standardEnds: string | null }>>;
}

export const majorOf = (version: string): string => version.split(".")[0] ?? "";
/** "17.10" → 10; of what RDS appends ("13.20-rds.20250101") nothing. */
export const minorOf = (version: string): number => parseInt(version.split(".")[1] ?? "0", 10) || 0;
