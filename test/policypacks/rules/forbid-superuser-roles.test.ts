import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidSuperuserRoles } from "../../../policypacks/database-guardrails/rules/forbid-superuser-roles";
import { grantRole, role } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, named, resource, type Fixture } from "../fixtures";

claims(forbidSuperuserRoles, {
  passes: {
    "a role with all powers set to false": resource(role, {
      superuser: false,
      createRole: false,
      roles: ["pg_monitor"],
    }),
    "a role without attributes": resource(role, { name: "readonly" }),
    "the master as a member of the owner role": resource(grantRole, { role: "shipshape_admin", grantRole: "owner" }),
    "a grant of a harmless role": resource(grantRole, { role: "a", grantRole: "pg_monitor" }),
  },
  fails: {
    "a superuser": [resource(role, { superuser: true }), "superuser is true"],
    "a role that may create roles": [resource(role, { createRole: true }), "createRole"],
    "a role that may bypass row security": [resource(role, { bypassRowLevelSecurity: true }), "bypassRowLevelSecurity"],
    "a member of rds_superuser": [resource(role, { roles: ["rds_superuser"] }), "remove rds_superuser"],
    "a role that may replicate": [resource(role, { replication: true }), "replication"],
    "a role that may create databases": [resource(role, { createDatabase: true }), "createDatabase"],
    ...Object.fromEntries<[Fixture, string]>(
      [
        "pg_read_server_files",
        "pg_write_server_files",
        "pg_execute_server_program",
        "pg_read_all_data",
        "pg_write_all_data",
        "owner",
        "shipshape_admin",
      ].flatMap((powerful): [string, [Fixture, string]][] => [
        [
          `a member of ${powerful}`,
          [resource(role, { name: "reports", roles: ["pg_monitor", powerful] }), `roles is "${powerful}"`],
        ],
        [
          `a grant of ${powerful}`,
          [resource(grantRole, { role: "reports", grantRole: powerful }), `grantRole is "${powerful}"`],
        ],
      ]),
    ),
    "a membership in capitals": [resource(role, { roles: ["RDS_SUPERUSER"] }), "remove RDS_SUPERUSER"],
    "a membership in the master of the stack's database": [
      [resource(grantRole, { role: "reports", grantRole: "keeper" }), named("db", database({ username: "keeper" }))],
      "keeper",
    ],
    "a power after an encrypted one": [
      resource(role, { superuser: encrypted, createRole: true }),
      "createRole is true",
    ],
    "a membership next to an encrypted one": [
      resource(role, { roles: [encrypted, "rds_superuser"] }),
      "remove rds_superuser",
    ],
    "a grant of rds_superuser": [resource(grantRole, { grantRole: "rds_superuser" }), "remove this grant"],
    "a value of the wrong type": [resource(role, { superuser: "maybe" }), "true or false"],
  },
  undecided: {
    "an unknown power": resource(role, { superuser: unknown }),
    "an unknown membership": resource(role, { roles: [unknown] }),
  },
});
