/** What is known of databases: their identity, what the cloud reports, and what Pulumi stacks declare. */
import type { RoleRotation } from "../components/standards/rotated-logins";

/**
 * Identifies one database for good. An identifier can be reused by another database; a resource id cannot, and the ARN
 * says in which account and Region it is.
 */
export interface TargetDatabase {
  identifier: string;
  resourceId: string;
  arn: string;
  account: string;
  region: string;
}

/** A database's identity as RDS reports it. */
export function targetDatabase(d: { identifier: string; resourceId: string; arn: string }): TargetDatabase {
  const [, , , region = "", account = ""] = d.arn.split(":");
  return { identifier: d.identifier, resourceId: d.resourceId, arn: d.arn, account, region };
}

/** An account and Region. Undefined: the account of the credentials, the Region of the environment. */
export interface Location {
  account?: string | undefined;
  region?: string | undefined;
  /** The role to assume there; without one the SDK's own credentials are used. */
  role?: string | undefined;
  externalId?: string | undefined;
  /** The stack of its platform. @default that of the environment */
  platformStack?: string | undefined;
}

export const accountPattern = /^\d{12}$/;
export const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** The name of a resource is the last part of its URN, and may itself contain "::". */
export const nameInUrn = (urn: string): string => urn.split("::").slice(3).join("::");

/** "account 123456789012, Region eu-central-1" */
export const describeLocation = ({ account, region }: Pick<Location, "account" | "region">): string =>
  `account ${account ?? "unknown"}, Region ${region ?? "unknown"}`;

type NamedDatabase = Pick<TargetDatabase, "identifier" | "account" | "region">;

/**
 * What to call each of these databases: its identifier, with account and Region if another one in the list has the same.
 */
export function namesOf(databases: readonly NamedDatabase[]): (database: NamedDatabase) => string {
  const owners = new Map<string, Set<string>>();
  for (const one of databases)
    owners.set(one.identifier, (owners.get(one.identifier) ?? new Set()).add(`${one.account} ${one.region}`));
  return (one) =>
    (owners.get(one.identifier)?.size ?? 0) > 1 ? `${one.identifier} (${one.account} ${one.region})` : one.identifier;
}

/** Equal for two descriptions of one database: by what is never reused. The ARN contains the name, which can change. */
export const identityOf = ({ account, region, resourceId }: TargetDatabase): string =>
  `${account} ${region} ${resourceId}`;

/** Which databases: those of these identifiers and, where it is known which one something is about, these identities. */
export interface Targets {
  names: readonly string[];
  identities?: readonly string[] | undefined;
}

/** The same in SQL: whether a database in JSON, if one is known, is one of these identities, if any are given. */
export const sqlIsOneOf = (database: string, identities: string): string =>
  `(${identities}::text[] is null or ${database} is null
    or concat_ws(' ', ${database} ->> 'account', ${database} ->> 'region', ${database} ->> 'resourceId') = any (${identities}))`;

/** A database as the cloud knows it today. */
export interface FleetDatabase extends TargetDatabase {
  /** The earliest moment that its automated backups can restore; null if there is none. */
  restorableFrom: Date | null;
  /** For how long RDS keeps them. */
  backupRetentionDays: number;
  /** What it is billed by, and a copy of it. */
  size: { instanceClass: string; storageGib: number; storageType: string };
  /** Anyone who may tag it can set them. */
  tags: Record<string, string>;
}

/** Which cloud, account and Region answered: the same command uses AWS in one shell and another cloud in the next. */
export interface QueriedCloud {
  /** Undefined if unknown. */
  account: string | undefined;
  region: string;
  /** "https://rds.eu-central-1.amazonaws.com", as the requests went out. */
  address: string;
}

/** An account and Region that did not answer, and why: its databases are unknown, and it is never left out. */
export interface UnreachableLocation {
  account: string;
  region: string;
  reason: string;
}

/** "account 123456789012, Region eu-west-1 could not be reached: …" */
export const unreachableText = (one: UnreachableLocation): string =>
  `${describeLocation(one)} could not be reached: ${one.reason}`;

/** `clouds` also says where there are no databases. Several answer where `shipshape.yaml` names accounts. */
export type FleetAnswer =
  | { asked: true; databases: FleetDatabase[]; clouds?: QueriedCloud[]; unreachable?: UnreachableLocation[] }
  | { asked: false; reason: string };

/** A role with a password, as the last complete `up` has left it: how often that was rotated, and its secret. */
export interface DeclaredRole extends RoleRotation {
  secretName: string;
}

/** A database as the state of a Pulumi stack has it. */
export interface DeclaredDatabase extends TargetDatabase {
  /** "shipshape/database.orders-production": project and name. */
  stack: string;
  /** Of the StandardDatabase that has it, or of the instance where there is none. */
  urn: string;
  tags: Record<string, string>;
  /** Whether a StandardDatabase declares it. */
  isStandard: boolean;
  /** Of a StandardDatabase whose roles are declared. */
  access?: { schemaName: string; roles: Record<string, DeclaredRole> };
  /** What the StandardDatabase decided at its last `up`, as the state has it. */
  decided?: { shape: object; masterUsername: string | null; hasRoles: boolean };
  /** The output of this name of its StandardDatabase, whatever it is. */
  handOver?: unknown;
  /** What a refresh does not compare. */
  instance?: DeclaredInstance;
}

/**
 * What the state of a stack has of an instance and no refresh compares: the provider never reads it, or the program
 * leaves it to RDS. Null: the state does not say.
 */
