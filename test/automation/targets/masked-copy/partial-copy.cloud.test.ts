// Copies of a part of a database: what is in them, and what the validation and the search for leaks say of them.
import { inspect } from "node:util";
import fc from "fast-check";
import { keysOf, planSubset, type SubsetBasis } from "../../../../automation/masking/subset";
import { inControlSession } from "../../../../automation/targets/control-session";
import { copyDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import { validateCopy } from "../../../../automation/targets/masked-copy/copy-validation";
import { searchForLeaks } from "../../../../automation/targets/masked-copy/leak-search";
import {
  chooseRows,
  chosenFrom,
  dropSubset,
  type SubsetOrder,
} from "../../../../automation/targets/masked-copy/subset-rows";
import { readSchemaFacts } from "../../../../automation/targets/schema-facts";
import { keep, profileOf } from "../../masking/schemas";
import { constant, masksOf, TwoServers, packageFolder } from "./two-servers";

let servers: TwoServers;
beforeAll(async () => {
  servers = await TwoServers.start();
});
afterAll(() => servers?.stop());

test("rows of some tables: the others are empty, and the search finds what a kept column has of them", () =>
  servers.withDatabases(
    `create schema app authorization owner; set role owner;
     create table app.customer (id int primary key, name text); insert into app.customer select i, 'Zebulon Quagmire ' || i from generate_series(1, 50) i;
     create table app.note (id int primary key, text text); insert into app.note select i, 'for Zebulon Quagmire ' || i || ' only' from generate_series(1, 5) i`,
    async (database) => {
      const names = { "app.customer": ["id", "name"], "app.note": ["id", "text"] };
      const all = masksOf({ "app.customer": [constant("app.customer", "name", 1, "a customer")] }, names);
      const masks = { ...all, tables: { "app.note": all.tables["app.note"]! }, empty: ["app.customer"] };
      const asked = await servers.request(masks, database);
      const { found, left = [], tables: copied } = await copyDatabase(asked);
      const { rootCertificateFile } = servers;
      const validation = () =>
        inControlSession(asked.source, { rootCertificateFile }, (one) =>
          inControlSession(asked.target, { rootCertificateFile }, (other) => validateCopy(one, other, found, { left })),
        );
      expect(await validation()).toMatchObject({ tables: 1, leftEmpty: 1, rows: 5, differingCounts: [], missing: [] });
      const search = { tables: found, left, masks: all, copied, rootCertificateFile, packageFolder, threads: 2 };
      const { hits, leftOut } = await searchForLeaks(asked.source, asked.target, search);
      expect({ hits, leftOut }).toEqual({
        hits: [
          { place: "app.note.text", column: "app.customer.name", arm: "value", count: 5 },
          { place: "statistics of app.note.text", column: "app.customer.name", arm: "definition", count: 5 },
        ],
        leftOut: [],
      });
      await servers.target.server.query("insert into app.customer values (1, 'x')", [], database);
      expect(await validation()).toMatchObject({ differingCounts: [{ table: "app.customer", source: 0, copy: 1 }] });
    },
  ));

/** A cycle, a self-reference, composite keys, partitions, nullable keys, a lookup table, a key of the profile. */
const shop = `
create schema app authorization owner; set role owner; set search_path = app;
create table country (code text primary key, name text); insert into country select 'C' || i, 'country ' || i from generate_series(1, 20) i;
create table customer (id int primary key, email text not null, country text references country, referred_by int references customer, main_address int);
create table address (id int primary key, customer int not null references customer, street text);
alter table customer add foreign key (main_address) references address;
create table product (id int primary key, vendor int references customer);
create table orders (id int, at date not null, customer int not null references customer, primary key (id, at)) partition by range (at);
create table orders_1 partition of orders for values from ('2025-01-01') to ('2026-01-01');
create table "orders 2" partition of orders for values from ('2026-01-01') to ('2027-01-01');
create table item (orders int not null, at date not null, line int, product int references product, primary key (orders, at, line), foreign key (orders, at) references orders);
create table note (kind text, about int, text text); create table log (line text); create view all_items as select * from item;
insert into log values ('x');
insert into customer select i, 'c' || i || '@example.com', 'C' || (1 + i % 10), nullif(i / 10, 0), null from generate_series(1, 200) i;
insert into address select i, 1 + i % 200, 'street ' || i from generate_series(1, 400) i; update customer set main_address = 1 + id % 399;
insert into product select i, 1 + i % 20 from generate_series(1, 50) i;
insert into orders select i, date '2025-06-01' + i % 400, 1 + i % 200 from generate_series(1, 1000) i;
insert into item select id, at, l, 1 + (id + l) % 50 from orders, generate_series(1, 3) l;
insert into note select case when i % 2 = 0 then 'customer' else 'order' end, i, 'note ' || i from generate_series(1, 400) i; analyze`;

async function basisOf(database: string): Promise<SubsetBasis> {
  const login = servers.source.login("boss", database);
  const facts = await inControlSession(login, { rootCertificateFile: servers.rootCertificateFile }, readSchemaFacts);
  const columns = (name: string) =>
    Object.fromEntries(facts.tables.find((one) => one.name === name)!.columns.map((one) => [one.name, keep]));
  const profile = profileOf(Object.fromEntries(facts.tables.map(({ name }) => [name, columns(name)])));
  return { facts, profile };
}

function orderOf(basis: SubsetBasis, root: string, where: string, more: Partial<SubsetOrder> = {}): SubsetOrder {
  const subset = { version: 1 as const, source: "orders", root, where, rowsMax: 10_000 };
  const { down, whole, rowsMax } = planSubset(subset, { name: "one", digest: "d" }, basis);
  return { schema: "shipshape_subset_1", keys: keysOf(basis), ...{ root, where, down, whole, rowsMax }, ...more };
}

async function stagingOf(database: string) {
  const {
    source: reader,
    sourceMaster: master,
    rootCertificateFile,
  } = await servers.request(masksOf({}, {}), database);
  return { reader, master, rootCertificateFile };
}

test("a subset has the rows that its condition and keys choose, whole lookup tables and no broken key; counts and the search go by what was chosen", () =>
  servers.withDatabases(shop, async (database) => {
    const basis = await basisOf(database);
    basis.profile.tables["app.country"]!.whole = true;
    basis.profile.virtualKeys.push({
      ...{ columns: ["app.note.about"], references: ["app.customer.id"], reason: "a test" },
      when: { column: "app.note.kind", equals: "customer" },
    });
    const down = ["app.orders(customer)", "app.item(orders, at)", "app.address(customer)", "app.note(about)"];
    const order = orderOf(basis, "app.customer", "id between 50 and 52", { down });
    const names = Object.fromEntries(
      basis.facts.tables
        .filter(({ kind, name }) => (kind === "table" || kind === "partition") && name !== "app.log")
        .map(({ name, columns }) => [name, columns.map((one) => one.name)]),
    );
    const masks = {
      ...masksOf({ "app.note": [constant("app.note", "text", 2, "masked")] }, names),
      empty: ["app.log"],
    };
    const asked = await servers.request(masks, database);
    const { found, left, chosen, tables: copied } = await copyDatabase({ ...asked, subset: order });
    const { rootCertificateFile } = servers;
    const valid = await inControlSession(asked.source, { rootCertificateFile }, (one) =>
      inControlSession(asked.target, { rootCertificateFile }, (other) =>
        validateCopy(one, other, found, { left, chosen }),
      ),
    );
    expect(valid).toMatchObject({ differingCounts: [], missing: [], unexpected: [], leftEmpty: 1 });
    expect(Object.values(chosen!.rows).reduce((sum, n) => sum + n, 0)).toBe(valid.rows);
    const copy = (sql: string) => servers.target.server.query(sql, [], database);
    expect(await copy("select count(*)::int as n from app.country")).toEqual([{ n: 20 }]);
    const orders = await copy("select id from app.orders order by id");
    const ofThose = Array.from({ length: 1000 }, (_, i) => i + 1).filter((id) => [50, 51, 52].includes(1 + (id % 200)));
    expect(orders).toEqual(ofThose.map((id) => ({ id })));
    expect(await copy("select count(*)::int as n from app.item")).toEqual([{ n: 3 * orders.length }]);
    expect(await copy("select about, text from app.note order by 1")).toEqual(
      [50, 52].map((about) => ({ about, text: "masked" })),
    );
    const search = { tables: found, left, masks, chosen, copied, rootCertificateFile, packageFolder, threads: 2 };
    expect((await searchForLeaks(asked.source, asked.target, search)).hits).toEqual([]);
    // A second attempt begins like the first, and the order of the keys makes no difference.
    await servers.target.store("drop database other with (force)");
    await servers.target.store("create database other owner boss");
    await inControlSession(asked.sourceMaster, { rootCertificateFile }, (client) => dropSubset(client, order.schema));
    const again = await copyDatabase({ ...asked, subset: { ...order, keys: [...order.keys].reverse() } });
    expect(again.chosen).toEqual(chosen);
    const indexes = "select relname from pg_class where relkind = 'i' and relname like 'shipshape%index%'";
    expect(await servers.source.server.query(indexes, [], database)).toEqual([]);
  }));

test("a subset that grows too large ends with the keys by which it grew", () =>
  servers.withDatabases(shop, async (database) => {
    const order = orderOf(await basisOf(database), "app.customer", "true", { rowsMax: 500 });
    await expect(chooseRows(await stagingOf(database), order)).rejects.toMatchObject({
      code: "subset-too-large",
      message: expect.stringMatching(/more than 500 rows of app\.\w+: .*app\.\w+\([^)]+\) down: \d+/) as string,
    });
  }));

