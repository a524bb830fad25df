import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireIamAuthentication } from "../../../policypacks/database-guardrails/rules/require-iam-authentication";
import { claims, database } from "../fixtures";

claims(requireIamAuthentication, {
  passes: { "logins by IAM": database() },
  fails: {
    none: [database({ iamDatabaseAuthenticationEnabled: false }), "is false"],
    "nothing said": [database({ iamDatabaseAuthenticationEnabled: undefined }), "not set"],
    "a value of the wrong type": [database({ iamDatabaseAuthenticationEnabled: "iam" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ iamDatabaseAuthenticationEnabled: unknown }) },
});
