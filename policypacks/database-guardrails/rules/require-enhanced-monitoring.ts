import { offers } from "../vocabulary/engines";
import { defineRule } from "../judging/rule";
import { clusterInstance, instance } from "../vocabulary/types";

export const requireEnhancedMonitoring = defineRule({
  id: "require-enhanced-monitoring",
  title: "The operating system is monitored",
  severity: "low",
  owner: "team-platform",
  controls: ["RDS.6", "CKV_AWS_118"],
  properties: ["monitoringInterval"],
  why: "CloudWatch measures the machine from outside, once a minute. Only monitoring from inside shows which process uses the memory.",
  solution: "Set `monitoringInterval` to 60 or less, and set `monitoringRoleArn`.",
  types: [instance, clusterInstance],
  *check(database) {
    if (!offers(database, "enhancedMonitoring")) return;
    const found = database.number("monitoringInterval");
    if (!found)
      yield {
        property: "monitoringInterval",
        found,
        allowed: "1, 5, 10, 15, 30 or 60",
        change: "set monitoringInterval to 60 and set monitoringRoleArn",
      };
  },
});
