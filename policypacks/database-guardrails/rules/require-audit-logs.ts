import { isPostgres } from "../vocabulary/engines";
import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

export const requireAuditLogs = defineRule({
  id: "require-audit-logs",
  title: "The database's log is exported",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.9", "RDS.36", "CKV_AWS_129"],
  properties: ["enabledCloudwatchLogsExports"],
  why: "RDS keeps logs on the instance for some days, and deletes them with it. Who logged in and what was changed must be readable later, especially if the instance is gone.",
  solution: "Export the `postgresql` log to CloudWatch: add it to `enabledCloudwatchLogsExports`.",
  types: databases,
  *check(database) {
    if (!isPostgres(database)) return;
    const exported = database.strings("enabledCloudwatchLogsExports");
    if (!exported.some((log) => canonical(log) === "postgresql"))
      yield {
        property: "enabledCloudwatchLogsExports",
        found: exported.join(", ") || undefined,
        allowed: 'a list that includes "postgresql"',
        change: 'add "postgresql"',
      };
  },
});
