import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireUnmanagedBlueGreen } from "../../../policypacks/database-guardrails/rules/require-unmanaged-blue-green";
import { claims, database } from "../fixtures";

claims(requireUnmanagedBlueGreen, {
  passes: {
    "an operation's": database(),
    "one that is switched off": database({ blueGreenUpdate: { enabled: false } }),
    "what the RDS API does not tell": database({ blueGreenUpdate: notReported }),
  },
  fails: {
    "the provider's": [database({ blueGreenUpdate: { enabled: true } }), "remove blueGreenUpdate"],
    "a value of the wrong type": [database({ blueGreenUpdate: true }), "an object"],
  },
  undecided: { "a value that is not known": database({ blueGreenUpdate: { enabled: unknown } }) },
});
