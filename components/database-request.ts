import type * as pulumi from "@pulumi/pulumi";
import type { FoundProperties } from "./found-properties";
import type { exportedLogs, PostgresMajor } from "./standards/fixed";
import type { Standard } from "./standards/standard";
import type { DataClassification, Environment, RoleName, Size, Tier } from "./standards/names";
import type { AllowedExtension, Authentication } from "./standards/roles";

/**
 * What a team declares about one database; everything else has a default that meets the standard. `arguments.ts` checks
 * it, and a type test keeps both in step.
 */
export interface DatabaseRequest {
  /**
   * The service whose data this is: lower-case words joined by hyphens, at most 24 characters. It starts the identifier
   * and the secrets' names, and is a tag.
   */
  service: string;
  /** The responsible team, such as `team-orders`; a tag of everything here. */
  owner: string;
  /**
   * Part of the identifier and of the secrets' names, so it never changes; with the tier it determines backups, second
   * zone and protection.
   */
  environment: Environment;
  /**
   * How much a loss would cost: determines objectives, backup retention, second zone, restore drills and patch ring.
   */
  tier: Tier;
  /** Determines instance class, storage and the cap it grows to: small is db.t4g.medium with 20 GiB, growing to 100. */
  size: Size;
  /** How sensitive the data is; a tag of everything here. */
  dataClassification: DataClassification;
  /** Who pays, as text: `"4711"`; a tag of everything here. */
  costCenter: string;
  /** The application's database. @default the service's name, hyphens as underscores */
  databaseName?: string | undefined;
  /** The application's schema. @default the database's name */
  schemaName?: string | undefined;
  /**
   * A new one is a major upgrade: a separate operation, not an `up`.
   * @default 17
   */
  postgresMajor?: PostgresMajor | undefined;
  /**
   * The minor version, such as `"17.10"`. Pin it in production.
   * @default the newest minor of the major that the cloud offers
   */
  engineVersion?: string | undefined;
  /**
   * Keeps the storage of this larger size when you move to a smaller one: storage never shrinks, only the class
   * changes.
   * @default the size
   */
  storageOfSize?: Size | undefined;
  /**
   * `managed`: RDS creates, stores and rotates it. `own`: our secret; needed before read replicas and blue/green
   * deployments.
   * @default "managed"
   */
  masterPassword?: "managed" | "own" | undefined;
  /** Reserved: read replicas come later. @default 0 */
  replicas?: number | undefined;
  /**
   * `later` if `up` cannot reach the database (a hosted CI): a second `up` inside the network then creates the roles.
   * @default "declared"
   */
  accessRoles?: "declared" | "later" | undefined;
  /**
   * For each role, how it logs in and how long its statements may take.
   * @default passwords, and the timeouts of the standard
   */
  roles?: Partial<Record<RoleName, RoleSettings>> | undefined;
  /**
   * Extensions from an allow-list; the list replaces the default. The embedded cloud has no pgaudit.
   * @default ["pg_stat_statements", "pgaudit"]
   */
  extensions?: AllowedExtension[] | undefined;
  /**
   * PostgreSQL's parameters by name, from an allow-list and within limits, in the unit RDS stores: `{work_mem: 65536}`
   * is in kB. The database then has its own parameter group.
   * @default {} the standard's
   */
  parameters?: Record<string, number | boolean> | undefined;
  /**
   * A database that was created elsewhere: its name, and where it differs from the standard. Keep it as long as it
   * differs.
   * @default undefined: a new one
   */
  existing?: ExistingDatabase | undefined;
  /**
   * The resource id ("db-…") of the existing database, for the one `up` that imports it; drop it afterwards.
   * @default undefined
   */
  import?: string | undefined;
  /**
   * Creates it from a snapshot, or from a moment of another database's backups. Counts only at creation.
   * @default undefined: an empty one
   */
  restoreFrom?: RestoreFromSnapshot | RestoreToPointInTime | undefined;
  /**
   * First step of retirement: lifts every protection at the next `up`; only then does `destroy` work.
   * @default false
   */
  retire?: boolean | undefined;
}

