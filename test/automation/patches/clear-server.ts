// A server on which nothing is in the way of another version.
import type {
  DatabaseFacts,
  DatabaseTopic,
  Found,
  InstanceTopic,
  Unread,
  UpgradeFacts,
} from "../../../automation/patches/upgrade-facts";

export const none: Found = { count: 0, names: [] };
export const instanceTopics: InstanceTopic[] = [
  ...(["logicalSlots", "inactiveSlots", "standbysBehind", "subscriptions", "prepared", "longTransactions"] as const),
  ...(["wraparound", "closedDatabases", "waitingParameters", "checksumFailures", "databaseCollations"] as const),
];
export const databaseTopics: DatabaseTopic[] = [
  ...(["publications", "keyless", "unlogged", "materializedViews", "largeObjects", "removedTypes"] as const),
  ...(["systemViews", "invalidIndexes", "collations", "extensions", "extensionsBehind"] as const),
];
export const each = <Topic extends string>(topics: readonly Topic[], looked: Found | Unread) =>
  Object.fromEntries(topics.map((topic) => [topic, looked])) as Record<Topic, Found | Unread>;
export const database = (name: string, more: Partial<DatabaseFacts["topics"]> = {}): DatabaseFacts => ({
  name,
  topics: { ...each(databaseTopics, none), ...more },
});
export const settings = {
  ...{ logicalReplication: true, databases: 5, logicalWorkersMax: 8 },
  ...{ slots: { max: 20, used: 0 }, senders: { max: 20, used: 0 } },
};
export const well: UpgradeFacts = {
  ...{ settings, instance: each(instanceTopics, none), databases: [database("app"), database("postgres")] },
  notLookedInto: [],
};
