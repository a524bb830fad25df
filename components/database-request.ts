import type * as pulumi from "@pulumi/pulumi";
import type { ExistingDatabase } from "./existing-database";
import type { MaskedCopy } from "./masked-copy";
import type { PatchMethod, PostgresMajor } from "./standards/fixed";
import type { DataClassification, Environment, Size, Tier } from "./standards/names";
import type { Authentication, Extension } from "./standards/roles";
import type { Standard } from "./standards/standard";

/** Who creates and keeps the master password. */
export const MasterPassword = {
  /** RDS creates, stores and rotates it. */
  Managed: "managed",
  /** A secret of ours; needed before read replicas and blue/green deployments. */
  Own: "own",
} as const;
export type MasterPassword = (typeof MasterPassword)[keyof typeof MasterPassword];

/** When the roles inside the database are created. */
export const AccessRoles = {
  /** By the same `up`, which connects to the database. */
  Declared: "declared",
  /** By a second `up`, inside the network. */
  Later: "later",
} as const;
export type AccessRoles = (typeof AccessRoles)[keyof typeof AccessRoles];

/**
 * What a team declares about one database; everything else has a default that meets the standard. `arguments.ts` checks
 * it, and a type test keeps both in step. A value that only another resource knows is possible where the type is an
 * `Input`; all others decide what is created, or its name, and must be plain.
 */
export interface DatabaseRequest {
  /**
   * The service whose data this is: lower-case words joined by hyphens, at most 24 characters. It starts the identifier
   * and the secrets' names, and is a tag.
   * @example "orders"
   */
  service: string;
  /**
   * The responsible team, as lower-case words joined by hyphens; a tag of everything here.
   * @example "team-orders"
   */
  owner: pulumi.Input<string>;
  /**
   * Part of the identifier and of the secrets' names, so it never changes; with the tier it determines backups, second
   * zone and protection.
   * @example "production"
   */
  environment: Environment;
  /**
   * How much a loss would cost: determines objectives, backup retention, second zone, restore drills and patch ring.
   * @example "gold"
   */
  tier: Tier;
  /**
   * Determines instance class, storage and the cap it grows to: small is db.t4g.medium with 20 GiB, growing to 100.
   * @example "small"
   */
  size: Size;
  /**
   * How sensitive the data is; a tag of everything here.
   * @example "confidential"
   */
  dataClassification: DataClassification;
  /**
   * Who pays: 1 to 63 letters, digits, dots, underscores and hyphens, as text; a tag of everything here.
   * @example "4711"
   */
  costCenter: pulumi.Input<string>;
  /**
   * The application's database: a lower-case SQL name of at most 63 characters that neither PostgreSQL nor RDS
   * reserves.
   * @default the service's name, hyphens as underscores
   * @example "orders"
   */
  databaseName?: string;
  /**
   * The application's schema: a name like the database's.
   * @default the database's name
   * @example "orders"
   */
  schemaName?: string;
  /**
   * More schemas of the application: the owner owns them, and the other roles may do there what they may in the first. At
   * most 20. Names in them are written with their schema: no search path has them. One that is left out again is
   * dropped if it is empty; `up` refuses to drop another.
   * @default [] none
   * @example ["billing", "audit"]
   */
  furtherSchemas?: string[];
  /**
   * PostgreSQL's major version. A new one is a major upgrade: a separate operation, not an `up`.
   * @default 17
   * @example 17
   */
  postgresMajor?: PostgresMajor;
  /**
   * The minor version, with its major. Pin it in production. Never older than what runs: RDS does not downgrade.
   * @default the newest minor of the major that the cloud offers
   * @example "17.10"
   */
  engineVersion?: string;
  /**
   * Another major whose parameter group its stack has, too. A major upgrade sets it; take it out once the instance that
   * was replaced is deleted.
   * @default none
   * @example 16
   */
  otherMajor?: PostgresMajor;
  /**
   * Keeps the storage of this larger size when you move to a smaller one: storage never shrinks.
   * @default the size
   * @example "medium"
   */
  storageOfSize?: Size;
  /**
   * Who creates and keeps the master password.
   * @default "managed"
   * @example "own"
   */
  masterPassword?: MasterPassword;
  /**
   * How many read replicas it has, 0 to 5: of the same size, in the same Region, each with its own endpoint. RDS refuses
   * them with a managed master password, so they need `masterPassword: "own"`.
   * @default 0
   * @example 1
   */
  replicas?: number;
  /**
   * Services, each with its environment, that a train of patches has to patch before this database. At most 8.
   * @default [] none
   * @example ["billing-production"]
   */
  patchAfter?: string[];
  /**
   * How a train patches it: `blue-green` by a copy that takes its name, which needs `masterPassword: "own"`.
   * @default "in-place"
   * @example "blue-green"
   */
  patchMethod?: PatchMethod;
  /**
   * `later` if `up` cannot reach the database (a hosted CI): a second `up` inside the network then creates the roles.
   * @default "declared"
   * @example "later"
   */
  accessRoles?: AccessRoles;
  /**
   * By the role's name (owner, readwrite, readonly, monitoring, shipshape and those of your standard): how it logs in
   * and how long its statements may take.
   * @default passwords, and the timeouts of the standard
   * @example { readonly: { statementTimeoutMilliseconds: 600000 } }
   */
  roles?: Record<string, RoleSettings>;
  /**
   * Extensions from an allow-list; the list replaces the default. The embedded cloud has no pgaudit.
   * @default ["pg_stat_statements", "pgaudit"]
   * @example ["pg_stat_statements", "pgaudit", "vector"]
   */
  extensions?: Extension[];
  /**
   * PostgreSQL's parameters by name, from an allow-list and within limits, in the unit RDS stores (work_mem in kB); 1
   * is on, 0 off. The database then has its own parameter group.
   * @default {} the standard's
   * @example { work_mem: 65536, jit: 0 }
   */
  parameters?: Record<string, number>;
  /**
   * A database that was created elsewhere: its name, and where it differs from the standard, as long as it does.
   * @default undefined: a new one
   * @example { identifier: "legacy-orders", asFound: { multiAz: false } }
   */
  existing?: ExistingDatabase;
  /**
   * The resource id ("db-…") of the existing database, for the one `up` that imports it; drop it afterwards.
   * @default undefined
   * @example "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
   */
  import?: string;
  /**
   * Creates it from a snapshot, or from a moment of another database's backups. Counts only at creation.
   * @default undefined: an empty one
   * @example { snapshotIdentifier: "orders-production-final-1a2b3c4d" }
   */
  restoreFrom?: RestoreSource;
  /**
   * Says that its data is a masked copy of another database's: whose, by which profile, and until when it may stay. They
   * are tags of the instance. A refresh sets them.
   * @default undefined: it is no copy
   * @example { request: "…", source: "orders-production", profile: "…", expiresOn: "2027-03-31" }
   */
  maskedCopy?: MaskedCopy;
  /**
   * First step of retirement: lifts every protection at the next `up`; only then does `destroy` work.
   * @default false
   * @example true
   */
  retire?: boolean;
}

