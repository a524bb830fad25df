/**
 * Pure: what is looked for on a server before an upgrade, and what it does to each way of upgrading. The sources are the
 * guides of RDS on major upgrades and on blue/green deployments, and pg_upgrade's own checks (its check.c).
 */
import { largeObjectsMax, namesShownMax } from "./limits";
import type { DatabaseTopic, Found, InstanceTopic } from "./upgrade-facts";

export type Effect = "blocks" | "warns" | "-";

/** Each way to a version, in the order of the columns of `docs/operations/upgrade-prechecks.md`. */
export const ways = ["minor-in-place", "minor-blue-green", "major-in-place", "major-blue-green"] as const;
export type Way = (typeof ways)[number];

export interface UpgradeCheck {
  topic: InstanceTopic | DatabaseTopic;
  /** What is looked for, in the plural. */
  what: string;
  on: Record<Way, Effect>;
  /** What is in the way: undefined, if nothing is. `offered` has the extensions of the new version, if these are known. */
  says: (found: Found, offered?: readonly string[]) => string | undefined;
}

/** Of a check that says the same of one thing and of many: "it has 2 open doors (a, b): close them". */
const has = (one: string, many: string, advice: string) => (found: Found) =>
  found.count === 0 ? undefined : `it has ${listed(found, one, many)}: ${advice}`;

const listed = ({ count, names }: Found, one: string, many: string): string => {
  const shown = names.slice(0, namesShownMax).join("; ");
  const more = count > namesShownMax ? `; and ${count - namesShownMax} more` : "";
  return `${count} ${count === 1 ? one : many}${shown === "" ? "" : ` (${shown}${more})`}`;
};

export const on = (...effects: [Effect, Effect, Effect, Effect]) =>
  Object.fromEntries(ways.map((way, at) => [way, effects[at]])) as Record<Way, Effect>;

/** Of these extensions, what one does. */
const hasOneOf =
  (wanted: readonly string[], advice: string) =>
  ({ names }: Found) => {
    const found = names.filter((name) => wanted.includes(extensionOf(name)));
    return has("extension", "extensions", advice)({ count: found.length, names: found });
  };

/** "pg_cron in app" → "pg_cron". */
const extensionOf = (name: string): string => name.split(" in ")[0] ?? "";

