import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { inControlSession } from "../../../../automation/targets/control-session";
import { copyDatabase, type CopiedDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import { readCopiedTables, type CopiedTable } from "../../../../automation/targets/masked-copy/copied-tables";
import { copyTables } from "../../../../automation/targets/masked-copy/copy-tables";
import { validateCopy } from "../../../../automation/targets/masked-copy/copy-validation";
import { searchForLeaks } from "../../../../automation/targets/masked-copy/leak-search";
import { dumpSchema } from "../../../../automation/targets/masked-copy/schema-dump";
import { loadAtOnce } from "../../../../automation/targets/masked-copy/schema-load";
import type { ColumnRule } from "../../../../automation/targets/masked-copy/table-masks";
import { connectAsAdministrator } from "../../../../localcloud/postgres/administrator";
import { until } from "../../../until";
import type { FleetDatabase } from "../fleet-database";
import { CutProxy } from "./cut-proxy";
import { givenToOwner, places, REAL } from "./planted-places";
import { constant, masksOf, packageFolder, TwoServers } from "./two-servers";

/** In the values of a column that is kept. */
const KEPT = "kx5KEPTxk";

const content = `
create schema app authorization owner; set role owner; set search_path = app;
create type state as enum ('new', 'paid; and "sent"');
create domain amount as numeric(12, 2) check (value >= 0);
create table customer (id int generated always as identity primary key, name text not null, shout text generated always as (upper(name)) stored,
  email text unique, parent int references customer, tags text[], doc jsonb, photo bytea);
create table "Order" (id bigint, at date not null, customer int not null references customer, state state not null default 'new', total amount,
  primary key (id, at), check (total < 1000000)) partition by range (at);
create table order_2025 partition of "Order" for values from ('2025-01-01') to ('2026-01-01');
create table order_2026 partition of "Order" for values from ('2026-01-01') to ('2027-01-01');
create table base (id int, note text); create table child (extra text) inherits (base);
alter table customer enable row level security; create policy mine on customer using (name = current_user);
create table "Note" (id int, text text); insert into "Note" select i, '${REAL}note' || i from generate_series(1, 10) i; insert into "Note" values (11, '+49 171 555 0199 77');
create index on "Order" (customer); create function total(int) returns numeric language sql stable begin atomic select sum(total) from app."Order" where customer = $1; end;
create view paid as select * from "Order" where state <> 'new'; create materialized view totals as select customer, sum(total) from "Order" group by 1;
insert into customer (name, email, parent, tags, doc, photo)
  select '${REAL}' || i || E'\\t\\\\ \\n', '${KEPT}' || i || '@example.test', nullif(i % 7, 0), array['a\\b', null, '"' || i], jsonb_build_object('n', i, 't', E'x\\ty'), decode(lpad(to_hex(i), 8, '0'), 'hex')
  from generate_series(1, 3000) i;
insert into "Order" select i, date '2025-06-01' + i % 500, 1 + i % 3000, case when i % 3 = 0 then 'paid; and "sent"' else 'new' end::state, i % 1000 from generate_series(1, 20000) i;
insert into base select i, 'base ' || i from generate_series(1, 100) i; insert into child select i, 'child', null from generate_series(1, 50) i;
refresh materialized view totals; analyze; alter table customer force row level security`;

/** Of a table whose name SQL quotes, too. */
const planned: Record<string, string[]> = {
  "app.customer": ["id", "name", "email", "parent", "tags", "doc", "photo"],
  "app.order_2025": ["id", "at", "customer", "state", "total"],
  "app.order_2026": ["id", "at", "customer", "state", "total"],
  "app.base": ["id", "note"],
  "app.child": ["id", "note", "extra"],
  'app."Note"': ["id", "text"],
};
const masksFor = (masked: Record<string, ColumnRule[]>) => masksOf(masked, planned);
const masks = masksFor({
  "app.customer": [constant("app.customer", "name", 1, "masked\t\\N")],
  'app."Note"': [constant('app."Note"', "text", 1, "a note")],
});

let servers: TwoServers;
let source: FleetDatabase;
let target: FleetDatabase;
let request: Awaited<ReturnType<TwoServers["request"]>>;
beforeAll(async () => {
  servers = await TwoServers.start();
  ({ source, target } = servers);
  await source.admin(content);
  request = await servers.request(masks);
});
afterAll(() => servers?.stop());

let copied: CopiedDatabase;
const scan = () =>
  searchForLeaks(request.source, request.target, {
    tables: copied.found,
    masks,
    copied: copied.tables,
    ...{ rootCertificateFile: request.rootCertificateFile, packageFolder, threads: 2 },
  });

const validation = () =>
  inControlSession(request.source, { rootCertificateFile: request.rootCertificateFile }, (from) =>
    inControlSession(request.target, { rootCertificateFile: request.rootCertificateFile }, (copy) =>
      validateCopy(from, copy, copied.found),
    ),
  );

test("a masked copy has every row, key and rule of its source, and its files hold no value of the masked column", async () => {
  const before = await look(source);
  copied = await copyDatabase(request);
  expect(copied.tables["app.customer"]).toMatchObject({ rows: 3000, unchanged: { name: 0 } });
  await target.server.query("checkpoint");
  expect(filesWith(target.server.dataFolder, KEPT)).not.toEqual([]);
  expect(filesWith(target.server.dataFolder, REAL)).toEqual([]);
  expect(await validation()).toEqual({
    ...{ tables: 6, rows: 3000 + 20_000 + 150 + 11, objects: expect.any(Number) as number, leftEmpty: 0 },
    ...{ differingCounts: [], missing: [], unexpected: [], sequencesBehind: [], unanalysed: [] },
  });
  await target.within((client) => loadAtOnce(client, "app", copied.rowSecurity));
  expect(await look(target)).toEqual(before);
});

test.each<[string, Record<string, string[] | undefined>]>([
  ["that is not there", { "app.gone": ["id"] }],
  ["that nobody planned", { "app.base": undefined }],
  ["with another column", { "app.child": ["id", "note"] }],
  ["whose columns have other names", { "app.child": ["id", "remark", "extra"] }],
])("a table %s ends a copy before any row was copied", async (_, differing) => {
  const columns = Object.entries({ ...planned, ...differing }).flatMap(([table, names]) =>
    names ? [[table, names] as const] : [],
  );
  const changed = masksOf({}, Object.fromEntries(columns));
  await target.store("create database other owner boss");
  try {
    const other = { ...request.target, database: "other" };
    await expect(copyDatabase({ ...request, target: other, masks: changed })).rejects.toMatchObject({
      code: "copy-unplanned",
      message: expect.stringContaining(Object.keys(differing)[0]!) as string,
    });
    const rows = "select count(*)::int as n from app.base";
    expect(await target.server.query(rows, [], "other")).toEqual([{ n: 0 }]);
  } finally {
    await target.store("drop database other with (force)");
  }
});

test("a copy that lacks rows, keys, privileges or a sequence's progress is not valid, and the report names them", async () => {
  await target.admin(`
    alter table app.customer disable row level security; delete from app.child where id = 7; drop view app.paid; grant select on app.base to public;
    alter table app."Order" drop constraint "Order_total_check"; select setval('app.customer_id_seq', 5)`);
  expect(await validation()).toMatchObject({
    differingCounts: [{ table: "app.child", source: 50, copy: 49 }],
    missing: expect.arrayContaining([
      "view app.paid of owner",
      'constraint "Order_total_check" of app."Order"',
    ]) as string[],
    unexpected: expect.arrayContaining(["privileges on app.base: - SELECT"]) as string[],
    sequencesBehind: ["app.customer_id_seq"],
  });
});

test("the leak scan of that copy finds nothing, and says how much it searched", async () => {
  const { hits, searched, leftOut } = await scan();
  expect({ hits, leftOut }).toEqual({ hits: [], leftOut: [] });
  expect(searched).toMatchObject({ values: 3011, columns: 2, rawFiles: "not reachable" });
});

test("the leak scan finds a value in each place that SQL can read, and names the place and not the value", async () => {
  await target.admin("create extension pg_stat_statements schema app");
  for (const [at, { plant, by }] of places.entries()) {
    const sql = plant?.(`${REAL}${100 + at}\\t\\\\ \\n`) ?? "";
    await (by === "the master" ? target.within((client) => client.query(sql)) : target.admin(sql));
  }
  await target.admin(givenToOwner);
  const report = await scan();
  const met = report.hits.map(({ place, arm }) => `${arm}: ${place}`).sort();
  expect(met).toEqual(places.flatMap(({ found = [] }) => found).sort());
  expect(JSON.stringify(report)).not.toContain(REAL);
});

/** Copies one table alone, with one mask, into the copy; `during` once the target holds it up, by a lock. */
async function copyAlone(table: string, mask: ColumnRule[], during?: () => Promise<void>, signal?: AbortSignal) {
  const [one] = copied.found.filter(({ name }) => name === table);
  const locking = await connectAsAdministrator(target.server, "app");
  try {
    if (during) await locking.query(`begin; lock table ${one!.name}`);
    const copying = copyTables({
      ...request,
      tables: [one!],
      masks: masksFor({ [table]: mask }),
      signal,
    });
    const outcome = copying.then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (during) await until("the copy waits", () => isCopying(target));
    await during?.();
    return await outcome;
  } finally {
    await locking.end();
  }
}

const isCopying = async ({ server }: FleetDatabase) =>
  (await server.query("select from pg_stat_activity where query like 'copy %' and state = 'active'")).length > 0;
const endCopies = async ({ server }: FleetDatabase) =>
  void (await server.query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy %'"));

test("a value that the target refuses ends the copy with a code and a place, and is in no part of the error", async () => {
  const rule = constant("app.order_2025", "total", 4, "-77.25");
  const error = await copyAlone("app.order_2025", [rule]);
  expect(error).toMatchObject({
    code: "copy-refused",
    message: expect.stringMatching(/app\.order_2025 .*23514/) as string,
  });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("-77.25");
});

describe("while rows flow", () => {
  const name = "app.page";
  let pages: CopiedTable[];
  beforeAll(async () => {
    // More than the buffers of the network hold, so that the source is still sending.
    await source.admin(
      `create table ${name} as select i as id, repeat('${REAL}', 2000) as text from generate_series(1, 1500) i`,
    );
    await target.admin(`create table ${name} (id int, text text); alter table ${name} owner to boss`);
    const options = { rootCertificateFile: request.rootCertificateFile };
    const all = await inControlSession(source.login(), options, readCopiedTables);
    pages = all.filter((table) => table.name === name);
  });

  const terminate = (side: "source" | "target") => endCopies({ source, target }[side]);
  // A backend that is ended may still say why, or the end of its connection comes first.
  const ended = (side: string) =>
    new RegExp(`^the connection to (the ${side} )?"app" ended during the copying of app\\.page: `);
  test.each([
    ["the network to the source fails", "source", undefined],
    ["the network to the target fails", "target", undefined],
    ["the source ends the session", "source", terminate],
    ["the target ends the session", "target", terminate],
  ] as const)("%s: that ends the copy, nothing of it is stored, and the error has no value", async (_, side, end) => {
    const proxy = await CutProxy.to(request[side], {
      bytes: 4_000_000,
      direction: side === "source" ? "sent" : "received",
      end: end && (() => end(side)),
    });
    try {
      const through = { ...request[side], port: proxy.port };
      const asked = { ...request, tables: pages, masks: masksOf({}, { [name]: ["id", "text"] }), [side]: through };
      const error: unknown = await copyTables(asked).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "copy-connection-lost",
        message: expect.stringMatching(ended(side)) as string,
      });
      expect(proxy.isReached).toBe(true);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(REAL);
    } finally {
      await proxy.close();
    }
    await until("no copy is left", async () => !(await isCopying(target)));
    expect(await target.server.query(`select count(*)::int as n from ${name}`, [], "app")).toEqual([{ n: 0 }]);
  });
});

