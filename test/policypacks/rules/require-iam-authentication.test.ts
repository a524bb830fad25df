import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireIamAuthentication } from "../../../policypacks/database-guardrails/rules/require-iam-authentication";
import { claims, database } from "../fixtures";

claims(requireIamAuthentication, {
  passes: { "enabled IAM authentication": database() },
  fails: {
    "disabled IAM authentication": [database({ iamDatabaseAuthenticationEnabled: false }), "is false"],
    "no value": [database({ iamDatabaseAuthenticationEnabled: undefined }), "not set"],
    "a value of the wrong type": [database({ iamDatabaseAuthenticationEnabled: "iam" }), "true or false"],
  },
  undecided: { "an unknown value": database({ iamDatabaseAuthenticationEnabled: unknown }) },
});
