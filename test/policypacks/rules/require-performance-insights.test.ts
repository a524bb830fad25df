import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requirePerformanceInsights } from "../../../policypacks/database-guardrails/rules/require-performance-insights";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

claims(requirePerformanceInsights, {
  passes: { "enabled Performance Insights": database() },
  fails: {
    "disabled Performance Insights": [database({ performanceInsightsEnabled: false }), "is false"],
    "no value": [resource(clusterInstance), "not set"],
    "a value of the wrong type": [database({ performanceInsightsEnabled: 7 }), "true or false"],
  },
  undecided: { "an unknown value": database({ performanceInsightsEnabled: unknown }) },
});
