import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireUnmanagedBlueGreen } from "../../../policypacks/database-guardrails/rules/require-unmanaged-blue-green";
import { claims, database } from "../fixtures";

claims(requireUnmanagedBlueGreen, {
  passes: {
    "no blueGreenUpdate, as with an operation": database(),
    "a disabled blueGreenUpdate": database({ blueGreenUpdate: { enabled: false } }),
    "a value that the RDS API does not report": database({ blueGreenUpdate: notReported }),
  },
  fails: {
    "an enabled blueGreenUpdate": [database({ blueGreenUpdate: { enabled: true } }), "remove blueGreenUpdate"],
    "a value of the wrong type": [database({ blueGreenUpdate: true }), "an object"],
  },
  undecided: { "an unknown value": database({ blueGreenUpdate: { enabled: unknown } }) },
});
