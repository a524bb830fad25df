import { unknown } from "../../../policypacks/database-guardrails/properties";
import { forbidSuperuserRoles } from "../../../policypacks/database-guardrails/rules/forbid-superuser-roles";
import { grantRole, role } from "../../../policypacks/database-guardrails/types";
import { claims, some } from "../fixtures";

claims(forbidSuperuserRoles, {
  passes: {
    "a role that says it has no power": some(role, { superuser: false, createRole: false, roles: ["pg_monitor"] }),
    "a role that says nothing": some(role, { name: "readonly" }),
    "a grant of a harmless role": some(grantRole, { role: "a", grantRole: "pg_monitor" }),
  },
  fails: {
    "a superuser": [some(role, { superuser: true }), "superuser is true"],
    "a role that makes roles": [some(role, { createRole: true }), "createRole"],
    "a role that bypasses row security": [some(role, { bypassRowLevelSecurity: true }), "bypassRowLevelSecurity"],
    "a member of rds_superuser": [some(role, { roles: ["rds_superuser"] }), "remove rds_superuser"],
    "the same by a grant": [some(grantRole, { grantRole: "rds_superuser" }), "remove this grant"],
    "a value of the wrong type": [some(role, { superuser: "maybe" }), "true or false"],
  },
  undecided: { "a power that is not known": some(role, { superuser: unknown }), "a membership that is not known": some(role, { roles: [unknown] }) },
});
