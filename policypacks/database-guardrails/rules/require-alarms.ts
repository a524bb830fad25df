import { defineRule } from "../judging/rule";
import type { Resource, Stack } from "../vocabulary/resource";
import { instance, metricAlarm } from "../vocabulary/types";

/** What stops a database, or is about to. The standard has more of them. */
const watched = ["CPUUtilization", "FreeStorageSpace", "FreeableMemory", "DatabaseConnections"];

export const requireAlarms = defineRule({
  id: "require-alarms",
  title: "Someone is alerted before a database stops",
  severity: "medium",
  owner: "team-platform",
  controls: ["SOC 2 CC7.2"],
  properties: ["metricName", "namespace", "dimensions", "actionsEnabled", "alarmActions"],
  why: "Full storage and used-up connections announce themselves for hours. They become outages if no one is alerted.",
  solution: `Declare an alarm for each of ${watched.join(", ")} beside the database, with an action. \`StandardDatabase\` has them.`,
  typesInStack: [instance],
  *checkInStack(database, stack) {
    const alarms = stack
      .of(metricAlarm)
      .filter((alarm) => watches(alarm, database, stack) && alarm.boolean("actionsEnabled") !== false && acts(alarm));
    const missing = watched.filter((metric) => !alarms.some((alarm) => alarm.text("metricName") === metric));
    if (missing.length > 0)
      yield {
        found: `no alarm with an action on ${missing.join(", ")}`,
        allowed: `alarms on ${watched.join(", ")} in the database's stack`,
        change: `add alarms on ${missing.join(", ")}`,
      };
  },
});

/** An action that is not known yet is one. */
function acts(alarm: Resource): boolean {
  const { strings, doubts } = alarm.readableStrings("alarmActions");
  return strings.length + doubts.length > 0 && ["aws/rds", undefined].includes(alarm.word("namespace"));
}

/** By the name in its dimensions, or because it was computed from the database. */
function watches(alarm: Resource, database: Resource, stack: Stack): boolean {
  const identifier = database.text("identifier");
  return (
    (identifier !== undefined && alarm.object("dimensions")?.text("DBInstanceIdentifier") === identifier) ||
    stack.behind(alarm, instance).includes(database)
  );
}
