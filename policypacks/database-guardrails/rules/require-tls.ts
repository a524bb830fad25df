import { isPostgres, majorOfFamily } from "../vocabulary/engines";
import { isBelowCluster, parametersOf, usesDefaultGroup } from "../vocabulary/parameters";
import { canonical } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { cluster, databases, parameterGroups, proxy } from "../vocabulary/types";

/** From these major versions on, an empty parameter group forces TLS. */
const forcedFrom = { rds: 15, aurora: 17 };

export const requireTls = defineRule({
  id: "require-tls",
  title: "The server refuses connections without TLS",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.38", "RDS.39"],
  properties: ["parameters", "parameterGroupName", "dbClusterParameterGroupName", "engineVersion", "requireTls"],
  why: "A client that does not request TLS exchanges every row in clear text, and possibly its password. Only the server can prevent that.",
  solution:
    "Set `rds.force_ssl` to 1 in the parameter group that the database uses, and `requireTls` to true on a proxy.",
  throwaways: true,
  types: [...parameterGroups, ...databases, proxy],
  *check(resource) {
    if (resource.is(...parameterGroups)) yield* group(resource);
    else if (resource.is(proxy)) {
      const found = resource.boolean("requireTls");
      if (!found) yield { property: "requireTls", found, allowed: "true", change: "set requireTls to true" };
    } else if (isPostgres(resource) && usesDefaultGroup(resource)) yield* defaultGroup(resource);
    // A custom group is judged where it is declared.
  },
});

function* group(resource: Resource): Iterable<Found> {
  const family = canonical(resource.string("family") ?? "");
  const major = majorOfFamily(family);
  if (major === undefined) return;
  const values = parametersOf(resource)("rds.force_ssl");
  if (
    values.length === 0 &&
    (isBelowCluster(resource) || major >= (family.startsWith("aurora") ? forcedFrom.aurora : forcedFrom.rds))
  )
    return;
  if (values.length === 0 || !values.every(on))
    yield {
      property: "parameters.rds.force_ssl",
      found: values.length === 0 ? undefined : values.join(" and "),
      allowed: "1",
      change: "set rds.force_ssl to 1 (apply method pending-reboot)",
    };
}

function* defaultGroup(resource: Resource): Iterable<Found> {
  const version = resource.text("engineVersion");
  const major = version === undefined ? undefined : Number(version.split(".")[0]);
  if (major === undefined || major >= (resource.is(cluster) ? forcedFrom.aurora : forcedFrom.rds)) return;
  yield {
    property: resource.is(cluster) ? "dbClusterParameterGroupName" : "parameterGroupName",
    found: `the default group of ${version}, which does not force TLS`,
    allowed: "a parameter group with rds.force_ssl = 1",
    change: "attach such a group",
  };
}

const on = (value: string): boolean => ["1", "on", "true", "yes"].includes(value);