/** In a condition, where a requester could have a value. */
const VALUE = "c77@example.com";
const refusedConditions: [string, RegExp][] = [
  [`email = '${VALUE}'); drop table app.log; --`, /SQLSTATE 42601/],
  [`email = '${VALUE}') with check (true`, /SQLSTATE/],
  [`true) union select tableoid, ctid from app.item where ('${VALUE}' <> ''`, /SQLSTATE 42601/],
  [`pg_sleep(1000) is null or email = '${VALUE}'`, /the function pg_sleep/],
  [`set_config('role', '${VALUE}', false) is null`, /the function set_config/],
  [`query_to_xml('select 1', true, true, '${VALUE}') is null`, /the function query_to_xml/],
  [`app.noted() or email = '${VALUE}'`, /the function app\.noted/],
  [`app.harmless('${VALUE}')`, /the function app\.harmless/],
  [`id operator(app.===) 1 or email = '${VALUE}'`, /the function app\.same/],
  [`random() < 0.5 and email <> '${VALUE}'`, /the function random/],
  [`exists (select from app.all_items) or email = '${VALUE}'`, /the relation app\.all_items/],
  [`email = '${VALUE}' and id = 'zq'`, /SQLSTATE 22P02/],
  [`1 / (id - 77) > 0 or email = '${VALUE}'`, /SQLSTATE 22012/],
  [`email::int > 0 and email <> '${VALUE}'`, /SQLSTATE 22P02/],
  [`max(id) > 1 and '${VALUE}' <> ''`, /SQLSTATE 42803/],
];
test("a condition that is not one harmless expression is refused, changes nothing, and is in no part of the error", () =>
  servers.withDatabases(
    `${shop}; create function app.harmless(text) returns bool language sql stable as 'select true';
     create function app.same(int, int) returns bool language sql immutable as 'select true'; create operator app.=== (function = app.same, leftarg = int, rightarg = int);
     create function app.noted() returns bool language plpgsql as $$ begin insert into app.log values ('called'); return true; end $$`,
    async (database) => {
      const [basis, staging] = [await basisOf(database), await stagingOf(database)];
      const choose = (where: string) =>
        chooseRows(staging, orderOf(basis, "app.customer", where)).catch((error: unknown) => error as Error);
      for (const [where, reason] of refusedConditions) {
        const error = await choose(where);
        expect([where, error]).toMatchObject([
          where,
          { code: "subset-condition-refused", message: expect.stringMatching(reason) as string },
        ]);
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/c77@|zq/);
      }
      expect(await servers.source.server.query("select line from app.log", [], database)).toEqual([{ line: "x" }]);
      const harmless = `email like 'c7_@%' and id in (select customer from app.orders where at > '2026-01-01') -- ${VALUE}`;
      expect(await choose(harmless)).toMatchObject({ rounds: expect.any(Number) as number });
    },
  ));

