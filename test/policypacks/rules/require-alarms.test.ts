import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireAlarms } from "../../../policypacks/database-guardrails/rules/require-alarms";
import { metricAlarm } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, urnOf } from "../fixtures";

const alarm = (metricName: string, more: Record<string, unknown> = {}) =>
  some(
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
    "alarms whose topic the same preview makes": [
      database(),
      cpu,
      storage,
      memory,
      alarm("DatabaseConnections", { alarmActions: unknown }),
    ],
  },
  fails: {
    "no alarm at all": [database(), "CPUUtilization, FreeStorageSpace, FreeableMemory, DatabaseConnections"],
    "a missing one": [[database(), cpu, storage, memory], "add alarms on DatabaseConnections"],
    "one that tells nobody": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { alarmActions: undefined })],
      "DatabaseConnections",
    ],
    "one with an empty list of actions": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { alarmActions: [] })],
      "DatabaseConnections",
    ],
    "one on a metric of the same name of somebody else's": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { namespace: "Shop/App" })],
      "DatabaseConnections",
    ],
    "one that is muted": [
      [database(), cpu, storage, memory, alarm("DatabaseConnections", { actionsEnabled: false })],
      "DatabaseConnections",
    ],
    "alarms on another database": [
      [database({ identifier: "other" }), cpu, storage, memory, connections],
      "CPUUtilization",
    ],
    "dimensions of the wrong type": [[database(), alarm("CPUUtilization", { dimensions: "orders" })], "an object"],
  },
  undecided: { "alarms that are not known": [database(), computed(cpu)] },
});
