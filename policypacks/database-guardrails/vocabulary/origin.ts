import { environments, type Environment } from "../../../components/standards";
import { canonical, decided, type Undecided, type WrongType } from "./properties";
import type { Resource, Stack } from "./resource";
import type { RuleSettings, Violation } from "../judging/rule";
import { cluster, databases } from "./types";

const replications = ["replicateSourceDb", "replicationSourceIdentifier"];

/**
 * What a recovery to a point in time may name as its source. AWS gave an instance's name; an id or the ARN of backups
 * tells no name.
 */
const sourceNames = ["sourceDbInstanceIdentifier", "sourceClusterIdentifier"];
const sourceIds = ["sourceDbiResourceId", "sourceDbInstanceAutomatedBackupsArn", "sourceClusterResourceId"];

/** Made of a backup. A recovery that names no source is none. */
export const isRestored = (resource: Resource): boolean =>
  resource.has("snapshotIdentifier") ||
  (resource.has("restoreToPointInTime") && [...decided(() => sourcesOf(resource))].length > 0);

function* sourcesOf(resource: Resource): Iterable<string> {
  const source = resource.object("restoreToPointInTime");
  for (const name of [...sourceNames, ...sourceIds]) if (source?.has(name)) yield name;
}
/** Follows another database. */
export const isReplica = (resource: Resource): boolean => replications.some((name) => resource.has(name));
/**
 * A secondary cluster has its data from the primary one, and no master of its own. What AWS answers names the
 * primary's.
 */
export const followsGlobalCluster = (resource: Resource): boolean =>
  resource.is(cluster) && resource.has("globalClusterIdentifier") && !resource.has("masterUsername");
/** Made of another database: what the program does not say comes from there. */
export const isCopy = (resource: Resource): boolean =>
  isRestored(resource) || isReplica(resource) || resource.has("s3Import");

/**
 * The database that a replica follows, where it can be seen: in the same stack, whatever number of replicas lies
 * between. A replica of what nobody can see may be none: its own word is not enough to leave a rule out.
 */
export function sourceOfReplica(replica: Resource, stack: Stack): Resource | undefined {
  const passed = new Set([replica.urn]);
  for (let here: Resource | undefined = replica; here !== undefined;) {
    const source = nextSource(here, stack);
    if (source === undefined || passed.has(source.urn)) return undefined;
    if (!isReplica(source)) return source;
    passed.add(source.urn);
    here = source;
  }
  return undefined;
}

function nextSource(replica: Resource, stack: Stack): Resource | undefined {
  const property = replications.find((name) => replica.has(name)) ?? "";
  const named = replica.text(property);
  const behind = replica.dependsOn(property);
  return stack
    .of(...databases)
    .find((one) => (named === undefined ? behind.includes(one.urn) : isNamed(one, canonical(named), behind)));
}

/** An ARN names its Region and account as well: a database of the same name elsewhere is another one. */
function isNamed(source: Resource, name: string, behind: readonly string[]): boolean {
  if (!name.includes(":") || !source.has("arn")) return identifierOf(source) === name.split(":").at(-1);
  const arn = source.text("arn");
  return arn === undefined ? behind.includes(source.urn) : canonical(arn) === name;
}

/** RDS keeps identifiers in lower case. */
export function identifierOf(database: Resource): string | undefined {
  const identifier = database.text(database.is(cluster) ? "clusterIdentifier" : "identifier");
  return identifier === undefined ? undefined : canonical(identifier);
}

type Check = (database: Resource, settings: RuleSettings) => Iterable<Violation | Undecided | WrongType>;
/**
 * For what a replica has from its source. One whose source is in the same stack is left out, because the source is
 * judged; the RDS API's word is enough as well. Any other replica is judged like every database.
 */
export function unlessReplica(check: Check) {
  return {
    types: databases,
    *check(database: Resource, settings: RuleSettings) {
      if (!isReplica(database)) yield* check(database, settings);
    },
    typesInStack: databases,
    *checkInStack(database: Resource, stack: Stack, settings: RuleSettings) {
      if (isReplica(database) && !followsKnownSource(database, stack)) yield* check(database, settings);
    },
  };
}

export const followsKnownSource = (database: Resource, stack: Stack): boolean =>
  isReplica(database) && (database.reportedBy === "api" || sourceOfReplica(database, stack) !== undefined);

/**
 * The environment of what a copy was made of, by a name that AWS gave or checked: the instance's, or that of an
 * automated snapshot, which RDS names after it. A snapshot taken by hand has the name its maker liked, and a resource
 * id tells nothing: those are undefined. Of several origins each must be told, and the strictest counts.
 */
export function environmentOfOrigin(copy: Resource): Environment | undefined {
  const origins = namesOfOrigins(copy).map((name) => (name === undefined ? undefined : environmentInIdentifier(name)));
  return origins.includes(undefined) ? undefined : environments.find((one) => origins.includes(one));
}

function namesOfOrigins(copy: Resource): (string | undefined)[] {
  const snapshots = ["snapshotIdentifier", "sourceArn"]
    .filter((name) => copy.has(name))
    .map((name) => automatedSnapshot.exec(copy.text(name) ?? "")?.[1]);
  const ofGlobal = followsGlobalCluster(copy) ? [copy.text("globalClusterIdentifier")] : [];
  const followed = replications.filter((name) => copy.has(name)).map((name) => copy.text(name));
  const pointInTime = copy.has("restoreToPointInTime") ? copy.object("restoreToPointInTime") : undefined;
  const recovered = [...sourceNames, ...sourceIds]
    .filter((name) => pointInTime?.has(name))
    .map((name) => (sourceNames.includes(name) ? pointInTime?.text(name) : undefined));
  return [...snapshots, ...ofGlobal, ...followed, ...recovered, ...(copy.has("s3Import") ? [undefined] : [])];
}
const automatedSnapshot = /(?:^|:(?:cluster-)?snapshot:)rds:(.+)$/;

/**
 * The environment that a name speaks of, as standard names do: "orders-development". One that speaks of two speaks of
 * the stricter.
 */
export function environmentIn(name: string): Environment | undefined {
  const words = canonical(name)
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ""));
  return environments.find((environment) => words.includes(environment));
}

/** Of a database's name: short forms only raise, since "dev" in a name is no reason to ask for less. */
export const environmentInIdentifier = (name: string): Environment | undefined =>
  /(^|[^a-z0-9])(prod|prd|live)\d*([^a-z0-9]|$)/.test(canonical(name)) ? "production" : environmentIn(name);
