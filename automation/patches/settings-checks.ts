/** Pure: what logical replication needs of a server's settings before another major by blue/green. */
import { on, type Effect, type Way } from "./upgrade-checks";
import type { ReplicationSettings } from "./upgrade-facts";

interface SettingsCheck {
  /** As a page names it. */
  what: string;
  on: Record<Way, Effect>;
  says: (settings: ReplicationSettings) => string | undefined;
}

const tooFew = (what: string, parameter: string, needed: number, max: number) =>
  max > needed
    ? undefined
    : `its ${parameter} is ${max}, and ${what}: set it to more than ${needed} in its parameter group, and restart it`;

/** RDS refuses a deployment with fewer than this (Knowledge Center, "rds-postgresql-blue-green-deployment-error"). */
export const settingsChecks: readonly SettingsCheck[] = [
  {
    what: "logical replication that is off",
    on: on("-", "-", "-", "blocks"),
    says: ({ logicalReplication }) =>
      logicalReplication
        ? undefined
        : "it runs without logical replication: set rds.logical_replication to 1 in its parameter group, and restart it",
  },
  {
    what: "too few of `max_replication_slots`",
    on: on("-", "-", "-", "blocks"),
    says: ({ slots, databases }) =>
      tooFew("each database needs a slot", "max_replication_slots", databases + slots.used, slots.max),
  },
  {
    what: "too few of `max_wal_senders`",
    on: on("-", "-", "-", "blocks"),
    says: ({ senders, databases }) =>
      tooFew("each database needs a sender", "max_wal_senders", databases + senders.used, senders.max),
  },
  {
    what: "too few of `max_logical_replication_workers`",
    // Green's own group counts, which may have more.
    on: on("-", "-", "-", "warns"),
    says: ({ logicalWorkersMax: max, databases }) =>
      max > databases
        ? undefined
        : `its max_logical_replication_workers is ${max}, and the new instance needs one for each of ${databases} databases: set it to more in the parameter group of the new version`,
  },
];
