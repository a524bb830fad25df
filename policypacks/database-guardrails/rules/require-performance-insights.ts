import { offers } from "../vocabulary/engines";
import { defineRule } from "../judging/rule";
import { clusterInstance, instance } from "../vocabulary/types";

export const requirePerformanceInsights = defineRule({
  id: "require-performance-insights",
  title: "What the database waits for is recorded",
  severity: "low",
  owner: "team-platform",
  controls: ["CKV_AWS_353"],
  properties: ["performanceInsightsEnabled"],
  why: "After an incident the question is which statements waited for what. Without a record of it the answer is a guess. Seven days cost nothing.",
  solution: "Set `performanceInsightsEnabled` to true.",
  types: [instance, clusterInstance],
  *check(database) {
    if (!offers(database, "performanceInsights")) return;
    const found = database.boolean("performanceInsightsEnabled");
    if (!found)
      yield {
        property: "performanceInsightsEnabled",
        found,
        allowed: "true",
        change: "set performanceInsightsEnabled to true",
      };
  },
});
