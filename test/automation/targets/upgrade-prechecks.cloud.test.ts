// What is looked for before an upgrade, planted on real servers, and read by a role that is in pg_monitor and no more.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Found, UpgradeFacts } from "../../../automation/patches/upgrade-facts";
import { upgradeObstacles } from "../../../automation/patches/upgrade-obstacles";
import { readUpgradeFacts, upgradeFactsOf } from "../../../automation/targets/upgrade-prechecks";
import { instanceQueries } from "../../../automation/targets/upgrade-queries";
import { administratorConfig } from "../../../localcloud/postgres/administrator";
import { until } from "../../until";
import { FleetDatabase } from "./fleet-database";

const found = (...names: string[]): Found => ({ count: names.length, names });
const like = (...patterns: RegExp[]): Found =>
  found(...patterns.map((pattern) => expect.stringMatching(pattern) as string));

/** Each has a neighbour that is well. */
const trouble = `
create schema shop;
create table shop.sound (id int primary key, note text);
create table shop.keyless (id int); create table shop."Deferred" (id int primary key deferrable);
create table shop.nothing (id int primary key); alter table shop.nothing replica identity nothing;
create table shop.whole (id int); alter table shop.whole replica identity full;
create table shop.indexed (id int not null unique); alter table shop.indexed replica identity using index indexed_id_key;
create table shop.parts (id int, day date) partition by range (day);
create table shop.part partition of shop.parts for values from ('2020-01-01') to ('2021-01-01');
create unlogged table shop.passing (id int primary key);
create materialized view shop.summary as select 1 as one; create materialized view shop.never as select 1 as one with no data;
create domain shop.call as regproc; create type shop.pair as (a int, b shop.call);
create table shop.calls (id int primary key, direct regprocedure, listed shop.call[], inside shop.pair, ofcatalog pg_class,
  kept regclass, who regrole, acl aclitem);
create view shop.sessions as select pid from pg_stat_activity; create view shop.items as select id from shop.sound;
create publication changes for table shop.sound; alter publication changes owner to boss;
create publication of_rds for table shop.whole;
select lo_create(0), lo_create(0);
create collation shop.german (provider = icu, locale = 'de-DE');
update pg_collation set collversion = '1.2.3' where collname = 'german';
create extension pg_trgm version '1.5' schema shop;
create database closed; revoke connect on database closed from public;
create database broken; update pg_database set datconnlimit = -2 where datname = 'broken';
create subscription follows connection 'host=127.0.0.1' publication other with (connect = false);
alter subscription follows owner to boss;
select pg_create_logical_replication_slot('reader', 'pgoutput'), pg_create_physical_replication_slot('left_over', true);
create table shop.damaged as select 1 as id; alter table shop.damaged add primary key (id)`;

const lacks = { unread: expect.stringMatching(/no member of pg_read_all_/) as string };

