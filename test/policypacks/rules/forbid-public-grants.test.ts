import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidPublicGrants } from "../../../policypacks/database-guardrails/rules/forbid-public-grants";
import { defaultPrivileges, grant, schema } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, some } from "../fixtures";

claims(forbidPublicGrants, {
  passes: {
    "a grant to a role": some(grant, { role: "readonly", privileges: ["SELECT"] }),
    "a policy of a schema for a role": some(schema, { policies: [{ role: "app", usage: true, create: true }] }),
    "a policy that gives nothing": some(schema, { policies: [{ usage: false }] }),
    "a schema without policies": some(schema, { name: "app" }),
    "a revocation from everybody": some(grant, { role: "public", privileges: [] }),
  },
  fails: {
    "a grant to everybody": [
      some(grant, { role: "public", privileges: ["CONNECT"] }),
      'privileges is "CONNECT"; allowed: none for PUBLIC',
    ],
    "the same for tables made later": [some(defaultPrivileges, { role: "PUBLIC", privileges: ["SELECT"] }), "SELECT"],
    "a policy of a schema for everybody": [
      some(schema, { policies: [{ role: "PUBLIC", usage: true }] }),
      'policies[0] is "usage"',
    ],
    "a policy that names no role, which is everybody": [
      some(schema, { policies: [{ role: "app", usage: true }, { create: true }] }),
      'policies[1] is "create"',
    ],
    "a value of the wrong type": [some(grant, { role: "public", privileges: "ALL" }), "a list"],
  },
  undecided: {
    "a policy that is not known": some(schema, { policies: [unknown] }),
    "a role that is not known": some(grant, { role: unknown, privileges: ["SELECT"] }),
    "privileges that are not known": some(grant, { role: "public", privileges: unknown }),
  },
});
