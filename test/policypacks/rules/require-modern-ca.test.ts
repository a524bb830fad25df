import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireModernCa } from "../../../policypacks/database-guardrails/rules/require-modern-ca";
import { claims, database } from "../fixtures";

claims(requireModernCa, {
  passes: {
    "an authority that lasts": database(),
    "AWS's default, which does": database({ caCertIdentifier: undefined }),
  },
  fails: {
    "one that expired": [database({ caCertIdentifier: "rds-ca-2019" }), "rds-ca-2019"],
    "a value of the wrong type": [database({ caCertIdentifier: true }), "a text"],
  },
  undecided: { "one that is not known": database({ caCertIdentifier: unknown }) },
});