describe.each(["16.14", "17.10"])("on PostgreSQL %s", (version) => {
  let database: FleetDatabase;
  const read = (user = "watcher") =>
    upgradeFactsOf(database.login(user), { rootCertificateFile: database.rootCertificateFile });
  const topicsOf = (facts: UpgradeFacts, name = "app") => facts.databases.find((one) => one.name === name)!.topics;

  beforeAll(async () => {
    database = await FleetDatabase.start(version, { "rds.logical_replication": "1", max_prepared_transactions: "5" });
    await database.addLogin("watcher");
    await database.addLogin("plain");
    await database.admin("grant pg_monitor to watcher");
  });
  afterAll(() => database?.stop());

  test("nothing is in the way of a new server, and everything of it could be read", async () => {
    const facts = await read();
    expect(facts.databases.map(({ name }) => name)).toEqual(["app", "postgres", "template1"]);
    expect(JSON.stringify(facts)).not.toContain("unread");
    for (const method of ["in-place", "blue-green"] as const)
      for (const isMajor of [false, true])
        expect(upgradeObstacles(facts, { method, isMajor })).toEqual({
          blocks: [],
          warns: method === "blue-green" && isMajor ? [expect.stringContaining("max_logical_replication_workers")] : [],
        });
  });

  test("a role that may do less than that says what it could not read", async () => {
    const { instance, databases, notLookedInto } = await read("plain");
    expect(instance).toMatchObject({ longTransactions: lacks, standbysBehind: lacks, waitingParameters: lacks });
    expect([databases.length, notLookedInto]).toEqual([3, []]);
  });

  test("what a server refuses is not taken for nothing found", async () => {
    await database.admin("revoke select on pg_catalog.pg_publication from public");
    try {
      const refused = { unread: "permission denied for table pg_publication" };
      const facts = await read();
      expect(facts.databases.map(({ topics }) => topics.publications)).toContainEqual(refused);
      const { blocks } = upgradeObstacles(facts, { method: "blue-green", isMajor: false });
      expect(blocks).toEqual([expect.stringContaining(`whether it has publications (app: ${refused.unread})`)]);
    } finally {
      await database.admin("grant select on pg_catalog.pg_publication to public");
    }
  });

  test("a session alone looks into its own database, and says so of the others", async () => {
    const { databases, notLookedInto } = await database.within(readUpgradeFacts, "watcher");
    expect(databases.map(({ name }) => name)).toEqual(["app"]);
    expect(notLookedInto.map(({ name }) => name)).toEqual(["postgres", "template1"]);
  });

  test("what is planted is found, and nothing besides", async () => {
    for (const statement of trouble.split(";")) await database.admin(statement);
    await database.admin("insert into shop.keyless values (1), (1)");
    await database.admin("create unique index concurrently doubled on shop.keyless (id)").catch(() => undefined);
    await damagePage("shop.damaged");
    for (const statement of ["alter system set max_connections = 77", "select pg_reload_conf()"])
      await database.admin(statement);
    const admin = await database.adminSession();
    await admin.query("begin; insert into shop.sound values (1); prepare transaction 'forgotten'");
    await admin.query("begin; select pg_current_xact_id()");
    const reader = await follow();
    const shorter = jest.replaceProperty(instanceQueries.longTransactions, "parameters", [0.1]);
    try {
      const facts = await until("the transaction is long, and the reader follows", async () => {
        const { instance } = await read();
        const counts = [instance.longTransactions, instance.standbysBehind, instance.waitingParameters];
        return counts.every((one) => "count" in one && one.count > 0) ? read() : undefined;
      });
      expect(facts.instance).toEqual({
        logicalSlots: found("reader in app"),
        inactiveSlots: like(/^left_over, keeps .*(MB|kB|bytes) of WAL$/),
        standbysBehind: like(/^reader, /),
        subscriptions: found("follows in app"),
        prepared: found("forgotten of rdsadmin in app"),
        longTransactions: like(/^process \d+ of rdsadmin, idle in transaction$/),
        wraparound: found(),
        closedDatabases: found("broken"),
        waitingParameters: found("max_connections"),
        checksumFailures: like(/^app, [1-9]/),
        databaseCollations: found(),
      });
      expect(topicsOf(facts)).toEqual({
        publications: found("changes"),
        keyless: found('shop."Deferred"', "shop.keyless", "shop.nothing", "shop.part"),
        unlogged: found("shop.passing"),
        materializedViews: found("shop.summary"),
        largeObjects: { count: 2, names: [] },
        removedTypes: found(
          "shop.calls.direct, regprocedure",
          "shop.calls.inside, shop.pair",
          "shop.calls.listed, shop.call[]",
          "shop.calls.ofcatalog, pg_class",
        ),
        systemViews: found("shop.sessions over pg_stat_activity"),
        invalidIndexes: found("shop.doubled"),
        collations: like(/^german, 1\.2\.3 and now \d/),
        extensions: found("pg_trgm"),
        extensionsBehind: found("pg_trgm 1.5, the server has 1.6"),
      });
      expect(facts.notLookedInto).toEqual([
        { name: "closed", reason: expect.stringContaining('permission denied for database "closed"') as string },
      ]);
      expect(JSON.stringify(topicsOf(facts, "postgres"))).not.toMatch(/"count":[1-9]/);
      const { blocks, warns } = upgradeObstacles(facts, { method: "blue-green", isMajor: true });
      expect([blocks.length, warns.length]).toEqual([11, 10]);
    } finally {
      shorter.restore();
      reader.end().catch(() => undefined);
      await admin.end();
    }
  });

  test("what the cloud itself would mend is found in the transaction that plants it", async () => {
    const admin = await database.adminSession();
    try {
      await admin.query(`begin; update pg_database set datcollversion = '1.2.3' where datname = 'app'`);
      await admin.query(`update pg_database set datfrozenxid = (4294967296 - 1300000000 + pg_current_xact_id()::text::int8)::text::xid
        where datname = 'postgres'`);
      const { instance } = await readUpgradeFacts(admin);
      expect(instance.wraparound).toEqual(found("postgres"));
      expect(instance.databaseCollations).toEqual(like(/^app, 1\.2\.3 and now /));
    } finally {
      await admin.query("rollback");
      await admin.end();
    }
  });

  /** The first page of a table, on disk; then it is read. */
  async function damagePage(table: string): Promise<void> {
    const [row] = await database.server.query("select pg_relation_filepath($1::regclass) as path", [table], "app");
    await database.server.stop("fast");
    const file = openSync(join(database.server.dataFolder, String(row?.path)), "r+");
    writeSync(file, Buffer.alloc(64, 7), 0, 64, 4096);
    closeSync(file);
    await database.server.start();
    await expect(database.admin(`select * from ${table}`)).rejects.toThrow(/invalid page/);
  }

  /** A client that reads changes and never confirms any. */
  async function follow(): Promise<Client> {
    const { options = "", ...rest } = administratorConfig(database.server, "app");
    const config = {
      ...rest,
      // It would be sent away for its silence.
      options: `${options} -c wal_sender_timeout=0`,
      ...{ replication: "database", application_name: "reader" },
    };
    const client = new Client(config as object);
    client.on("error", () => undefined);
    await client.connect();
    const start = `START_REPLICATION SLOT reader LOGICAL 0/0 (proto_version '1', publication_names 'changes')`;
    client.query(start).catch(() => undefined);
    return client;
  }
});
