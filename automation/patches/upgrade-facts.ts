/** What of a server can be in the way of another version, as `../targets/upgrade-prechecks.ts` reads it. Plain data. */

/** How many there are, and the names of some. */
export interface Found {
  count: number;
  names: string[];
}

/** Why it could not be read. Nothing is known then: this is not "none found". */
export interface Unread {
  unread: string;
}

/** Of the whole instance. */
export type InstanceTopic =
  | ("logicalSlots" | "inactiveSlots" | "standbysBehind" | "subscriptions" | "prepared" | "longTransactions")
  | ("wraparound" | "closedDatabases" | "waitingParameters" | "checksumFailures" | "databaseCollations");

/** Of each of its databases. */
export type DatabaseTopic =
  | ("publications" | "keyless" | "unlogged" | "materializedViews" | "largeObjects" | "removedTypes" | "systemViews")
  | ("invalidIndexes" | "collations" | "extensions" | "extensionsBehind");

/** What logical replication needs, and what of it is in use. */
export interface ReplicationSettings {
  logicalReplication: boolean;
  /** All of them, also templates and RDS's own. */
  databases: number;
  slots: { max: number; used: number };
  senders: { max: number; used: number };
  logicalWorkersMax: number;
}

export interface DatabaseFacts {
  name: string;
  topics: Record<DatabaseTopic, Found | Unread>;
}

export interface UpgradeFacts {
  settings: ReplicationSettings | Unread;
  instance: Record<InstanceTopic, Found | Unread>;
  /** Those that were looked into. */
  databases: DatabaseFacts[];
  /** Those that were not, each with the reason. RDS's own are neither here nor there. */
  notLookedInto: { name: string; reason: string }[];
}

export const isUnread = (looked: object): looked is Unread => "unread" in looked;
