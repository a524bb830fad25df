import { defineRule } from "../judging/rule";
import { cluster, clusterInstance, instance } from "../vocabulary/types";

export const requireParametersInEffect = defineRule({
  id: "require-parameters-in-effect",
  title: "A database runs with the parameters of its group",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.38"],
  properties: ["parameterGroupName", "dbClusterParameterGroupName"],
  why: "A static parameter takes effect at a restart. Until then the group says that TLS is forced and logins are logged, and the server does neither, for weeks if nobody looks.",
  solution: "Reboot the database, in its maintenance window where a standby does not take over.",
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
        change: "reboot it, so that its parameter group takes effect",
      };
  },
});
