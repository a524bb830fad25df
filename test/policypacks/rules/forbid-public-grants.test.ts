import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidPublicGrants } from "../../../policypacks/database-guardrails/rules/forbid-public-grants";
import { defaultPrivileges, grant, schema } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, resource } from "../fixtures";

claims(forbidPublicGrants, {
  passes: {
    "a grant to a role": resource(grant, { role: "readonly", privileges: ["SELECT"] }),
    "a schema's policy for a role": resource(schema, { policies: [{ role: "app", usage: true, create: true }] }),
    "a policy that grants nothing": resource(schema, { policies: [{ usage: false }] }),
    "a schema without policies": resource(schema, { name: "app" }),
    "a revocation from PUBLIC": resource(grant, { role: "public", privileges: [] }),
  },
  fails: {
    "a grant to PUBLIC": [
      resource(grant, { role: "public", privileges: ["CONNECT"] }),
      'privileges is "CONNECT"; allowed: none for PUBLIC',
    ],
    "a default privilege for PUBLIC on future tables": [
      resource(defaultPrivileges, { role: "PUBLIC", privileges: ["SELECT"] }),
      "SELECT",
    ],
    "a schema's policy for PUBLIC": [
      resource(schema, { policies: [{ role: "PUBLIC", usage: true }] }),
      'policies[0] is "usage"',
    ],
    "a schema's policy without a role, which means PUBLIC": [
      resource(schema, { policies: [{ role: "app", usage: true }, { create: true }] }),
      'policies[1] is "create"',
    ],
    "a value of the wrong type": [resource(grant, { role: "public", privileges: "ALL" }), "a list"],
  },
  undecided: {
    "an unknown policy": resource(schema, { policies: [unknown] }),
    "an unknown role": resource(grant, { role: unknown, privileges: ["SELECT"] }),
    "unknown privileges": resource(grant, { role: "public", privileges: unknown }),
  },
});
