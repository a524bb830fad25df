/**
 * What no company changes: figures that AWS or PostgreSQL sets, and what others rely on across companies. Those without
 * a source are our own choices.
 */

/** Ours; a company's standard says which of its environments is which. The strictest first. */
export const environmentKinds = ["production", "staging", "development"] as const;
export type EnvironmentKind = (typeof environmentKinds)[number];

/** Majors that Shipshape is tested with; a standard approves some of them. */
export const PostgresMajor = {
  /** Supported by the community until November 2028. */
  V16: 16,
  /** Supported by the community until November 2029. */
  V17: 17,
  /** Supported by the community until November 2030. */
  V18: 18,
} as const;
export type PostgresMajor = (typeof PostgresMajor)[keyof typeof PostgresMajor];
export const postgresMajors = Object.values(PostgresMajor);

/** How a train patches a database. */
export const PatchMethod = {
  /** By an upgrade of its instance, which restarts. */
  InPlace: "in-place",
  /** By a copy with the new version, which takes its name; needs `masterPassword: "own"`. */
  BlueGreen: "blue-green",
} as const;
export type PatchMethod = (typeof PatchMethod)[keyof typeof PatchMethod];
export const patchMethods = Object.values(PatchMethod);

/** The family of a major's parameter groups, as RDS names it. */
export const familyOf = (major: number): string => `postgres${major}`;

/** When a database is patched: 0 first, 3 last. */
export const rings = [0, 1, 2, 3] as const;
export type Ring = (typeof rings)[number];

/**
 * Which AWS Backup plan of the platform selects a database: none, the vault of its Region, or that and a copy in
 * another Region.
 */
export const backupPlans = ["none", "vault", "vault-and-copy"] as const;
export type BackupPlan = (typeof backupPlans)[number];

/**
 * From this size up, gp3 is faster at no extra cost, and IOPS and throughput (MiB/s) can be set (RDS User Guide, "gp3
 * storage").
 */
export const stripedStorage = { fromGib: 400, iops: 12_000, throughput: 500 };

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

export const exportedLogs = ["postgresql", "upgrade"] as const;

/**
 * Secrets Manager's longest window in production; none elsewhere, where a window only keeps the name taken (7–30 or 0
 * are allowed).
 */
export const secretRecoveryDays = (kind: EnvironmentKind): number => (kind === "production" ? 30 : 0);

/** KMS waits 7 to 30 days before it deletes a key, which makes every backup encrypted with it unreadable. */
export const keyDeletionDays = (kind: EnvironmentKind): number => (kind === "production" ? 30 : 7);

/** AWS's default; we never send it, and consumers get the endpoint's port. It is here for the security group. */
export const postgresPort = 5432;
export const performanceInsightsRetentionDays = 7;
export const caCertificate = "rds-ca-rsa2048-g1";
export const engineLifecycleSupport = "open-source-rds-extended-support-disabled";

/** Tags that Shipshape itself reads; a company's own tags have the keys that its standard gives them. */
export const standardTag = "shipshape:standard";
export const backupPlanTag = "shipshape:backup-plan";
export const ringTag = "shipshape:ring";
export const stackTag = "shipshape:stack";
/** Names of a service and an environment, with spaces between: a train patches those first. */
export const patchAfterTag = "shipshape:patch-after";
/** How a train patches the database: one of `patchMethods`. */
export const patchMethodTag = "shipshape:patch-method";
/** Of the instance of a masked copy. */
export const copyTagKeys = {
  request: "shipshape:copy-request",
  source: "shipshape:copy-of",
  profile: "shipshape:copy-profile",
  expiresOn: "shipshape:copy-expires-on",
} as const;

/** The schema of integrity checks: a separate one, so that the right to run them can be granted at once. */
export const integritySchema = "amcheck";
export const controlSchema = "shipshape";
