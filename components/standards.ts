/**
 * The one table of the standard: what a tier, a size, an environment and a version of PostgreSQL mean.
 *
 * Editing a figure changes every database at its next `up`. So each edit bumps `standardVersion` (major: a database may
 * be replaced or restarted; minor: something is added or tightened; patch: wording) and has a line in CHANGELOG.md.
 * Figures without a source are our own choices; the others name their source.
 */
export const standardVersion = "1.1.0";

export const environments = ["production", "staging", "development"] as const;
export const tiers = ["gold", "silver", "bronze"] as const;
export const sizes = ["small", "medium", "large", "xlarge"] as const;
export const dataClassifications = ["public", "internal", "confidential", "restricted"] as const;
export type Environment = (typeof environments)[number];
export type Tier = (typeof tiers)[number];
export type Size = (typeof sizes)[number];
export type DataClassification = (typeof dataClassifications)[number];

/**
 * Which AWS Backup plan of the platform selects a database: none, the vault of its Region, or that and a copy in
 * another Region.
 */
export type BackupPlan = "none" | "vault" | "vault-and-copy";

/** What a tier means in one environment. */
export interface TierStandard {
  /** Objective: how much may be lost. */
  rpoSeconds: number;
  /** Objective: how long from requesting a restore to the first query. */
  rtoSeconds: number;
  /** Days that RDS keeps automated backups, 1 to 35. */
  backupRetentionDays: number;
  /** A standby in a second zone, which takes over automatically. */
  multiAz: boolean;
  /** The longest between two restore drills. */
  drillEveryDays: number;
  /** When it is patched: 0 first, 3 last. */
  ring: Ring;
  /** Interval of enhanced monitoring: RDS accepts 1, 5, 10, 15, 30 or 60. */
  monitoringIntervalSeconds: number;
  backupPlan: BackupPlan;
  /**
   * RDS deletion protection, Pulumi `protect` and a final snapshot go together: with only one of them a single mistake
   * loses the database.
   */
  protected: boolean;
  /** Automated backups outlive a deleted database until their retention ends. */
  retainAutomatedBackups: boolean;
}

/**
 * RPO is 600 s for all: RDS ships its log every five minutes, so an objective of 300 s would fail even if nothing is
 * wrong. 35 days is the longest RDS keeps automated backups (RDS User Guide, "Backup retention period").
 */
const productionTiers: Record<Tier, TierStandard> = {
  gold: {
    rpoSeconds: 600,
    rtoSeconds: 3_600,
    backupRetentionDays: 35,
    multiAz: true,
    drillEveryDays: 7,
    ring: 3,
    monitoringIntervalSeconds: 15,
    backupPlan: "vault-and-copy",
    protected: true,
    retainAutomatedBackups: true,
  },
  silver: {
    rpoSeconds: 600,
    rtoSeconds: 14_400,
    backupRetentionDays: 14,
    multiAz: true,
    drillEveryDays: 30,
    ring: 2,
    monitoringIntervalSeconds: 60,
    backupPlan: "vault",
    protected: true,
    retainAutomatedBackups: true,
  },
  bronze: {
    rpoSeconds: 600,
    rtoSeconds: 86_400,
    backupRetentionDays: 7,
    multiAz: false,
    drillEveryDays: 90,
    ring: 1,
    monitoringIntervalSeconds: 60,
    backupPlan: "none",
    protected: true,
    retainAutomatedBackups: true,
  },
};

/**
 * Outside production the tier keeps its objectives, but not the costly means to meet them: no one is woken for staging.
 */
export function tierStandard(tier: Tier, environment: Environment): TierStandard {
  const production = productionTiers[tier];
  if (environment === "production") return production;
  return {
    ...production,
    backupRetentionDays: 7,
    multiAz: false,
    drillEveryDays: 90,
    ring: 0,
    monitoringIntervalSeconds: 60,
    backupPlan: "none",
    protected: tier !== "bronze",
    retainAutomatedBackups: false,
  };
}

/** What a size means. */
export interface SizeStandard {
  instanceClass: string;
  /** vCPUs of the class, from the AWS page "Hardware specifications for DB instance classes". */
  vcpus: number;
  memoryGib: number;
  /** A class that earns CPU credits can run out of them. */
  burstableCpu: boolean;
  /** Initial storage. */
  allocatedGib: number;
  /** Storage it grows to automatically. */
  capGib: number;
}

/**
 * From this size up, gp3 is faster at no extra cost, and IOPS and throughput (MiB/s) can be set (RDS User Guide, "gp3
 * storage").
 */
export const stripedStorage = { fromGib: 400, iops: 12_000, throughput: 500 };