test("a copy that is cancelled ends at once with the reason, although its server does not answer", async () => {
  const cancel = new AbortController();
  const error = await copyAlone(
    "app.child",
    [],
    () => Promise.resolve(cancel.abort(new Error("changed my mind"))),
    cancel.signal,
  );
  expect(error?.message).toBe("changed my mind");
});

test("a schema is not read over a connection whose certificate nobody vouches for", async () => {
  await expect(dumpSchema(source.login(), "pre-data", { packageFolder })).rejects.toMatchObject({
    code: "database-unreachable",
  });
});

/** What of the content a mask does not change. */
async function look(database: FleetDatabase): Promise<unknown> {
  const client = await connectAsAdministrator(database.server, "app");
  try {
    const answers = [];
    for (const sql of [
      `select id, email, parent, tags, doc, photo from app.customer order by id`,
      `select tableoid::regclass::text, * from app."Order" order by id`,
      `select * from only app.base order by id`,
      `select * from app.child order by id`,
      `select * from app.totals order by customer`,
      `select conname, contype, convalidated, conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'app'::regnamespace and contype <> 'n' order by 1, 4`,
      `select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid from pg_index i join pg_class c on c.oid = indexrelid where relnamespace = 'app'::regnamespace order by 1`,
      `select relname, relowner::regrole::text, relrowsecurity, relacl::text from pg_class where relnamespace = 'app'::regnamespace order by 1`,
      `select polname, pg_get_expr(polqual, polrelid) from pg_policy`,
      `select last_value, is_called from app.customer_id_seq`,
    ])
      answers.push((await client.query(sql)).rows);
    return answers;
  } finally {
    await client.end();
  }
}

/** Every file of a server, its log of changes included. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
