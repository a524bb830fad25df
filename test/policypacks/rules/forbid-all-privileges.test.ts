import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidAllPrivileges } from "../../../policypacks/database-guardrails/rules/forbid-all-privileges";
import { defaultPrivileges, grant, grantRole, schema } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, some } from "../fixtures";

claims(forbidAllPrivileges, {
  passes: {
    "privileges by name": some(grant, { role: "readwrite", privileges: ["SELECT", "INSERT"], withGrantOption: false }),
    "ALL for the owner": some(grant, { role: "owner", privileges: ["ALL"] }),
    "ALL for whoever owns the objects": some(defaultPrivileges, {
      role: "billing",
      owner: "billing",
      privileges: ["ALL"],
    }),
    "a membership": some(grantRole, { role: "a", grantRole: "b" }),
  },
  fails: {
    ALL: [some(grant, { role: "readwrite", privileges: ["ALL"] }), "name what readwrite needs"],
    "the grant option": [
      some(grant, { role: "readwrite", privileges: ["SELECT"], withGrantOption: true }),
      "withGrantOption is true",
    ],
    "the admin option": [some(grantRole, { withAdminOption: true }), "withAdminOption is true"],
    "a policy of a schema that may be passed on": [
      some(schema, {
        policies: [
          { role: "app", usage: true },
          { role: "app", usageWithGrant: true },
        ],
      }),
      "policies[1].usageWithGrant is true",
    ],
    "a value of the wrong type": [some(grant, { role: "a", privileges: 1 }), "a list"],
  },
  undecided: { "privileges that are not known": some(grant, { role: "a", privileges: unknown }) },
});