/** Tables with numbered rows; keys between any of them, one or two columns, nullable or not. */
interface RandomKey {
  from: number;
  to: number;
  isWide: boolean;
  isNullable: boolean;
  isFollowed: boolean;
  /** Row → the row that it refers to; 0 is none, where it may be. */
  picks: number[];
}
const rowsEach = 8;
const randomSchemas = fc.integer({ min: 1, max: 4 }).chain((tables) =>
  fc.record({
    tables: fc.constant(tables),
    seeds: fc.array(fc.integer({ min: 1, max: rowsEach }), { maxLength: 2 }),
    whole: fc.option(fc.integer({ min: 0, max: tables - 1 }), { freq: 3 }),
    keys: fc.array(
      fc.record({
        ...{ from: fc.integer({ min: 0, max: tables - 1 }), to: fc.integer({ min: 0, max: tables - 1 }) },
        ...{ isWide: fc.boolean(), isNullable: fc.boolean(), isFollowed: fc.boolean() },
        picks: fc.array(fc.integer({ min: 0, max: rowsEach }), { minLength: rowsEach, maxLength: rowsEach }),
      }),
      { maxLength: 6 },
    ),
  }),
);
const refersTo = ({ picks, isNullable }: RandomKey, row: number) => picks[row - 1] || (isNullable ? 0 : 1);
const columnsOf = ({ isWide }: RandomKey, at: number) => (isWide ? [`k${at}`, `w${at}`] : [`k${at}`]);