export interface DeclaredInstance {
  urn: string;
  createdAt: string | null;
  managesPassword: boolean | null;
  /** The key of the secret that RDS keeps the master's password in. */
  masterSecretKey: string | null;
  port: number | null;
  optionGroup: string | null;
}

export interface DeclaredParameterGroup {
  urn: string;
  arn: string;
  family: string;
  /** Null: a secret. */
  parameters: { name: string; value: string | null }[];
}

/** What a stack declares next to databases, which may be those of another stack. */
export interface DeclaredNearby {
  parameterGroups: DeclaredParameterGroup[];
  /** IAM roles that a database may use, each by the database's identifier and Region; a role's ARN has the account. */
  roles: { identifier: string; role: string; region: string | null }[];
  /** Snapshots with the accounts they are shared with. */
  snapshots: { arn: string; accounts: string[] }[];
  /** ARNs of databases whose automated backups are copied to another Region. */
  backupsCopied: string[];
  /** Read replicas. Each belongs to its source: it is no database of its own. @default none */
  replicas?: TargetDatabase[];
}

/** A DatabasePlatform as the state of a stack has it. */
export interface DeclaredPlatform {
  stack: string;
  platformName: string;
  subnetGroupName: string;
  region: string;
  /** Where its backups are copied; null: nowhere. */
  copyRegion: string | null;
  tags: Record<string, string>;
}

/**
 * Whether we change a stack ourselves, since `shipshape.yaml` names the folder of its config, or deliver changes to
 * those who do. Unknown: that folder could not be read.
 */
export type Ownership = "ours" | "delivered" | "unknown";

export interface StackHome {
  ownership: Ownership;
  /** The folder and the name of its config file, and who commits there; null where this machine has none. */
  config: { folder: string; file: string; author: { name: string; email: string } } | null;
}

/** What the backend has of one stack. */
export interface BackendStack {
  name: string;
  databases: DeclaredDatabase[];
  platforms: DeclaredPlatform[];
  /** Undefined: nothing is known of it. */
  nearby?: DeclaredNearby;
  /** What it declares that may be a database but cannot be told from its state, a sentence each. */
  unidentified: string[];
}

/** The stacks of the Pulumi backend. `unread` names those that may declare databases nobody can know. */
export type StacksAnswer =
  | { asked: true; backend: string; stacks: BackendStack[]; unread: { stack: string; reason: string }[] }
  | { asked: false; backend: string | undefined; reason: string };

/** What config and programs contain. */
export type StackValue = string | number | boolean | null | StackValue[] | { [name: string]: StackValue };

/** A change of a database, as its stack declares it. */
export interface StackChange {
  /** "shipshape/database.orders-production": project and name. */
  stack: string;
  /** The resource whose properties it sets: the StandardDatabase, or the instance where there is none. */
  urn: string;
  /**
   * Each by its path in the arguments of that resource, which in a stack of ours is config `shipshape:request`, or in
   * the value of `key`; one without a value is taken out. None if the stack declares what it should, and has to be
   * brought up.
   */
  set: { path: string[]; value?: StackValue }[];
  /** A key of the stack's config that components read themselves, in every program: by the database's identifier. */
  key?: "shipshape:rotation";
  /** The resources that are brought up, by URN. @default the whole stack */
  targets?: string[];
  /** In a sentence, for the commit and for those it is delivered to. */
  why: string;
  requestId: string;
}

/**
 * A property of a DB instance, by its name in the RDS API, before and after a change; or `<role>.generation` and
 * `<role>.locked`, as the state of its stack has them.
 */
export interface ExpectedValue {
  property: string;
  from: string | number | boolean | null;
  to: string | number | boolean | null;
}

/** A change as it is planned: people approve this text, and nothing else is committed or delivered. */
export interface PlannedChange extends StackChange {
  /** A commit is made, pushed and brought up by us; the others are delivered to those who have the program. */
  reaches: "commit" | "patch" | "instructions";
  /** Of a commit or a patch: the name of the config file, and the SHA-256 of the text that it changes. */
  config: { file: string; digest: string } | null;
  /** The patch or the instructions. */
  text: string;
  /** What the RDS API, or the state of the stack, shows once the change is done. */
  expected: ExpectedValue[];
  /** For how long a delivered change is waited for, in days. */
  withinDays: number;
}

/**
 * open: the cloud does not show it yet. overdue: it did not show it in time. seen: it shows it. contradicted: it shows
 * another value, or the database is gone. replaced: a later change of the same property was delivered. dropped: a
 * person has answered its finding.
 */
export type ExpectedStatus = "open" | "overdue" | "seen" | "contradicted" | "replaced" | "dropped";

/** A value that a delivered change is to bring about. */
export interface ExpectedChange extends ExpectedValue {
  requestId: string;
  database: TargetDatabase;
  stack: string;
  until: Date;
  status: ExpectedStatus;
  /** What the cloud showed last; null before the first look, and where the database is gone. */
  found: ExpectedValue["to"];
  lookedAt: Date | null;
}

/** The stack of a masked copy: of its own, whichever declares the source. */
export const copyStack = (identifier: string): string => `refreshed-database.${identifier}`;

/** What the cloud says of each DB instance of one account and Region. */
export interface InstanceProperties {
  account: string | undefined;
  region: string;
  /** Its properties of one value, by the identity of the database. */
  instances: ReadonlyMap<string, Readonly<Record<string, ExpectedValue["to"]>>>;
}

/** The same of all that were asked. */
export interface PropertiesAnswer {
  answered: InstanceProperties[];
  unreachable: UnreachableLocation[];
}
