import { isPostgres, majorOfFamily } from "../origin";
import { parametersOf, usesDefaultGroup } from "../parameters";
import { defineRule } from "../rule";
import { cluster, databases, parameterGroups } from "../types";

/** From these majors on an empty parameter group forces TLS. */
const forcedFrom = { rds: 15, aurora: 17 };

export const requireTls = defineRule({
  id: "require-tls",
  title: "The server takes no connection without TLS",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.38", "RDS.39"],
  properties: ["parameters", "parameterGroupName", "dbClusterParameterGroupName"],
  why: "A client that does not ask for TLS sends its password and every row in the clear. Only the server can see to it that there is none.",
  solution: "Set `rds.force_ssl` to 1 in the parameter group the database uses.",
  throwaways: true,
  types: [...parameterGroups, ...databases],
  *check(resource) {
    if (resource.is(...parameterGroups)) {
      const family = resource.string("family") ?? "";
      const major = majorOfFamily(family);
      if (major === undefined) return;
      const value = parametersOf(resource)("rds.force_ssl");
      const forced = value === undefined ? major >= (family.startsWith("aurora") ? forcedFrom.aurora : forcedFrom.rds) : on(value);
      if (!forced) yield { property: "parameters.rds.force_ssl", found: value, allowed: "1", change: "set rds.force_ssl to 1 (apply method pending-reboot)" };
      return;
    }
    // A group that was given is judged where it is declared.
    if (!isPostgres(resource) || !usesDefaultGroup(resource)) return;
    const version = resource.text("engineVersion");
    const major = version === undefined ? undefined : Number(version.split(".")[0]);
    if (major !== undefined && major < (resource.is(cluster) ? forcedFrom.aurora : forcedFrom.rds))
      yield {
        property: resource.is(cluster) ? "dbClusterParameterGroupName" : "parameterGroupName",
        found: `the default of ${version}, which forces nothing`,
        allowed: "a parameter group with rds.force_ssl = 1",
        change: "attach one",
      };
  },
});

const on = (value: string): boolean => ["1", "on", "true", "yes"].includes(value.toLowerCase());
