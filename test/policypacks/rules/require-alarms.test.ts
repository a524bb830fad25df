import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireAlarms } from "../../../policypacks/database-guardrails/rules/require-alarms";
import { metricAlarm } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, urnOf } from "../fixtures";

const alarm = (metricName: string, more: Record<string, unknown> = {}) =>
  resource(
    metricAlarm,
    {
      metricName,
      dimensions: { DBInstanceIdentifier: "orders-production" },
      alarmActions: ["arn:aws:sns:eu-central-1:1:t"],
      ...more,
    },
    { name: metricName },
  );
const [cpu, storage, memory, connections] = [
  alarm("CPUUtilization"),
  alarm("FreeStorageSpace"),
  alarm("FreeableMemory"),
  alarm("DatabaseConnections"),
];
const computed = (given: ReturnType<typeof alarm>) => ({
  ...given,
  properties: { ...given.properties, dimensions: unknown },
  dependencies: { dimensions: [urnOf(database())] },
});

claims(requireAlarms, {
  passes: {
    "a database with its alarms": [database(), cpu, storage, memory, connections],
    "alarms whose topic is created in the same preview": [
      database(),
      cpu,
      storage,
      memory,
      alarm("DatabaseConnections", { alarmActions: unknown }),
    ],
  },
  fails: {
    "no alarm at all": [database(), "CPUUtilization, FreeStorageSpace, FreeableMemory, DatabaseConnections"],
    "a missing alarm": [[database(), cpu, storage, memory], "add alarms on DatabaseConnections"],
    "an alarm without actions": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { alarmActions: undefined })],
      "DatabaseConnections",
    ],
    "an alarm with an empty list of actions": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { alarmActions: [] })],
      "DatabaseConnections",
    ],
    "an alarm on a metric with the same name in another namespace": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { namespace: "Shop/App" })],
      "DatabaseConnections",
    ],
    "an alarm with disabled actions": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { actionsEnabled: false })],
      "DatabaseConnections",
    ],
    "alarms on another database": [
      [database({ identifier: "other" }), cpu, storage, memory, connections],
      "CPUUtilization",
    ],
    "dimensions of the wrong type": [[database(), alarm("CPUUtilization", { dimensions: "orders" })], "an object"],
  },
  undecided: { "unknown alarms": [database(), computed(cpu)] },
});
