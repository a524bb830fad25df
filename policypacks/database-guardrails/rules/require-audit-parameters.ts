import { isPostgres, majorOfFamily } from "../origin";
import { parametersOf, usesDefaultGroup } from "../parameters";
import { defineRule } from "../rule";
import { cluster, databases, parameterGroups } from "../types";

const off = ["0", "off", "false", "no", "none", ""];
const logged = ["log_connections", "log_disconnections"];

export const requireAuditParameters = defineRule({
  id: "require-audit-parameters",
  title: "The server writes down who came and what was changed",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.36", "CKV2_AWS_30"],
  properties: ["parameters", "parameterGroupName", "dbClusterParameterGroupName"],
  why: "An exported log with nothing in it proves nothing. PostgreSQL logs neither logins nor changes of structure unless told to.",
  solution:
    "In the attached parameter group set `log_connections` and `log_disconnections`, and load pgaudit with a `pgaudit.log` (or set `log_statement` to ddl or more).",
  types: [...parameterGroups, ...databases],
  *check(resource) {
    if (!resource.is(...parameterGroups)) {
      // A group that was given is judged where it is declared; AWS's default has all of this off.
      if (isPostgres(resource) && usesDefaultGroup(resource))
        yield {
          property: resource.is(cluster) ? "dbClusterParameterGroupName" : "parameterGroupName",
          found: "the default group, which logs nothing of this",
          allowed: "a parameter group that logs",
          change: "attach the platform's parameter group",
        };
      return;
    }
    if (majorOfFamily(resource.string("family") ?? "") === undefined) return;
    const value = parametersOf(resource);
    for (const name of logged) {
      const found = value(name);
      if (found === undefined || off.includes(found.toLowerCase())) yield { property: `parameters.${name}`, found, allowed: "1", change: `set ${name} to 1` };
    }
    const pgaudit =
      (value("shared_preload_libraries") ?? "").split(",").some((library) => library.trim() === "pgaudit") &&
      !off.includes((value("pgaudit.log") ?? "").toLowerCase());
    const statements = ["ddl", "mod", "all"].includes(value("log_statement") ?? "");
    if (!pgaudit && !statements)
      yield {
        property: "parameters.pgaudit.log",
        found: value("pgaudit.log"),
        allowed: "pgaudit in shared_preload_libraries with pgaudit.log (ddl,role), or log_statement ddl, mod or all",
        change: "load pgaudit and set pgaudit.log to ddl,role",
      };
  },
});
