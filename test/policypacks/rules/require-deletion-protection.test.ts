import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireDeletionProtection } from "../../../policypacks/database-guardrails/rules/require-deletion-protection";
import { claims, database, tagged } from "../fixtures";

claims(requireDeletionProtection, {
  passes: {
    "both protections": database(),
    "bronze in development without": database(
      { deletionProtection: false, ...tagged({ tier: "bronze", environment: "development" }) },
      { protect: false },
    ),
    "a living database, of whose program nothing is known": database({}, { protect: undefined }),
  },
  fails: {
    "AWS's switched off": [database({ deletionProtection: false }), "deletionProtection is false"],
    "AWS's not said": [database({ deletionProtection: undefined }), "not set"],
    "Pulumi's missing": [database({}, { protect: false }), "protect is false"],
    "gold in staging without": [
      database({ deletionProtection: false, ...tagged({ environment: "staging" }) }),
      "staging gold",
    ],
    "a value of the wrong type": [database({ deletionProtection: "sure" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ deletionProtection: unknown }) },
});
