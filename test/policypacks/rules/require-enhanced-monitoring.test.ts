import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireEnhancedMonitoring } from "../../../policypacks/database-guardrails/rules/require-enhanced-monitoring";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

claims(requireEnhancedMonitoring, {
  passes: { monitoring: database() },
  fails: {
    none: [database({ monitoringInterval: 0 }), "is 0"],
    "nothing said": [database({ monitoringInterval: undefined }), "not set"],
    "none on an instance of a cluster": [some(clusterInstance), "not set"],
    "a value of the wrong type": [database({ monitoringInterval: "often" }), "a number"],
  },
  undecided: { "a value that is not known": database({ monitoringInterval: unknown }) },
});
