import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireModernCa } from "../../../policypacks/database-guardrails/rules/require-modern-ca";
import { claims, database } from "../fixtures";

claims(requireModernCa, {
  passes: {
    "a current authority": database(),
    "AWS's default, which is current": database({ caCertIdentifier: undefined }),
  },
  fails: {
    "an expired authority": [database({ caCertIdentifier: "rds-ca-2019" }), "rds-ca-2019"],
    "a value of the wrong type": [database({ caCertIdentifier: true }), "a string"],
  },
  undecided: { "an unknown authority": database({ caCertIdentifier: unknown }) },
});