export const sizeStandards: Record<Size, SizeStandard> = {
  small: { instanceClass: "db.t4g.medium", vcpus: 2, memoryGib: 4, burstableCpu: true, allocatedGib: 20, capGib: 100 },
  medium: {
    instanceClass: "db.m7g.large",
    vcpus: 2,
    memoryGib: 8,
    burstableCpu: false,
    allocatedGib: 100,
    capGib: 500,
  },
  large: {
    instanceClass: "db.r7g.xlarge",
    vcpus: 4,
    memoryGib: 32,
    burstableCpu: false,
    allocatedGib: 500,
    capGib: 2_000,
  },
  xlarge: {
    instanceClass: "db.r7g.4xlarge",
    vcpus: 16,
    memoryGib: 128,
    burstableCpu: false,
    allocatedGib: 2_000,
    capGib: 8_000,
  },
};

export const postgresMajors = [16, 17, 18] as const;
export type PostgresMajor = (typeof postgresMajors)[number];
export const defaultPostgresMajor: PostgresMajor = 17;

/** What a PostgreSQL major means. */
export interface VersionStandard {
  /** The family of its parameter groups, as RDS names it: "postgres17". */
  family: string;
  /** Minors below it miss fixes of the out-of-cycle release of 26 February 2026 (postgresql.org/support/security). */
  minimumMinor: number;
  /** The community's last release of the major (postgresql.org/support/versioning): no fixes exist after it. */
  approvedUntil: string;
}
export const versionStandards: Record<PostgresMajor, VersionStandard> = {
  16: { family: "postgres16", minimumMinor: 13, approvedUntil: "2028-11-09" },
  17: { family: "postgres17", minimumMinor: 9, approvedUntil: "2029-11-08" },
  18: { family: "postgres18", minimumMinor: 3, approvedUntil: "2030-11-14" },
};

export type Ring = 0 | 1 | 2 | 3;
/**
 * UTC. One night for each ring, a night apart and before a working day, so that a ring bakes for a day before the next.
 * We schedule nothing else between 02:00 and 04:00: backups start in `backupHours`, backup plans at
 * `backupPlanSchedule`.
 */
export const maintenanceWindows: Record<Ring, string> = {
  0: "mon:02:00-mon:04:00",
  1: "tue:02:00-tue:04:00",
  2: "wed:02:00-wed:04:00",
  3: "thu:02:00-thu:04:00",
};
/**
 * Daily backups begin at one of 60 times, at five-minute intervals from 20:00 UTC, chosen by the database's name: a
 * fleet that starts at once would queue.
 */
export const backupHours = { firstStartMinute: 20 * 60, slotMinutes: 5, slots: 60, lengthMinutes: 30 };
/**
 * AWS Backup's snapshots: after the last maintenance window (04:00) and long before the first backup window (20:00).
 */
export const backupPlanSchedule = "cron(0 6 * * ? *)";
export const backupPlanRetentionDays: Record<Exclude<BackupPlan, "none">, number> = { vault: 14, "vault-and-copy": 35 };

/**
 * Production: a year, as PCI DSS 4.0 requirement 10.5.1 requires for audit logs. Elsewhere: the 30 days the guardrail
 * requires.
 */
export function logRetentionDays(environment: Environment): number {
  return environment === "production" ? 365 : 30;
}
export const exportedLogs = ["postgresql", "upgrade"] as const;

/**
 * Secrets Manager's longest window in production; none elsewhere, where a window only keeps the name taken (7–30 or 0
 * are allowed).
 */
export function secretRecoveryDays(environment: Environment): number {
  return environment === "production" ? 30 : 0;
}
/** KMS waits 7 to 30 days before it deletes a key, which makes every backup encrypted with it unreadable. */
export function keyDeletionDays(environment: Environment): number {
  return environment === "production" ? 30 : 7;
}

/** Not `postgres`, `admin` or a reserved word, so that it is hard to guess (Security Hub RDS.25). */
export const masterUsername = "shipshape_admin";
/** AWS's default; we never send it, and consumers get the endpoint's port. It is here for the security group. */
export const postgresPort = 5432;
export const performanceInsightsRetentionDays = 7;
export const caCertificate = "rds-ca-rsa2048-g1";
export const engineLifecycleSupport = "open-source-rds-extended-support-disabled";

/** On every taggable resource; the guardrail `require-owner-tags` requires the same list. */
export const requiredTags = [
  "service",
  "owner",
  "environment",
  "tier",
  "data-classification",
  "cost-center",
  "shipshape:ring",
  "shipshape:stack",
] as const;
export const standardTag = "shipshape:standard";
export const backupPlanTag = "shipshape:backup-plan";