export interface RoleSettings {
  /**
   * `iam`: no password anywhere, but a token that lasts 15 minutes. The embedded cloud has no counterpart and refuses
   * it.
   * @default "password"
   */
  authentication?: Authentication | undefined;
  /**
   * The longest a statement may take, in milliseconds; 0 is no limit, 86400000 (a day) the maximum.
   * @default 60000 for readwrite, 300000 for readonly
   */
  statementTimeoutMilliseconds?: number | undefined;
}

export interface ExistingDatabase {
  /** The RDS identifier of the existing database. */
  identifier: string;
  /**
   * The current values where they differ from the standard, by the names of `aws.rds.Instance`; `null` for what it
   * lacks. Remove its properties one by one: each removal is one visible change.
   * @default {}
   */
  asFound?: FoundProperties | undefined;
  /**
   * The last day on which `asFound.engineVersion` may be older than the standard allows, at most 180 days ahead:
   * `"2027-03-31"`. Every preview shows it.
   * @default undefined: the version is one that the standard allows
   */
  upgradeBy?: string | undefined;
  /**
   * True if RDS has already created the log groups (logs were exported before), or which of them: they are imported
   * with the database.
   * @default false
   */
  logGroupsExist?: boolean | (typeof exportedLogs)[number][] | undefined;
}

export interface RestoreFromSnapshot {
  /** Name or ARN of the snapshot. */
  snapshotIdentifier: string;
  /**
   * False if the backup is not of a StandardDatabase and lacks its roles: they are then created.
   * @default true: adopted, with new passwords
   */
  rolesExist?: boolean | undefined;
}

export interface RestoreToPointInTime {
  /** Resource id of the backups' source database, `db-…`: valid even when the database is gone. */
  sourceDbiResourceId: string;
  /**
   * A whole second in UTC, such as `"2026-01-31T12:00:00Z"`.
   * @default the latest restorable time
   */
  restoreTime?: string | undefined;
  /**
   * False if the backup is not of a StandardDatabase and lacks its roles: they are then created.
   * @default true: adopted, with new passwords
   */
  rolesExist?: boolean | undefined;
}

/** What a database gets from the platform stack; see DatabasePlatform's outputs of the same names. */
export interface PlatformReference {
  /** The network of the databases. */
  vpcId: pulumi.Input<string>;
  /** The private subnets of the databases. */
  subnetGroupName: pulumi.Input<string>;
  /**
   * Encrypts storage, backups, logs and secrets. An ARN, never an alias: an alias is a permanent difference, and a
   * changed key replaces the database.
   */
  keyArn: pulumi.Input<string>;
  /** Where alarms go. */
  topicArn: pulumi.Input<string>;
  /** The role RDS writes enhanced monitoring with. */
  monitoringRoleArn: pulumi.Input<string>;
  /** The standard's parameter groups by family: `{postgres17: "…"}`. */
  parameterGroupNames: pulumi.Input<Record<string, string>>;
  /**
   * CA file that `up` trusts when it connects to create roles.
   * @default the file that PGSSLROOTCERT names
   */
  caBundlePath?: pulumi.Input<string | undefined>;
}

/** `DatabaseRequest`, and what comes from other resources. */
export interface StandardDatabaseArgs extends DatabaseRequest {
  /**
   * What `defineStandard` returns.
   * @default the standard that the `shipshape.yaml` beside the stacks names, or Shipshape's own
   */
  standard?: Standard | undefined;
  /**
   * The outputs of the platform team's stack: key, topic, subnets, monitoring role and parameter groups that databases
   * share.
   */
  platform: PlatformReference;
  /**
   * Who may connect: security groups by name, no address ranges.
   * @default {} none
   */
  reachableFrom?: Record<string, pulumi.Input<string>>;
}
