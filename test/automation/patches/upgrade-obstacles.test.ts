import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsChecks } from "../../../automation/patches/settings-checks";
import { upgradeChecks, ways, type Way } from "../../../automation/patches/upgrade-checks";
import type {
  DatabaseTopic,
  Found,
  InstanceTopic,
  Unread,
  UpgradeFacts,
} from "../../../automation/patches/upgrade-facts";
import { database, databaseTopics, instanceTopics, settings, well } from "./clear-server";
import { upgradeObstacles, type UpgradeWay } from "../../../automation/patches/upgrade-obstacles";

const asked = (way: Way): UpgradeWay => ({
  method: way.endsWith("in-place") ? "in-place" : "blue-green",
  isMajor: way.startsWith("major"),
});
const judged = (facts: UpgradeFacts, way: Way, extensionsOffered?: string[]) =>
  upgradeObstacles(facts, { ...asked(way), ...(extensionsOffered && { extensionsOffered }) });
/** With this on the instance, or in its database `app`. */
const planted = (topic: InstanceTopic | DatabaseTopic, looked: Found | Unread): UpgradeFacts =>
  topic in well.instance
    ? { ...well, instance: { ...well.instance, [topic]: looked } }
    : { ...well, databases: [database("app", { [topic]: looked }), database("postgres")] };
const two: Found = { count: 2, names: ["one", "other"] };

const [BLOCKS, WARNS, NOTHING] = ["blocks", "warns", "-"] as const;

