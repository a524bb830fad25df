import { defineRule } from "../rule";
import { grantRole, role } from "../types";

const powers = ["superuser", "createRole", "createDatabase", "replication", "bypassRowLevelSecurity"];
const powerfulRoles = ["rds_superuser", "rds_replication", "rds_password", "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"];

export const forbidSuperuserRoles = defineRule({
  id: "forbid-superuser-roles",
  title: "No declared role has more power than its work needs",
  severity: "critical",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: [...powers, "roles", "grantRole"],
  why: "A login that may create roles, bypass row security or read files of the server turns a leaked application password into the whole database.",
  solution:
    "Leave the attribute out, or set it to false. Grant what the role needs on the objects it needs. Members of `rds_superuser` are the master's alone.",
  types: [role, grantRole],
  *check(resource) {
    if (resource.is(role)) {
      for (const power of powers) if (resource.boolean(power)) yield { property: power, found: true, allowed: "false", change: `set ${power} to false` };
      const memberships = resource.strings("roles").filter((name) => powerfulRoles.includes(name));
      if (memberships.length > 0)
        yield { property: "roles", found: memberships.join(", "), allowed: `none of ${powerfulRoles.join(", ")}`, change: `remove ${memberships.join(", ")}` };
      return;
    }
    const granted = resource.string("grantRole");
    if (granted && powerfulRoles.includes(granted))
      yield { property: "grantRole", found: granted, allowed: `none of ${powerfulRoles.join(", ")}`, change: "remove this grant" };
  },
});
