import { defineRule } from "../judging/rule";
import { cluster, clusterInstance, instance } from "../vocabulary/types";

export const requireParametersInEffect = defineRule({
  id: "require-parameters-in-effect",
  title: "A database runs with the parameters of its group",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.38"],
  properties: ["parameterGroupName", "dbClusterParameterGroupName"],
  why: "A static parameter takes effect only after a reboot. Until then, possibly for weeks, the group may say that TLS is required and logins are logged, while the server does neither.",
  solution: "Reboot the database; without a standby to take over, do it in the maintenance window.",
  throwaways: true,
  onlyLive: true,
  types: [instance, cluster, clusterInstance],
  *check(database) {
    if (database.reportedBy !== "api") return;
    const found = database.word("parameterApplyStatus");
    if (found !== undefined && found !== "in-sync")
      yield {
        property: "parameterApplyStatus",
        found,
        allowed: "in-sync",
        change: "reboot it so that its parameter group takes effect",
      };
  },
});
