import { offers } from "../vocabulary/engines";
import { defineRule } from "../judging/rule";
import { clusterInstance, instance } from "../vocabulary/types";

export const requirePerformanceInsights = defineRule({
  id: "require-performance-insights",
  title: "Performance Insights is enabled",
  severity: "low",
  owner: "team-platform",
  controls: ["CKV_AWS_353"],
  properties: ["performanceInsightsEnabled"],
  why: "After an incident the question is which statements waited for what. Without a record, the answer is a guess. Seven days of records are free.",
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