function schemaOf(tables: number, keys: readonly RandomKey[]): string {
  const numbers = Array.from({ length: tables }, (_, at) => at);
  const own = (table: number) => keys.map((key, at) => ({ key, at })).filter(({ key }) => key.from === table);
  return [
    "create schema app authorization owner; set role owner; set search_path = app",
    ...numbers.map(
      (table) =>
        `create table t${table} (id int primary key, other int, unique (id, other)${own(table)
          .flatMap(({ key, at }) => columnsOf(key, at))
          .map((name) => `, ${name} int`)
          .join("")})`,
    ),
    ...numbers.flatMap((table) =>
      Array.from({ length: rowsEach }, (_, i) => {
        const values = own(table).flatMap(({ key, at }) => {
          const to = refersTo(key, i + 1);
          return columnsOf(key, at).map((_one, part) => (to === 0 ? "null" : String(to + part * 100)));
        });
        return `insert into t${table} values (${[i + 1, i + 101, ...values].join(", ")})`;
      }),
    ),
    ...keys.map(
      (key, at) =>
        `alter table t${key.from} add foreign key (${columnsOf(key, at).join(", ")}) references t${key.to} (${key.isWide ? "id, other" : "id"})`,
    ),
  ].join(";\n");
}

/** By another way: rows that are reached, one after the other, without rounds. */
function reached(keys: readonly RandomKey[], seeds: readonly number[], whole: number | null): Set<string> {
  const found = new Map<string, boolean>();
  const visit = (table: number, row: number, isDown: boolean): void => {
    const name = `t${table}:${row}`;
    if (found.get(name) === true || (found.has(name) && !isDown)) return;
    found.set(name, isDown);
    for (const key of keys) {
      if (key.from === table && refersTo(key, row) !== 0) visit(key.to, refersTo(key, row), false);
      if (key.to !== table || !isDown || !key.isFollowed) continue;
      for (let child = 1; child <= rowsEach; child++) if (refersTo(key, child) === row) visit(key.from, child, true);
    }
  };
  for (const row of seeds) visit(0, row, true);
  if (whole !== null) for (let row = 1; row <= rowsEach; row++) visit(whole, row, false);
  return new Set(found.keys());
}

