import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireDeletionProtection } from "../../../policypacks/database-guardrails/rules/require-deletion-protection";
import { claims, database, tagged } from "../fixtures";

claims(requireDeletionProtection, {
  passes: {
    "both protections": database(),
    "bronze in development without protection": database(
      { deletionProtection: false, ...tagged({ tier: "bronze", environment: "development" }) },
      { protect: false },
    ),
    "a live database, whose program is unknown": database({}, { protect: undefined }),
  },
  fails: {
    "AWS's protection switched off": [database({ deletionProtection: false }), "deletionProtection is false"],
    "AWS's protection not set": [database({ deletionProtection: undefined }), "not set"],
    "missing protection in Pulumi": [database({}, { protect: false }), "protect is false"],
    "gold in staging without protection": [
      database({ deletionProtection: false, ...tagged({ environment: "staging" }) }),
      "staging gold",
    ],
    "a value of the wrong type": [database({ deletionProtection: "sure" }), "true or false"],
  },
  undecided: { "an unknown value": database({ deletionProtection: unknown }) },
});
