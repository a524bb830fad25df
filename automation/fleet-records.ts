/** What is known of databases: their identity, what the cloud reports, and what Pulumi stacks declare. */

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

/** Equal for two descriptions of one database: by what is never reused. The ARN contains the name, which can change. */
export const identityOf = ({ account, region, resourceId }: TargetDatabase): string =>
  `${account} ${region} ${resourceId}`;

/** A database as the cloud knows it today. */
export interface FleetDatabase extends TargetDatabase {
  /** The earliest moment that its automated backups can restore; null if there is none. */
  restorableFrom: Date | null;
  /** For how long RDS keeps them. */
  backupRetentionDays: number;
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

/** `cloud` also says where there are no databases. */
export type FleetAnswer =
  { asked: true; databases: FleetDatabase[]; cloud?: QueriedCloud } | { asked: false; reason: string };

/** A database as the state of a Pulumi stack has it. */
export interface DeclaredDatabase extends TargetDatabase {
  /** "shipshape/database.orders-production": project and name. */
  stack: string;
  tags: Record<string, string>;
  /** Whether a StandardDatabase declares it. */
  isStandard: boolean;
}

/**
 * Whether we change a stack ourselves, since `shipshape.yaml` names the folder of its config, or deliver changes to
 * those who do. Unknown: that folder could not be read.
 */
export type Ownership = "ours" | "delivered" | "unknown";

/** What the backend has of one stack. */
export interface BackendStack {
  name: string;
  databases: DeclaredDatabase[];
  /** What it declares that may be a database but cannot be told from its state, a sentence each. */
  unidentified: string[];
}

/** The stacks of the Pulumi backend. `unread` names those that may declare databases nobody can know. */
export type StacksAnswer =
  | { asked: true; backend: string; stacks: BackendStack[]; unread: { stack: string; reason: string }[] }
  | { asked: false; backend: string | undefined; reason: string };