test("in any schema a subset has exactly the rows that are reached, so that no key is broken, whatever the order of its keys", () =>
  fc.assert(
    fc.asyncProperty(randomSchemas, async ({ tables, keys, seeds, whole }) =>
      servers.withDatabases(schemaOf(tables, keys), async (database) => {
        const basis = await basisOf(database);
        const all = keysOf(basis);
        const idOf = (key: RandomKey, at: number) => `app.t${key.from}(${columnsOf(key, at).join(", ")})`;
        const order: SubsetOrder = {
          ...{ schema: "shipshape_subset_1", root: "app.t0", where: `id in (0, ${[0, ...seeds].join(", ")})` },
          keys: all.toReversed(),
          down: keys.flatMap((key, at) => (key.isFollowed ? [idOf(key, at)] : [])),
          ...{ whole: whole === null ? [] : [`app.t${whole}`], rowsMax: 1000 },
        };
        const staging = await stagingOf(database);
        const chosen = async (one: SubsetOrder) => {
          await chooseRows(staging, one);
          const rows = await Promise.all(
            Array.from({ length: tables }, async (_, table) => {
              const sql = `select 't${table}:' || t.id as row from ${chosenFrom(`app.t${table}`, one)}`;
              return (await servers.source.server.query(sql, [], database)).map(({ row }) => row as string);
            }),
          );
          return rows.flat().sort();
        };
        const found = await chosen(order);
        expect(found).toEqual([...reached(keys, seeds, whole)].sort());
        expect(await chosen({ ...order, keys: all })).toEqual(found);
      }),
    ),
    { numRuns: 12 },
  ));

const ownSource = (mask: string) => `exports.one = { name: "backwards", title: "a test", uniqueness: "injective",
  parameters: require("shipshape/masking").z.strictObject({}), fits: () => undefined, charactersMax: () => 40, mask: (value) => ${mask} }`;
test("threads mask by a team's own transformer, and what it throws there is in no part of the copy's error", () =>
  servers.withDatabases(
    `create schema app authorization owner; set role owner; create table app.card (id int, number text);
     insert into app.card select i, 'card ${VALUE} ' || i from generate_series(1, 20000) i`,
    async (database) => {
      const rule = constant("app.card", "number", 1, "");
      rule.mask = { ...rule.mask, use: "backwards", with: {} };
      const copyBy = async (mask: string) => {
        const own = [{ name: "backwards", source: "", compiled: ownSource(mask) }];
        const masks = { ...masksOf({ "app.card": [rule] }, { "app.card": ["id", "number"] }), own };
        return copyDatabase(await servers.request(masks, database));
      };
      const error = await copyBy("{ throw new TypeError(value) }").catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({
        code: "masking-value-unfit",
        message: expect.stringMatching(/^app\.card\.number .* backwards threw TypeError/) as string,
      });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("c77@");
      await servers.target.store("drop database other with (force)");
      await servers.target.store("create database other owner boss");
      expect(await copyBy('value.split("").reverse().join("")')).toMatchObject({
        tables: { "app.card": { rows: 20_000, unchanged: { number: 0 } } },
      });
      const found = await servers.target.server.query("select number from app.card where id = 12", [], database);
      expect(found).toEqual([{ number: "21 moc.elpmaxe@77c drac" }]);
    },
  ));