/** What each thing does to a minor in place and by blue/green, and to a major in place and by blue/green. */
const effects: [InstanceTopic | DatabaseTopic, Found, RegExp, string[]][] = [
  ["prepared", two, /2 prepared transactions \(one; other\): commit or roll back/, [WARNS, WARNS, BLOCKS, BLOCKS]],
  ["longTransactions", two, /2 transactions that .* five minutes/, [WARNS, WARNS, WARNS, WARNS]],
  ["logicalSlots", two, /2 logical replication slots/, [NOTHING, BLOCKS, BLOCKS, BLOCKS]],
  ["publications", two, /2 publications \(one in app; other in app\)/, [NOTHING, BLOCKS, NOTHING, BLOCKS]],
  ["subscriptions", two, /2 subscriptions/, [NOTHING, BLOCKS, WARNS, BLOCKS]],
  ["inactiveSlots", two, /2 replication slots that nothing reads/, [WARNS, WARNS, WARNS, WARNS]],
  ["standbysBehind", two, /2 standbys that do not follow/, [WARNS, WARNS, WARNS, WARNS]],
  ["wraparound", two, /VACUUM \(FREEZE\)/, [WARNS, WARNS, BLOCKS, BLOCKS]],
  ["closedDatabases", two, /2 databases that allow no connection/, [WARNS, WARNS, BLOCKS, BLOCKS]],
  ["waitingParameters", two, /2 parameters that wait for a restart/, [WARNS, WARNS, WARNS, WARNS]],
  ["checksumFailures", two, /2 databases with pages whose checksums failed/, [WARNS, WARNS, BLOCKS, BLOCKS]],
  ["databaseCollations", two, /ALTER DATABASE … REFRESH COLLATION VERSION/, [WARNS, WARNS, WARNS, WARNS]],
  ["collations", two, /ALTER COLLATION … REFRESH VERSION/, [WARNS, WARNS, WARNS, WARNS]],
  ["invalidIndexes", two, /2 invalid indexes \(one in app; other in app\)/, [WARNS, WARNS, WARNS, WARNS]],
  ["extensionsBehind", two, /ALTER EXTENSION … UPDATE/, [NOTHING, NOTHING, WARNS, WARNS]],
  ["removedTypes", two, /2 columns of types whose values/, [NOTHING, NOTHING, BLOCKS, BLOCKS]],
  ["systemViews", two, /2 views over PostgreSQL's own statistics views/, [NOTHING, NOTHING, BLOCKS, BLOCKS]],
  ["keyless", two, /REPLICA IDENTITY FULL/, [NOTHING, NOTHING, NOTHING, BLOCKS]],
  ["unlogged", two, /2 unlogged tables/, [NOTHING, WARNS, NOTHING, WARNS]],
  ["materializedViews", two, /REFRESH MATERIALIZED VIEW/, [NOTHING, NOTHING, NOTHING, WARNS]],
  ["largeObjects", { count: 3, names: [] }, /it has 3 large objects: /, [NOTHING, NOTHING, NOTHING, BLOCKS]],
  ["largeObjects", { count: 1_000_001, names: [] }, /1000001 large objects/, [NOTHING, NOTHING, WARNS, BLOCKS]],
  ["extensions", { count: 1, names: ["pglogical"] }, /pglogical in app/, [NOTHING, NOTHING, NOTHING, BLOCKS]],
  [
    "extensions",
    { count: 1, names: ["pg_cron"] },
    /1 extension \(pg_cron in app\)/,
    [NOTHING, NOTHING, NOTHING, WARNS],
  ],
];

test.each(ways)("a server with nothing of it has no obstacles, and is warned of none: %s", (way) => {
  expect(judged(well, way)).toEqual({ blocks: [], warns: [] });
  expect(judged(planted("extensions", { count: 1, names: ["pg_trgm"] }), way, ["pg_trgm"])).toEqual({
    blocks: [],
    warns: [],
  });
});

test.each(effects)("%s leads to its own phrase, and to no other", (topic, found, phrase, expected) => {
  for (const [at, way] of ways.entries()) {
    const { blocks, warns } = judged(planted(topic, found), way);
    const [wantsBlock, wantsWarn] = [expected[at] === BLOCKS, expected[at] === WARNS];
    expect([way, blocks]).toEqual([way, wantsBlock ? [expect.stringMatching(phrase)] : []]);
    expect([way, warns]).toEqual([way, wantsWarn ? [expect.stringMatching(phrase)] : []]);
  }
});

test("each topic that is read is judged, and no other", () => {
  expect([...new Set(upgradeChecks.map(({ topic }) => topic))].sort()).toEqual(
    [...instanceTopics, ...databaseTopics].sort(),
  );
  expect([...new Set(effects.map(([topic]) => topic))].sort()).toEqual([...instanceTopics, ...databaseTopics].sort());
});

test.each([
  ["no logical replication", { logicalReplication: false }, "blocks", /rds\.logical_replication to 1/],
  ["too few slots", { slots: { max: 7, used: 2 } }, "blocks", /max_replication_slots is 7.* more than 7/],
  ["too few senders", { senders: { max: 5, used: 0 } }, "blocks", /max_wal_senders is 5.* more than 5/],
  ["too few workers", { logicalWorkersMax: 4 }, "warns", /max_logical_replication_workers is 4.* of 5 databases/],
] as const)("%s is in the way of a major by blue/green alone", (_, more, effect, phrase) => {
  const facts = { ...well, settings: { ...settings, ...more } };
  for (const way of ways) {
    const expected = {
      blocks: [],
      warns: [],
      ...(way === "major-blue-green" && { [effect]: [expect.stringMatching(phrase)] }),
    };
    expect([way, judged(facts, way)]).toEqual([way, expected]);
  }
});

test("an extension that the new major lacks blocks it, and a minor not", () => {
  const facts = planted("extensions", { count: 2, names: ["plrust", "pg_trgm"] });
  const lacks = [expect.stringMatching(/1 extension that the new version lacks \(plrust in app\)/)];
  expect(judged(facts, "major-in-place", ["pg_trgm"]).blocks).toEqual(lacks);
  expect(judged(facts, "major-blue-green", ["pg_trgm"]).blocks).toEqual(lacks);
  expect(judged(facts, "minor-blue-green", ["pg_trgm"]).blocks).toEqual([]);
});

test("what is in several databases is counted together, and of many names some are said", () => {
  const names = Array.from({ length: 20 }, (_, at) => `shop.t${at}`);
  const databases = [database("app", { keyless: { count: 30, names } }), database("old", { keyless: two })];
  const [phrase] = judged({ ...well, databases }, "major-blue-green").blocks;
  expect(phrase).toContain("32 tables without a key to replicate by (shop.t0 in app; shop.t1 in app;");
  expect(phrase).toContain("shop.t4 in app; and 27 more)");
});

/** Of all checks on that topic. */
const strictest = (topic: string, way: Way) => {
  const all: string[] = upgradeChecks.filter((one) => one.topic === topic).map(({ on }) => on[way]);
  return all.includes(BLOCKS) ? BLOCKS : all.includes(WARNS) ? WARNS : NOTHING;
};

test.each([...instanceTopics, ...databaseTopics])(
  "%s that could not be read has the effect of what it could have found, and says the reason",
  (topic) => {
    for (const way of ways) {
      const { blocks, warns } = judged(planted(topic, { unread: "permission denied" }), way);
      const effect = strictest(topic, way);
      const said = [expect.stringMatching(/it is not known whether it has .*permission denied/)];
      expect([way, blocks]).toEqual([way, effect === BLOCKS ? said : []]);
      expect([way, warns]).toEqual([way, effect === WARNS ? said : []]);
    }
  },
);

test("settings that could not be read block what depends on them", () => {
  const facts = { ...well, settings: { unread: "it timed out" } };
  expect(settingsChecks.every(({ on }) => on["minor-blue-green"] === NOTHING)).toBe(true);
  expect(judged(facts, "minor-blue-green")).toEqual({ blocks: [], warns: [] });
  expect(judged(facts, "major-blue-green").blocks).toEqual([expect.stringContaining("it timed out")]);
});

test("a database that nobody could look into blocks all but a minor in place, which it warns of", () => {
  const facts = { ...well, notLookedInto: [{ name: "old", reason: "permission denied" }] };
  const said = [expect.stringMatching(/not all of its databases .*old: permission denied.*grant CONNECT/)];
  expect(judged(facts, "minor-in-place")).toEqual({ blocks: [], warns: said });
  for (const way of ways.slice(1)) expect([way, judged(facts, way)]).toEqual([way, { blocks: said, warns: [] }]);
});

test("the page has a row for each of them, with its effects", () => {
  const page = readFileSync(join(__dirname, "../../../docs/operations/upgrade-prechecks.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| looked for"));
  const expected = [...upgradeChecks, ...settingsChecks].map(({ what, on }) =>
    ["", what, ...ways.map((way) => on[way]), ""].join(" | ").trim(),
  );
  expect(rows).toEqual(expected);
});