export interface RoleSettings {
  /**
   * How the role logs in. The embedded cloud has no counterpart of `iam` and refuses it.
   * @default "password"
   * @example "iam"
   */
  authentication?: Authentication;
  /**
   * The longest a statement may take, in milliseconds; 0 is no limit, 86400000 (a day) the maximum.
   * @default 60000 for readwrite, 300000 for readonly
   * @example 600000
   */
  statementTimeoutMilliseconds?: number;
}

/** One of the two: a snapshot, or a database whose automated backups RDS has. */
export interface RestoreSource {
  /**
   * Name or ARN of the snapshot.
   * @default undefined: the automated backups of `sourceDbiResourceId`
   * @example "orders-production-final-1a2b3c4d"
   */
  snapshotIdentifier?: string;
  /**
   * Resource id ("db-…") of the backups' source database: valid even when the database is gone.
   * @default undefined: the snapshot `snapshotIdentifier`
   * @example "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
   */
  sourceDbiResourceId?: string;
  /**
   * With `sourceDbiResourceId`: a whole second in UTC.
   * @default the latest restorable time
   * @example "2026-01-31T12:00:00Z"
   */
  restoreTime?: string;
  /**
   * False if the backup is not of a StandardDatabase and lacks its roles: they are then created.
   * @default true: adopted, with new passwords
   * @example false
   */
  rolesExist?: boolean;
}

/** What a database gets from the platform stack; see DatabasePlatform's outputs of the same names. */
export interface PlatformReference {
  /**
   * The network of the databases.
   * @example "vpc-0a1b2c3d4e5f60001"
   */
  vpcId: pulumi.Input<string>;
  /**
   * The private subnets of the databases, by the name of their subnet group.
   * @example "shipshape-databases"
   */
  subnetGroupName: pulumi.Input<string>;
  /**
   * Encrypts storage, backups, logs and secrets. An ARN, never an alias: an alias is a permanent difference, and a
   * changed key replaces the database.
   * @example "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0001-4000-8000-0a1b2c3d0001"
   */
  keyArn: pulumi.Input<string>;
  /**
   * Where alarms go.
   * @example "arn:aws:sns:eu-central-1:123456789012:shipshape-databases"
   */
  topicArn: pulumi.Input<string>;
  /**
   * The role RDS writes enhanced monitoring with.
   * @example "arn:aws:iam::123456789012:role/shipshape-eu-central-1-monitoring"
   */
  monitoringRoleArn: pulumi.Input<string>;
  /**
   * The standard's parameter groups by family.
   * @example { postgres17: "shipshape-postgres17-standard" }
   */
  parameterGroupNames: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * CA file that `up` trusts when it connects to create roles.
   * @default the file that PGSSLROOTCERT names
   * @example "/etc/ssl/certs/rds-global-bundle.pem"
   */
  caBundlePath?: pulumi.Input<string | undefined>;
}

/** `DatabaseRequest`, and what comes from other resources: the arguments in every language of Pulumi. */
export interface DatabaseArguments extends DatabaseRequest {
  /**
   * The outputs of the platform team's stack, or a DatabasePlatform: key, topic, subnets, monitoring role and parameter
   * groups that databases share.
   * @example { vpcId: shared.requireOutput("vpcId"), … }
   */
  platform: PlatformReference;
  /**
   * Who may connect: security groups by the name of the client, no address ranges.
   * @default {} none
   * @example { "orders-api": apiSecurityGroup.id }
   */
  reachableFrom?: Record<string, pulumi.Input<string>>;
}

/** `DatabaseArguments`, and what only a program in TypeScript or JavaScript can pass. */
export interface StandardDatabaseArgs extends DatabaseArguments {
  /**
   * What `defineStandard` returns.
   * @default the standard that the `shipshape.yaml` beside the stacks names, or Shipshape's own
   */
  standard?: Standard;
}
