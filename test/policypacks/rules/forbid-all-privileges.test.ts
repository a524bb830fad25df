import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidAllPrivileges } from "../../../policypacks/database-guardrails/rules/forbid-all-privileges";
import { defaultPrivileges, grant, grantRole, schema } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, resource } from "../fixtures";

claims(forbidAllPrivileges, {
  passes: {
    "privileges by name": resource(grant, {
      role: "readwrite",
      privileges: ["SELECT", "INSERT"],
      withGrantOption: false,
    }),
    "ALL for the owner": resource(grant, { role: "owner", privileges: ["ALL"] }),
    "ALL for the owner of the objects": resource(defaultPrivileges, {
      role: "billing",
      owner: "billing",
      privileges: ["ALL"],
    }),
    "a membership": resource(grantRole, { role: "a", grantRole: "b" }),
  },
  fails: {
    ALL: [resource(grant, { role: "readwrite", privileges: ["ALL"] }), "list the privileges that readwrite needs"],
    "the grant option": [
      resource(grant, { role: "readwrite", privileges: ["SELECT"], withGrantOption: true }),
      "withGrantOption is true",
    ],
    "the admin option": [resource(grantRole, { withAdminOption: true }), "withAdminOption is true"],
    "a schema's policy that may be passed on": [
      resource(schema, {
        policies: [
          { role: "app", usage: true },
          { role: "app", usageWithGrant: true },
        ],
      }),
      "policies[1].usageWithGrant is true",
    ],
    "a value of the wrong type": [resource(grant, { role: "a", privileges: 1 }), "a list"],
  },
  undecided: { "unknown privileges": resource(grant, { role: "a", privileges: unknown }) },
});
