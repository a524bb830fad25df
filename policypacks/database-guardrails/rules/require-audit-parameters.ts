import { isPostgres, majorOfFamily } from "../vocabulary/engines";
import { isBelowCluster, parametersOf, usesDefaultGroup } from "../vocabulary/parameters";
import { decided } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { cluster, databases, parameterGroups } from "../vocabulary/types";

const off = ["0", "off", "false", "no", "none", ""];
const logged = ["log_connections", "log_disconnections"];

export const requireAuditParameters = defineRule({
  id: "require-audit-parameters",
  title: "The server logs who connected and what was changed",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.36", "CKV2_AWS_30"],
  properties: ["parameters", "parameterGroupName", "dbClusterParameterGroupName"],
  why: "An empty log proves nothing, even if it is exported. By default PostgreSQL logs neither logins nor schema changes.",
  solution:
    "In the attached parameter group set `log_connections` and `log_disconnections`, and load pgaudit with a `pgaudit.log` (or set `log_statement` to ddl or more).",
  types: [...parameterGroups, ...databases],
  *check(resource) {
    if (!resource.is(...parameterGroups)) {
      // A custom group is judged where it is declared; AWS's default group logs none of this.
      if (isPostgres(resource) && usesDefaultGroup(resource))
        yield {
          property: resource.is(cluster) ? "dbClusterParameterGroupName" : "parameterGroupName",
          found: "the default group, which does not log this",
          allowed: "a parameter group that logs connections and changes",
          change: "attach the platform's parameter group",
        };
      return;
    }
    if (majorOfFamily(resource.string("family") ?? "") === undefined) return;
    for (const name of logged) yield* decided(() => connections(name, resource));
    yield* decided(() => changes(resource));
  },
});

/** From PostgreSQL 18 on, logins are logged in stages. The stages before authentication do not show who connected. */
const identifiesUser = (value: string): boolean =>
  value.split(",").some((stage) => ![...off, "receipt", "setup_durations"].includes(stage.trim()));

function* connections(name: string, group: Resource): Iterable<Found> {
  const values = parametersOf(group)(name);
  if (values.length === 0 ? isBelowCluster(group) : values.every(identifiesUser)) return;
  yield { property: `parameters.${name}`, found: shown(values), allowed: "1", change: `set ${name} to 1` };
}

function* changes(group: Resource): Iterable<Found> {
  const value = parametersOf(group);
  const [libraries, audited, statements] = [
    value("shared_preload_libraries"),
    value("pgaudit.log"),
    value("log_statement"),
  ];
  if (isBelowCluster(group) && libraries.length + audited.length + statements.length === 0) return;
  const loaded =
    libraries.length > 0 && libraries.every((list) => list.split(",").some((library) => library.trim() === "pgaudit"));
  if (loaded && audited.length > 0 && !audited.some((one) => off.includes(one))) return;
  if (statements.length > 0 && statements.every((one) => ["ddl", "mod", "all"].includes(one))) return;
  yield {
    property: "parameters.pgaudit.log",
    found: shown(audited),
    allowed: "pgaudit in shared_preload_libraries with pgaudit.log (ddl,role), or log_statement ddl, mod or all",
    change: "load pgaudit and set pgaudit.log to ddl,role",
  };
}

const shown = (values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.join(" and ");
