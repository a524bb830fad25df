/** Pure: from the states of the stacks to what they declare of one database that no refresh compares. */
import {
  identityOf,
  type DeclaredInstance,
  type DeclaredNearby,
  type DeclaredParameterGroup,
  type StacksAnswer,
  type TargetDatabase,
} from "../../fleet-records";
import type { InstanceBeyond } from "./differences";

export interface DeclaredBeyond {
  /** Null: no stack that could be read declares the database. */
  instance: DeclaredInstance | null;
  /** The parameter group that it has, if a stack other than its own declares it: the refresh of its own compares it. */
  parameterGroup: DeclaredParameterGroup | null;
  /** Those of its read replicas that are declared. */
  replicas: string[];
  /** IAM roles that it may use. */
  roles: string[];
  /** Its snapshots are those of these names that may be shared with these accounts. */
  snapshots: DeclaredNearby["snapshots"];
  backupsCopied: boolean;
  /** Stacks that could not be read, and may declare any of this. */
  unread: string[];
}

export function declaredBeyond(
  database: TargetDatabase,
  now: Pick<InstanceBeyond, "replicas"> & { parameterGroups: string[] },
  answer: StacksAnswer,
): DeclaredBeyond {
  const stacks = answer.asked ? answer.stacks : [];
  const declared = stacks.flatMap(({ databases }) => databases);
  const own = declared.find((one) => identityOf(one) === identityOf(database));
  const nearby = stacks.flatMap((one) => (one.nearby ? [{ stack: one.name, ...one.nearby }] : []));
  const groupArns = now.parameterGroups.map((name) => arnOf(database, "pg", name));
  const group = nearby
    .filter(({ stack }) => stack !== own?.stack)
    .flatMap(({ parameterGroups }) => parameterGroups)
    .find(({ arn }) => groupArns.includes(arn));
  return {
    instance: own?.instance ?? null,
    parameterGroup: group ?? null,
    replicas: now.replicas.filter((replica) =>
      nearby.some(({ replicas = [] }) => replicas.some((one) => isNamed(replica, one, database))),
    ),
    roles: nearby.flatMap(({ roles }) => roles.filter((one) => isOf(one, database)).map(({ role }) => role)),
    snapshots: nearby.flatMap(({ snapshots }) =>
      snapshots.filter(({ arn }) => arn === arnOf(database, "snapshot", nameInArn(arn))),
    ),
    backupsCopied: nearby.some(({ backupsCopied }) => backupsCopied.includes(database.arn)),
    unread: answer.asked ? answer.unread.map(({ stack }) => stack) : [answer.backend ?? "the backend"],
  };
}

/** An account has a name once in each Region. Where a state does not say the Region, it may be this one. */
const isOf = ({ identifier, role, region }: DeclaredNearby["roles"][number], database: TargetDatabase): boolean =>
  identifier === database.identifier &&
  role.split(":")[4] === database.account &&
  (region ?? database.region) === database.region;

/** A replica in the same Region is named by its identifier; one in another by its ARN. */
const isNamed = (replica: string, declared: TargetDatabase, source: TargetDatabase): boolean =>
  replica.startsWith("arn:")
    ? declared.arn === replica
    : declared.identifier === replica && declared.account === source.account && declared.region === source.region;

export const arnOf = ({ arn }: TargetDatabase, kind: string, name: string): string =>
  [...arn.split(":").slice(0, 5), kind, name].join(":");

/** "orders" of "arn:aws:rds:eu-central-1:123456789012:db:orders" */
export const nameInArn = (arn: string): string => arn.split(":").slice(6).join(":");
