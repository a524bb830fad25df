import { environments, type Environment } from "../../components/standards";
import { canonical, type Undecided, type WrongType } from "./properties";
import type { Resource, Stack } from "./resource";
import type { RuleSettings, Violation } from "./rule";
import { cluster, databases } from "./types";

const restores = ["restoreToPointInTime", "snapshotIdentifier"];
const replications = ["replicateSourceDb", "replicationSourceIdentifier"];

/** Made of a backup. */
export const isRestored = (resource: Resource): boolean => restores.some((name) => resource.has(name));
/** Follows another database. */
export const isReplica = (resource: Resource): boolean => replications.some((name) => resource.has(name));
/** Made of another database: what the program does not say comes from there. */
export const isCopy = (resource: Resource): boolean => isRestored(resource) || isReplica(resource) || resource.has("s3Import");

/**
 * The database that a replica follows, where it can be seen: in the same stack, whatever number of replicas lies between. A replica of what
 * nobody can see may be none: its own word is not enough to leave a rule out.
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
  const name = named === undefined ? undefined : canonical(named.split(":").at(-1) ?? "");
  const behind = replica.dependsOn(property);
  return stack.of(...databases).find((one) => behind.includes(one.urn) || (name !== undefined && identifierOf(one) === name));
}

/** RDS keeps identifiers in lower case. */
export function identifierOf(database: Resource): string | undefined {
  const identifier = database.text(database.is(cluster) ? "clusterIdentifier" : "identifier");
  return identifier === undefined ? undefined : canonical(identifier);
}

type Check = (database: Resource, settings: RuleSettings) => Iterable<Violation | Undecided | WrongType>;
/**
 * For what a replica has from its source. One whose source is in the same stack is left out, because the source is judged; the RDS API's
 * word is enough as well. Any other replica is judged like every database.
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
  isReplica(database) && (database.toldBy === "api" || sourceOfReplica(database, stack) !== undefined);

/**
 * The environment of what a copy was made of, by a name that AWS gave or checked: the instance's, or that of an automated snapshot, which RDS
 * names after it. A snapshot taken by hand has the name its maker liked, and a resource id tells nothing: those are undefined.
 */
export function environmentOfOrigin(copy: Resource): Environment | undefined {
  const pointInTime = copy.has("restoreToPointInTime") ? copy.object("restoreToPointInTime") : undefined;
  const automated = /(?:^|:snapshot:)rds:(.+)$/.exec(copy.text("snapshotIdentifier") ?? copy.text("sourceArn") ?? "")?.[1];
  const name =
    automated ??
    copy.text("replicateSourceDb") ??
    copy.text("replicationSourceIdentifier") ??
    pointInTime?.text("sourceDbInstanceIdentifier") ??
    pointInTime?.text("sourceClusterIdentifier");
  return name === undefined ? undefined : environmentIn(name);
}

/** The environment that a name speaks of, as standard names do: "orders-development". One that speaks of two speaks of the stricter. */
export function environmentIn(name: string): Environment | undefined {
  const words = canonical(name).split(/[^a-z0-9]+/);
  return environments.find((environment) => words.includes(environment));
}
