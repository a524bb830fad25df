import { environmentsOf, type Standard } from "../../../components/standards/standard";
import { canonical, decided, type Undecided, type WrongType } from "./properties";
import type { Resource, Stack } from "./resource";
import type { RuleSettings, Violation } from "../judging/rule";
import { cluster, databases } from "./types";

const replications = ["replicateSourceDb", "replicationSourceIdentifier"];

/**
 * What a point-in-time recovery may give as its source: the name of an instance or cluster, or an id or backup ARN,
 * which do not contain a name.
 */
const sourceNames = ["sourceDbInstanceIdentifier", "sourceClusterIdentifier"];
const sourceIds = ["sourceDbiResourceId", "sourceDbInstanceAutomatedBackupsArn", "sourceClusterResourceId"];

/** Whether it was created from a backup. A recovery without a source does not count. */
export const isRestored = (resource: Resource): boolean =>
  resource.has("snapshotIdentifier") ||
  (resource.has("restoreToPointInTime") && [...decided(() => sourcesOf(resource))].length > 0);

function* sourcesOf(resource: Resource): Iterable<string> {
  const source = resource.object("restoreToPointInTime");
  for (const name of [...sourceNames, ...sourceIds]) if (source?.has(name)) yield name;
}
/** Whether it replicates another database. */
export const isReplica = (resource: Resource): boolean => replications.some((name) => resource.has(name));
/**
 * A secondary cluster gets its data from the primary one, and has no master user of its own: AWS reports the
 * primary's.
 */
export const followsGlobalCluster = (resource: Resource): boolean =>
  resource.is(cluster) && resource.has("globalClusterIdentifier") && !resource.has("masterUsername");
/** Whether it was created from another database, from which it takes whatever the program does not set. */
export const isCopy = (resource: Resource): boolean =>
  isRestored(resource) || isReplica(resource) || resource.has("s3Import");

/**
 * The database that a replica follows, possibly through other replicas, if it is in the same stack. Without a visible
 * source, a resource that claims to be a replica might not be one, so the claim alone does not exempt it from any rule.
 */
export function sourceOfReplica(replica: Resource, stack: Stack): Resource | undefined {
  const visited = new Set([replica.urn]);
  for (let current: Resource | undefined = replica; current !== undefined;) {
    const source = nextSource(current, stack);
    if (source === undefined || visited.has(source.urn)) return undefined;
    if (!isReplica(source)) return source;
    visited.add(source.urn);
    current = source;
  }
  return undefined;
}

function nextSource(replica: Resource, stack: Stack): Resource | undefined {
  const property = replications.find((name) => replica.has(name)) ?? "";
  const named = replica.text(property);
  const dependencies = replica.dependsOn(property);
  return stack
    .of(...databases)
    .find((one) =>
      named === undefined ? dependencies.includes(one.urn) : isNamed(one, canonical(named), dependencies),
    );
}

/** An ARN includes Region and account: a database with the same name elsewhere is a different one. */
function isNamed(source: Resource, name: string, dependencies: readonly string[]): boolean {
  if (!name.includes(":") || !source.has("arn")) return identifierOf(source) === name.split(":").at(-1);
  const arn = source.text("arn");
  return arn === undefined ? dependencies.includes(source.urn) : canonical(arn) === name;
}

/** In lower case, because RDS stores identifiers that way. */
export function identifierOf(database: Resource): string | undefined {
  const identifier = database.text(database.is(cluster) ? "clusterIdentifier" : "identifier");
  return identifier === undefined ? undefined : canonical(identifier);
}

type Check = (database: Resource, settings: RuleSettings) => Iterable<Violation | Undecided | WrongType>;
/**
 * For properties that a replica takes from its source. A replica is exempt if its source is in the same stack, because
 * then the source is judged, or if the RDS API reports it as a replica. Any other is judged like a normal database.
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
 * The environment of the database that a copy was created from, if a reliable name shows it: the instance's own name,
 * or that of an automated snapshot, which RDS derives from it. Undefined for a manual snapshot, whose name can be
 * anything, and for a resource id. With several origins, all must be known, and the strictest counts.
 */
export function environmentOfOrigin(copy: Resource, standard: Standard): string | undefined {
  const origins = namesOfOrigins(copy).map((name) =>
    name === undefined ? undefined : environmentInIdentifier(name, standard),
  );
  return origins.includes(undefined) ? undefined : environmentsOf(standard).find((one) => origins.includes(one));
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
 * The environment in a name such as "orders-development"; the stricter if there are two.
 */
export function environmentIn(name: string, standard: Standard): string | undefined {
  const words = canonical(name)
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ""));
  return environmentsOf(standard).find((environment) => words.includes(canonical(environment)));
}

/** The same for a database's name, where short forms count only for production: "dev" does not make rules less strict. */
export const environmentInIdentifier = (name: string, standard: Standard): string | undefined =>
  /(^|[^a-z0-9])(prod|prd|live)\d*([^a-z0-9]|$)/.test(canonical(name))
    ? environmentsOf(standard)[0]
    : environmentIn(name, standard);
