import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requirePerformanceInsights } from "../../../policypacks/database-guardrails/rules/require-performance-insights";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

claims(requirePerformanceInsights, {
  passes: { "a record": database() },
  fails: {
    none: [database({ performanceInsightsEnabled: false }), "is false"],
    "nothing said": [some(clusterInstance), "not set"],
    "a value of the wrong type": [database({ performanceInsightsEnabled: 7 }), "true or false"],
  },
  undecided: { "a value that is not known": database({ performanceInsightsEnabled: unknown }) },
});
