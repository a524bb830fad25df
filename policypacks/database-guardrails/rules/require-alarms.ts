import { defineRule } from "../judging/rule";
import type { Resource, Stack } from "../vocabulary/resource";
import { instance, metricAlarm } from "../vocabulary/types";

/** Metrics that warn before a database stops. The standard has alarms on more of them. */
const metrics = ["CPUUtilization", "FreeStorageSpace", "FreeableMemory", "DatabaseConnections"];

export const requireAlarms = defineRule({
  id: "require-alarms",
  title: "Someone is alerted before a database stops",
  severity: "medium",
  owner: "team-platform",
  controls: ["SOC 2 CC7.2"],
  properties: ["metricName", "namespace", "dimensions", "actionsEnabled", "alarmActions"],
  why: "Full storage and exhausted connections are visible hours ahead. They become outages if no one is alerted.",
  solution: `Declare an alarm for each of ${metrics.join(", ")} in the stack of the database, with an action. \`StandardDatabase\` has them.`,
  typesInStack: [instance],
  *checkInStack(database, stack) {
    const alarms = stack
      .of(metricAlarm)
      .filter(
        (alarm) => watches(alarm, database, stack) && alarm.boolean("actionsEnabled") !== false && hasAction(alarm),
      );
    const missing = metrics.filter((metric) => !alarms.some((alarm) => alarm.text("metricName") === metric));
    if (missing.length > 0)
      yield {
        found: `no alarm with an action on ${missing.join(", ")}`,
        allowed: `alarms on ${metrics.join(", ")} in the database's stack`,
        change: `add alarms on ${missing.join(", ")}`,
      };
  },
});

/** An action that is still unknown counts. */
function hasAction(alarm: Resource): boolean {
  const { strings, unreadable } = alarm.readableStrings("alarmActions");
  return strings.length + unreadable.length > 0 && ["aws/rds", undefined].includes(alarm.word("namespace"));
}

/** Whether an alarm watches a database: it names it in its dimensions, or was computed from it. */
function watches(alarm: Resource, database: Resource, stack: Stack): boolean {
  const identifier = database.text("identifier");
  return (
    (identifier !== undefined && alarm.object("dimensions")?.text("DBInstanceIdentifier") === identifier) ||
    stack.dependenciesOf(alarm, instance).includes(database)
  );
}
