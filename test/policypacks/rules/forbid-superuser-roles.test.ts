import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidSuperuserRoles } from "../../../policypacks/database-guardrails/rules/forbid-superuser-roles";
import { grantRole, role } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, named, some, type Scene } from "../fixtures";

claims(forbidSuperuserRoles, {
  passes: {
    "a role that says it has no power": some(role, { superuser: false, createRole: false, roles: ["pg_monitor"] }),
    "a role that says nothing": some(role, { name: "readonly" }),
    "the master, which works on what the owner owns": some(grantRole, { role: "shipshape_admin", grantRole: "owner" }),
    "a grant of a harmless role": some(grantRole, { role: "a", grantRole: "pg_monitor" }),
  },
  fails: {
    "a superuser": [some(role, { superuser: true }), "superuser is true"],
    "a role that makes roles": [some(role, { createRole: true }), "createRole"],
    "a role that bypasses row security": [some(role, { bypassRowLevelSecurity: true }), "bypassRowLevelSecurity"],
    "a member of rds_superuser": [some(role, { roles: ["rds_superuser"] }), "remove rds_superuser"],
    "a role that replicates": [some(role, { replication: true }), "replication"],
    "a role that makes databases": [some(role, { createDatabase: true }), "createDatabase"],
    ...Object.fromEntries<[Scene, string]>(
      [
        "pg_read_server_files",
        "pg_write_server_files",
        "pg_execute_server_program",
        "pg_read_all_data",
        "pg_write_all_data",
        "owner",
        "shipshape_admin",
      ].flatMap((powerful): [string, [Scene, string]][] => [
        [
          `a member of ${powerful}`,
          [some(role, { name: "reports", roles: ["pg_monitor", powerful] }), `roles is "${powerful}"`],
        ],
        [
          `a grant of ${powerful}`,
          [some(grantRole, { role: "reports", grantRole: powerful }), `grantRole is "${powerful}"`],
        ],
      ]),
    ),
    "a member in capitals": [some(role, { roles: ["RDS_SUPERUSER"] }), "remove RDS_SUPERUSER"],
    "a member of what the stack's database calls its master": [
      [some(grantRole, { role: "reports", grantRole: "keeper" }), named("db", database({ username: "keeper" }))],
      "keeper",
    ],
    "a power behind an encrypted one": [some(role, { superuser: encrypted, createRole: true }), "createRole is true"],
    "a membership beside an encrypted one": [
      some(role, { roles: [encrypted, "rds_superuser"] }),
      "remove rds_superuser",
    ],
    "the same by a grant": [some(grantRole, { grantRole: "rds_superuser" }), "remove this grant"],
    "a value of the wrong type": [some(role, { superuser: "maybe" }), "true or false"],
  },
  undecided: {
    "a power that is not known": some(role, { superuser: unknown }),
    "a membership that is not known": some(role, { roles: [unknown] }),
  },
});
