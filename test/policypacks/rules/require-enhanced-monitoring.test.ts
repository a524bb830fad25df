import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireEnhancedMonitoring } from "../../../policypacks/database-guardrails/rules/require-enhanced-monitoring";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

claims(requireEnhancedMonitoring, {
  passes: { "enabled monitoring": database() },
  fails: {
    "disabled monitoring": [database({ monitoringInterval: 0 }), "is 0"],
    "no value": [database({ monitoringInterval: undefined }), "not set"],
    "no value on a cluster's instance": [resource(clusterInstance), "not set"],
    "a value of the wrong type": [database({ monitoringInterval: "often" }), "a number"],
  },
  undecided: { "an unknown value": database({ monitoringInterval: unknown }) },
});
