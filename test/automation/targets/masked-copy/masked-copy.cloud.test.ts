import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReader, readerOf } from "../../../../automation/targets/copy-reader";
import { copyDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import type { TableMasks } from "../../../../automation/targets/masked-copy/table-masks";
import { connectAsAdministrator } from "../../../../localcloud/postgres/administrator";
import { FleetDatabase } from "../fleet-database";

const packageFolder = join(__dirname, "../../../..");

/** In every value of the masked column, and nowhere else. */
const REAL = "zq7REALqz";
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
create index on "Order" (customer); create function total(int) returns numeric language sql stable begin atomic select sum(total) from app."Order" where customer = $1; end;
create view paid as select * from "Order" where state <> 'new'; create materialized view totals as select customer, sum(total) from "Order" group by 1;
insert into customer (name, email, parent, tags, doc, photo)
  select '${REAL}' || i || E'\\t\\\\ \\n', '${KEPT}' || i || '@example.test', nullif(i % 7, 0), array['a\\b', null, '"' || i], jsonb_build_object('n', i, 't', E'x\\ty'), decode(lpad(to_hex(i), 8, '0'), 'hex')
  from generate_series(1, 3000) i;
insert into "Order" select i, date '2025-06-01' + i % 500, 1 + i % 3000, case when i % 3 = 0 then 'paid; and "sent"' else 'new' end::state, i % 1000 from generate_series(1, 20000) i;
insert into base select i, 'base ' || i from generate_series(1, 100) i; insert into child select i, 'child', null from generate_series(1, 50) i;
refresh materialized view totals; analyze`;

const masks: TableMasks = {
  tables: {
    "app.customer": { columns: 7, masked: [{ position: 1, use: "constant", with: { value: "masked\t\\N" } }] },
  },
};

let source: FleetDatabase;
let target: FleetDatabase;
/** As the bundle of RDS, which has the authorities of all Regions. */
let rootCertificateFile: string;
beforeAll(async () => {
  [source, target] = await Promise.all([FleetDatabase.start("17.10"), FleetDatabase.start("18.4")]);
  await source.addLogin("owner");
  await source.admin(content);
  await source.within((client) => createReader(client, readerOf(source.login())));
  await source.admin(`alter role ${readerOf(source.login()).user} bypassrls`);
  rootCertificateFile = join(mkdtempSync(join(tmpdir(), "roots-")), "roots.pem");
  writeFileSync(
    rootCertificateFile,
    [source, target].map((one) => readFileSync(one.rootCertificateFile, "utf8")).join(""),
  );
});
afterAll(async () => {
  await Promise.all([source, target].map((one) => one?.stop()));
});

test("a masked copy has every row, key and rule of its source, and its files hold no value of the masked column", async () => {
  const copied = await copyDatabase({
    source: readerOf(source.login()),
    target: { ...target.login(), majorVersion: 18 },
    masks,
    throughRoot: [],
    rootCertificateFile,
    packageFolder,
    threads: 2,
    tablesAtOnce: 2,
  });
  expect(copied.tables["app.customer"]).toMatchObject({ rows: 3000, unchanged: { name: 0 } });
  await target.server.query("checkpoint");
  expect(filesWith(target.server.dataFolder, KEPT)).not.toEqual([]);
  expect(filesWith(target.server.dataFolder, REAL)).toEqual([]);
  expect(await look(target)).toEqual(await look(source));
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
