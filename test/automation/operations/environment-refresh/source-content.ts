/** What the source of the refreshes has, how it is masked, and where of it something is left. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const identifier = "orders-production";
/** In every real value, and nowhere else. */
export const REAL = "zq7REALqz";
export const KEY = "a key of thirty-two characters!!x";

export const content = `
create table customer (id int generated always as identity primary key, name text not null, email text unique, born date, state text not null);
create table invoice (id bigint generated always as identity primary key, customer int not null references customer, note text, total numeric(12, 2));
insert into customer (name, email, born, state)
  select '${REAL} ' || i, '${REAL}' || i || '@example.com', date '1970-01-01' + i * 11, case when i % 3 = 0 then 'closed' else 'open' end from generate_series(1, 500) i;
insert into invoice (customer, note, total) select 1 + i % 500, 'for ${REAL} ' || i, i from generate_series(1, 2000) i;
comment on table customer is 'who buys';
comment on column customer.name is 'such as ${REAL} 7';
create table hook (id int primary key, url text, enabled boolean not null default true);
insert into hook values (1, 'https://${REAL}.example', true);
create table document (id int primary key, title text not null, body text);
insert into document select i, 'of ${REAL} ' || i, 'short' from generate_series(1, 3000) i;
insert into document select 0, 'of ${REAL} 0', string_agg(md5(i::text), '') from generate_series(1, 500) i;
create materialized view never_filled as select state, count(*) as buyers from customer group by state with no data`;

export const profile = `version: 1
source: ${identifier}
key: { secret: masking/orders }
tables:
  orders.customer:
    columns:
      id: { keep: a number that PostgreSQL counts }
      name: { use: name }
      email: { use: email }
      born: { use: date-shift, with: { days: 90 }, perSubject: id }
      state: { keep: one of two }
  orders.invoice:
    columns:
      id: { keep: a number that PostgreSQL counts }
      customer: { keep: the customer's number }
      note: { use: free-text }
      total: { keep: says nobody's name }
  orders.document:
    columns: { id: { keep: a number }, title: { use: free-text }, body: { keep: digits } }
  orders.hook:
    columns: { id: { keep: a number }, url: { use: url }, enabled: { keep: true or false } }
definitions:
  comment on table orders.customer: { keep: says what it is }
  comment on table column orders.customer.name: { drop: true }
  comment on extension pg_stat_statements: { drop: true }
  comment on extension amcheck: { drop: true }
disarm:
  - { sql: update orders.hook set enabled = false, reason: the copy calls nobody }
`;

/** The files of a server that contain a text, its log of changes included. */
export const filesContaining = (dataFolder: string, value: string): string[] =>
  readdirSync(dataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => contentOf(file).includes(value));

/** A server that runs replaces and removes some of its files at any time. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** A subset with the invoices of two customers; its condition has real values. */
export const twoCustomers = `version: 1
source: ${identifier}
root: orders.customer
where: name in ('${REAL} 1', '${REAL} 2')
`;
