import type * as pulumi from "@pulumi/pulumi";
import type { FoundProperties } from "./found-properties";
import type { AllowedExtension, Authentication, RoleName } from "./roles";
import type { DataClassification, Environment, PostgresMajor, Size, Tier } from "./standards";

/**
 * What a team says of one database; what is not said has a default that meets the standard. `arguments.ts` checks it,
 * and a type test holds both together.
 */
export interface DatabaseRequest {
  /**
   * The service whose data this is: lower-case words joined by hyphens, at most 24 characters. The first word of the
   * identifier, of the secrets' names and of the tags.
   */
  service: string;
  /** The team that answers for it, as `team-orders`; a tag of everything here. */
  owner: string;
  /**
   * Part of the identifier and of the secrets' names, so it never changes; with the tier it decides on backups, second
   * zone and protection.
   */
  environment: Environment;
  /** What a loss would cost: gives objectives, backup retention, second zone, restore drills and patch ring. */
  tier: Tier;
  /** Gives instance class, storage and the cap it grows to: small is db.t4g.medium with 20 GiB, growing to 100. */
  size: Size;
  /** How sensitive the data is; a tag of everything here. */
  dataClassification: DataClassification;
  /** Who pays, as text: `"4711"`; a tag of everything here. */
  costCenter: string;
  /** The application's database. @default the service's name, hyphens as underscores */
  databaseName?: string | undefined;
  /** The application's schema. @default the database's name */
  schemaName?: string | undefined;
  /** A new one is a major upgrade: an operation of its own, not an `up`. @default 17 */
  postgresMajor?: PostgresMajor | undefined;
  /** The minor it runs, as `"17.10"`. Pin it in production. @default the newest that the cloud offers of the major */
  engineVersion?: string | undefined;
  /**
   * Keep the storage of this larger size when going to a smaller one: storage never shrinks, only the class changes.
   * @default the size
   */
  storageOfSize?: Size | undefined;
  /**
   * `managed`: RDS makes, keeps and rotates it. `own`: our secret; needed before read replicas and blue/green
   * deployments.
   * @default "managed"
   */
  masterPassword?: "managed" | "own" | undefined;
  /** Reserved: read replicas come later. @default 0 */
  replicas?: number | undefined;
  /**
   * `later` where `up` cannot reach the database (a hosted CI): a second `up` inside the network then makes the roles.
   * @default "declared"
   */
  accessRoles?: "declared" | "later" | undefined;
  /**
   * For each role, how it logs in and how long a statement of it may take.
   * @default passwords, and the timeouts of the standard
   */
  roles?: Partial<Record<RoleName, RoleSettings>> | undefined;
  /**
   * From an allow-list; the list replaces the default. The embedded cloud has no pgaudit.
   * @default ["pg_stat_statements", "pgaudit"]
   */
  extensions?: AllowedExtension[] | undefined;
  /**
   * PostgreSQL's parameters by name, from an allow-list and within bounds, in the unit RDS stores: `{work_mem: 65536}`
   * are kB. The database then has a parameter group of its own.
   * @default {} the standard's
   */
  parameters?: Record<string, number | boolean> | undefined;
  /**
   * A database that was made elsewhere: its name, and where it is not as the standard says. Stays as long as that is
   * so.
   * @default undefined: a new one
   */
  existing?: ExistingDatabase | undefined;
  /**
   * The resource id ("db-…") of the existing database, for the one `up` that takes it over; drop it afterwards.
   * @default undefined
   */
  import?: string | undefined;
  /**
   * Make it from a snapshot, or from a moment of another database's backups. Counts at birth only.
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
   * `iam`: no password anywhere, a token of 15 minutes instead. The embedded cloud has no counterpart and refuses it.
   * @default "password"
   */
  authentication?: Authentication | undefined;
  /**
   * The longest a statement may take, in milliseconds; 0 is no limit, 86400000 (a day) the most.
   * @default 60000 for readwrite, 300000 for readonly
   */
  statementTimeoutMilliseconds?: number | undefined;
}

export interface ExistingDatabase {
  /** The RDS identifier of the database that exists. */
  identifier: string;
  /**
   * What the database has today where the standard says otherwise, by the names of `aws.rds.Instance`; `null` for what
   * it has none of. Shrink it property by property: each removal is one visible change.
   * @default {}
   */
  asFound?: FoundProperties | undefined;
  /**
   * True when RDS made the log groups already (logs were exported before): they are imported with the database.
   * @default false
   */
  logGroupsExist?: boolean | undefined;
}

export interface RestoreFromSnapshot {
  /** Name or ARN of the snapshot. */
  snapshotIdentifier: string;
  /**
   * False when the backup is not of a StandardDatabase, and has none of its roles: they are made then.
   * @default true: taken over, with new passwords
   */
  rolesExist?: boolean | undefined;
}

export interface RestoreToPointInTime {
  /** Resource id of the database whose backups these are, `db-…`: it names them also when the database is gone. */
  sourceDbiResourceId: string;
  /** A whole second in UTC, as `"2026-01-31T12:00:00Z"`. @default the latest there is */
  restoreTime?: string | undefined;
  /**
   * False when the backup is not of a StandardDatabase, and has none of its roles: they are made then.
   * @default true: taken over, with new passwords
   */
  rolesExist?: boolean | undefined;
}

/** What the platform stack gives a database; see DatabasePlatform's outputs of the same names. */
export interface PlatformReference {
  /** The network that databases stand in. */
  vpcId: pulumi.Input<string>;
  /** The private subnets that databases stand in. */
  subnetGroupName: pulumi.Input<string>;
  /**
   * Encrypts storage, backups, logs and secrets. An ARN, never an alias: an alias is a difference for ever, and a
   * changed key a new database.
   */
  keyArn: pulumi.Input<string>;
  /** Where alarms go. */
  topicArn: pulumi.Input<string>;
  /** The role RDS writes enhanced monitoring with. */
  monitoringRoleArn: pulumi.Input<string>;
  /** The standard's parameter groups by family: `{postgres17: "…"}`. */
  parameterGroupNames: pulumi.Input<Record<string, string>>;
  /** File of certificates that `up` trusts when it connects to make roles. @default what PGSSLROOTCERT names */
  caBundlePath?: pulumi.Input<string | undefined>;
}

/** `DatabaseRequest`, and what only other resources know. */
export interface StandardDatabaseArgs extends DatabaseRequest {
  /**
   * What the platform team's stack gives out: key, topic, subnets, monitoring role and parameter groups that databases
   * share.
   */
  platform: PlatformReference;
  /** Who may connect: security groups by name, no address ranges. @default {} nobody */
  reachableFrom?: Record<string, pulumi.Input<string>>;
}
