/**
 * What a copy was when it was searched, and whether an instance that was restored from it later is still that: by the
 * transactions that wrote its rows, which nobody but a superuser can forge, and by digests of everything else that the
 * search has read. Sequences, statistics and privileges are not compared.
 */
import { createHash } from "node:crypto";
import type { Client } from "pg";
import type { CopyState } from "../../copy-records";
import { shownText } from "../shown-text";
import { objectsQuery } from "./copied-objects";
import { readCopiedTables } from "./copied-tables";
import { showAllRows } from "./copy-database";
import { lastingDefinitionsQuery } from "./definitions";
import { transactionsComparedMax } from "./limits";
import { ensureRoles, readRolesOf } from "./schema-load";

export interface CopyDifferences {
  rows: number;
  /** Rows that were written after the search. */
  written: number;
  /** Kinds of definitions and objects that differ. */
  definitions: string[];
}

/** Of a copy that nobody sees yet, by its master, who reads everything. */
export async function readCopyState(client: Client): Promise<CopyState> {
  const transaction = await nextTransaction(client);
  const { rows } = await rowsOf(client, transaction);
  return { transaction, rows, definitions: await digests(client) };
}

/** As the master, who gets no privilege and changes nothing by it: what reading needs is undone. */
export async function differencesFrom(client: Client, state: CopyState): Promise<CopyDifferences> {
  await client.query("begin");
  try {
    const roles = await readRolesOf(client);
    await ensureRoles(client, roles);
    await showAllRows(client, await readCopiedTables(client), roles);
    const { rows, written } = await rowsOf(client, state.transaction);
    const age = BigInt(await nextTransaction(client)) - BigInt(state.transaction);
    const isComparable = age >= 0n && age <= transactionsComparedMax;
    const now = await digests(client);
    const kinds = [...new Set([...Object.keys(now), ...Object.keys(state.definitions)])].sort();
    // What a large object holds is in no row of a table, so nothing says when it was written.
    const definitions = kinds.filter((kind) => kind === largeObject || now[kind] !== state.definitions[kind]);
    return { rows, written: isComparable ? written : rows, definitions };
  } finally {
    await client.query("rollback");
  }
}

/** What else the server has that was not searched, in words; from another database of it. */
export async function contentBeside(client: Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ what: string }>(
    `select pg_catalog.format('the database %I', d.datname) as what from pg_catalog.pg_database d
       where not d.datistemplate and d.datname not in ('postgres', 'rdsadmin') and d.datname <> $1
     union all select pg_catalog.format('%s in the database postgres', c.oid::pg_catalog.regclass) from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'm', 'f') and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'
     order by 1`,
    [name],
  );
  return rows.map(({ what }) => shownText(what));
}

/** The first that none has yet: whatever is there was written by an earlier one. */
async function nextTransaction(client: Client): Promise<string> {
  const { rows } = await client.query<{ next: string }>(
    "select pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text as next",
  );
  return rows[0]!.next;
}

/** All rows, and those that this transaction or a later one has written. */
async function rowsOf(client: Client, transaction: string): Promise<{ rows: number; written: number }> {
  const found = await client.query<{ name: string }>(
    `select pg_catalog.format('%s %I.%I', case c.relkind when 'r' then 'only' else '' end, n.nspname, c.relname) as name
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and c.relispopulated and c.relpersistence <> 't' and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema'`,
  );
  const sum = { rows: 0, written: 0 };
  for (const { name } of found.rows) {
    const counted = await client.query<typeof sum>(
      `select pg_catalog.count(*)::float8 as rows, (pg_catalog.count(*) filter
         (where pg_catalog.age(t.xmin) <= pg_catalog.age($1::pg_catalog.xid8::pg_catalog.xid)))::float8 as written from ${name} t`,
      [transaction],
    );
    sum.rows += counted.rows[0]!.rows;
    sum.written += counted.rows[0]!.written;
  }
  return sum;
}

const largeObject = "large object";

/** By kind, so that what differs can be said without a value. */
async function digests(client: Client): Promise<Record<string, string>> {
  const lines = new Map<string, string[]>();
  const take = (kind: string, line: string) => {
    const known = lines.get(kind);
    if (known) known.push(line);
    else lines.set(kind, [line]);
  };
  const texts = await client.query<{ kind: string; name: string; text: string }>(lastingDefinitionsQuery);
  for (const { kind, name, text } of texts.rows) take(kind, JSON.stringify([name, text]));
  const objects = await client.query<{ line: string }>(objectsQuery);
  for (const { line } of objects.rows) if (!line.startsWith("privileges on ")) take("object", line);
  const others = await client.query<{ kind: string; line: string }>(
    `select 'login' as kind, rolname as line from pg_catalog.pg_roles where rolcanlogin and oid >= 16384
     union all select '${largeObject}', oid::text from pg_catalog.pg_largeobject_metadata`,
  );
  for (const { kind, line } of others.rows) take(kind, line);
  return Object.fromEntries(
    [...lines].map(([kind, all]) => [kind, createHash("sha256").update(all.sort().join("\n")).digest("hex")]),
  );
}