export const upgradeChecks: readonly UpgradeCheck[] = [
  {
    topic: "prepared",
    what: "prepared transactions",
    on: on("warns", "warns", "blocks", "blocks"),
    says: has(
      "prepared transaction",
      "prepared transactions",
      "commit or roll back each of them, with its application stopped from preparing more",
    ),
  },
  {
    topic: "longTransactions",
    what: "transactions of more than five minutes",
    on: on("warns", "warns", "warns", "warns"),
    says: has(
      "transaction that has been open for more than five minutes",
      "transactions that have been open for more than five minutes",
      "let them end first, since a restart breaks them off and a switchover waits for them",
    ),
  },
  {
    topic: "logicalSlots",
    what: "logical replication slots",
    on: on("-", "blocks", "blocks", "blocks"),
    says: has(
      "logical replication slot",
      "logical replication slots",
      "stop what reads from them, drop them, and create them again afterwards",
    ),
  },
  {
    topic: "publications",
    what: "publications",
    on: on("-", "blocks", "-", "blocks"),
    says: has(
      "publication",
      "publications",
      "RDS makes no green instance of a database that publishes, so drop them, or upgrade in place",
    ),
  },
  {
    topic: "subscriptions",
    what: "subscriptions",
    on: on("-", "blocks", "warns", "blocks"),
    says: has("subscription", "subscriptions", "drop them before, and set them up again afterwards"),
  },
  {
    topic: "inactiveSlots",
    what: "replication slots that nothing reads",
    on: on("warns", "warns", "warns", "warns"),
    says: has(
      "replication slot that nothing reads",
      "replication slots that nothing reads",
      "drop what is left over, since it keeps WAL until the storage is full",
    ),
  },
  {
    topic: "standbysBehind",
    what: "standbys that do not follow",
    on: on("warns", "warns", "warns", "warns"),
    says: has("standby that does not follow", "standbys that do not follow", "wait until they have caught up"),
  },
  {
    topic: "wraparound",
    what: "databases whose transaction ids run out",
    on: on("warns", "warns", "blocks", "blocks"),
    says: has(
      "database whose transaction ids are running out",
      "databases whose transaction ids are running out",
      "run VACUUM (FREEZE) there first, and find out what keeps autovacuum from doing so",
    ),
  },
  {
    topic: "closedDatabases",
    what: "databases that allow no connection",
    on: on("warns", "warns", "blocks", "blocks"),
    says: has(
      "database that allows no connection",
      "databases that allow no connection",
      "drop what an interrupted DROP DATABASE has left, and allow connections to the others",
    ),
  },
  {
    topic: "waitingParameters",
    what: "parameters that wait for a restart",
    on: on("warns", "warns", "warns", "warns"),
    says: has(
      "parameter that waits for a restart",
      "parameters that wait for a restart",
      "the restart of the upgrade applies them, so restart before if their effect should be seen alone",
    ),
  },
  {
    topic: "checksumFailures",
    what: "checksum failures",
    on: on("warns", "warns", "blocks", "blocks"),
    says: has(
      "database with pages whose checksums failed",
      "databases with pages whose checksums failed",
      "find out what is damaged and restore that first, since an upgrade takes the damage along",
    ),
  },
  {
    topic: "databaseCollations",
    what: "databases with another collation version",
    on: on("warns", "warns", "warns", "warns"),
    says: has(
      "database that was made with another version of its collation",
      "databases that were made with another version of their collation",
      "REINDEX what sorts text, then ALTER DATABASE … REFRESH COLLATION VERSION",
    ),
  },
  {
    topic: "collations",
    what: "collations of another version",
    on: on("warns", "warns", "warns", "warns"),
    says: has(
      "collation that was made with another version",
      "collations that were made with another version",
      "REINDEX what uses them, then ALTER COLLATION … REFRESH VERSION",
    ),
  },
  {
    topic: "invalidIndexes",
    what: "invalid indexes",
    on: on("warns", "warns", "warns", "warns"),
    says: has(
      "invalid index",
      "invalid indexes",
      "REINDEX or drop them, or wait for what builds them, which a restart breaks off",
    ),
  },
  {
    topic: "extensions",
    what: "extensions that the new version lacks",
    on: on("-", "-", "blocks", "blocks"),
    says: ({ names }, offered) => {
      const gone = offered === undefined ? [] : names.filter((name) => !offered.includes(extensionOf(name)));
      const advice = "drop them, or choose a version that has them";
      return has(
        "extension that the new version lacks",
        "extensions that the new version lacks",
        advice,
      )({
        count: gone.length,
        names: gone,
      });
    },
  },
  {
    topic: "extensions",
    what: "the extensions pglogical and pgactive",
    on: on("-", "-", "-", "blocks"),
    says: hasOneOf(["pglogical", "pgactive"], "drop them, since they replicate on their own while RDS does"),
  },
  {
    topic: "extensions",
    what: "the extensions pg_partman and pg_cron",
    on: on("-", "-", "-", "warns"),
    says: hasOneOf(
      ["pg_partman", "pg_cron"],
      "switch their schedules off until after the switchover, since new partitions do not reach the new instance, and schedules would run on both",
    ),
  },
  {
    topic: "extensionsBehind",
    what: "extensions that are behind the server",
    on: on("-", "-", "warns", "warns"),
    says: has(
      "extension that is older than what the server has",
      "extensions that are older than what the server has",
      "ALTER EXTENSION … UPDATE before, since the new version may not load what is old",
    ),
  },
  {
    topic: "removedTypes",
    what: "columns of types that pg_upgrade refuses",
    on: on("-", "-", "blocks", "blocks"),
    says: has(
      "column of a type whose values mean something else in the next major",
      "columns of types whose values mean something else in the next major",
      "change them to text, or drop them",
    ),
  },
  {
    topic: "systemViews",
    what: "views over PostgreSQL's statistics views",
    on: on("-", "-", "blocks", "blocks"),
    says: has(
      "view over PostgreSQL's own statistics views",
      "views over PostgreSQL's own statistics views",
      "drop them and create them again afterwards, since statistics views lose columns with a major",
    ),
  },
  {
    topic: "keyless",
    what: "tables without a key to replicate by",
    on: on("-", "-", "-", "blocks"),
    says: has(
      "table without a key to replicate by",
      "tables without a key to replicate by",
      "add a primary key, or ALTER TABLE … REPLICA IDENTITY FULL, since updates and deletes would fail",
    ),
  },
  {
    topic: "largeObjects",
    what: "large objects",
    on: on("-", "-", "-", "blocks"),
    says: has(
      "large object",
      "large objects",
      "logical replication does not carry them, so move them into a bytea column, or upgrade in place",
    ),
  },
  {
    topic: "largeObjects",
    what: "more than a million large objects",
    on: on("-", "-", "warns", "-"),
    says: (found) =>
      found.count <= largeObjectsMax
        ? undefined
        : has(
            "large object",
            "large objects",
            "choose a class with more memory for the upgrade, or remove those that nothing refers to (vacuumlo)",
          )(found),
  },
  {
    topic: "unlogged",
    what: "unlogged tables",
    on: on("-", "warns", "-", "warns"),
    says: has("unlogged table", "unlogged tables", "they are empty after the switchover, so fill them again"),
  },
  {
    topic: "materializedViews",
    what: "materialized views",
    on: on("-", "-", "-", "warns"),
    says: has(
      "materialized view",
      "materialized views",
      "REFRESH MATERIALIZED VIEW after the switchover, since replication does not refresh them",
    ),
  },
];
