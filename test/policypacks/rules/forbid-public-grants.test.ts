import { unknown } from "../../../policypacks/database-guardrails/properties";
import { forbidPublicGrants } from "../../../policypacks/database-guardrails/rules/forbid-public-grants";
import { defaultPrivileges, grant } from "../../../policypacks/database-guardrails/types";
import { claims, some } from "../fixtures";

claims(forbidPublicGrants, {
  passes: {
    "a grant to a role": some(grant, { role: "readonly", privileges: ["SELECT"] }),
    "a revocation from everybody": some(grant, { role: "public", privileges: [] }),
  },
  fails: {
    "a grant to everybody": [some(grant, { role: "public", privileges: ["CONNECT"] }), 'privileges is "CONNECT"; allowed: none for PUBLIC'],
    "the same for tables made later": [some(defaultPrivileges, { role: "PUBLIC", privileges: ["SELECT"] }), "SELECT"],
    "a value of the wrong type": [some(grant, { role: "public", privileges: "ALL" }), "a list"],
  },
  undecided: {
    "a role that is not known": some(grant, { role: unknown, privileges: ["SELECT"] }),
    "privileges that are not known": some(grant, { role: "public", privileges: unknown }),
  },
});
