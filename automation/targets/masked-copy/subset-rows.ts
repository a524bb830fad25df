/**
 * Which rows a subset has: chosen on staging, which stands still, so that a row is known by its table and its place in
 * it. To a fixed point, so cycles and self-references cost nothing. A row that was reached up may be reached down later:
 * so the result does not depend on the order of the keys.
 */
import type { Client } from "pg";
import { ShipshapeError } from "../../errors";
import type { CopiedKey } from "../../masking/copy-scope";
import type { DatabaseLogin } from "../database-login";
import { CopyIn } from "./copy-in";
import { copyOut } from "./copy-out";
import { inCopySession } from "./copy-session";
import { growthsNamedMax, subsetRoundsMax, subsetStatementSeconds } from "./limits";
import { conditionally, parsedCondition } from "./subset-condition";

/** What to choose. The condition is in memory only. */
export interface SubsetOrder {
  /** A schema of staging for what was chosen, which no source has. */
  schema: string;
  root: string;
  where: string;
  /** Between tables that are copied. */
  keys: readonly CopiedKey[];
  /** Those that are followed down, too, by their ids. */
  down: readonly string[];
  whole: readonly string[];
  rowsMax: number;
}

export interface ChosenRows {
  schema: string;
  /** By tables as they are stored: partitions instead of what is partitioned. */
  rows: Record<string, number>;
  rounds: number;
}

interface Staging {
  /** Reads everything, and here owns what it notes: nothing of the database's owners runs with more rights. */
  reader: DatabaseLogin;
  /** Owns the tables: it adds indexes that the keys need. */
  master: DatabaseLogin;
  rootCertificateFile?: string | undefined;
}

const what = "the choice of the subset";

/** Errors: subset-condition-refused, subset-too-large, copy-query-failed. */
export async function chooseRows(
  { reader, master, rootCertificateFile }: Staging,
  order: SubsetOrder,
): Promise<ChosenRows> {
  const options = { rootCertificateFile, statementSeconds: subsetStatementSeconds };
  const condition = await inCopySession(master, options, what, async (client) => {
    await dropSubset(client, order.schema);
    const parsed = await parsedCondition(client, order.root, order.where);
    await client.query(`create schema ${order.schema}`);
    await client.query(`grant usage, create on schema ${order.schema} to ${client.escapeIdentifier(reader.user)}`);
    await addIndexes(client, order);
    return parsed;
  });
  const chosen = await inCopySession(reader, options, what, async (client) => {
    await client.query(`create table ${order.schema}.chosen (relation oid, tuple tid, reach "char" not null default 'd',
      round int not null default 0, primary key (relation, tuple))`);
    await client.query(`create table ${order.schema}.frontier (relation oid, tuple tid, reach "char")`);
    const kinds = await readKinds(client);
    await inCopySession(reader, { ...options, readOnly: true }, what, (reading) =>
      seed(reading, client, order, condition, kinds),
    );
    return followKeys(client, order, kinds);
  });
  await inCopySession(master, options, what, (client) => dropIndexes(client, order.schema));
  return chosen;
}

/** What an attempt before has left. Safe to repeat. */
export async function dropSubset(master: Client, schema: string): Promise<void> {
  await dropIndexes(master, schema);
  await master.query(`drop schema if exists ${schema} cascade`);
}

async function dropIndexes(master: Client, schema: string): Promise<void> {
  const { rows } = await master.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('i', 'I') and not c.relispartition and starts_with(c.relname, $1 || '_index_')`,
    [schema],
  );
  for (const { name } of rows) await master.query(`drop index ${name}`);
}

/** Where rows are looked for by columns that no index begins with: each round would read the whole table. */
async function addIndexes(master: Client, { schema, keys, down }: SubsetOrder): Promise<void> {
  const searched = new Map(
    keys.flatMap(({ id, constraint, table, columns, references }) => [
      ...(down.includes(id) ? [[id, { table, columns }] as const] : []),
      ...(constraint === undefined ? [[`${id} up`, references] as const] : []),
    ]),
  );
  let number = 0;
  for (const { table, columns } of searched.values()) {
    const { rows } = await master.query(
      `select from pg_index i where i.indrelid = $1::text::regclass and i.indisvalid and i.indpred is null
         and (select array_agg(a.attname::text order by a.attname::text collate "C") from pg_attribute a where a.attrelid = i.indrelid
           and a.attnum = any ((i.indkey::int2[])[0:$3::int - 1])) = (select array_agg(c order by c collate "C") from unnest($2::text[]) c)`,
      [table, columns, columns.length],
    );
    if (rows.length > 0) continue;
    const list = columns.map((name) => master.escapeIdentifier(name)).join(", ");
    await master.query(`create index ${schema}_index_${++number} on ${table} (${list})`);
  }
}

interface Kinds {
  /** With `only` where children by inheritance have rows of their own: keys do not look at those. */
  from(table: string): string;
  /** How a key compares a column with what it refers to. */
  operators(key: CopiedKey): string[];
}

async function readKinds(client: Client): Promise<Kinds> {
  const { rows: partitioned } = await client.query<{ name: string }>(
    "select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'p'",
  );
  const { rows: keys } = await client.query<{ table: string; name: string; operators: string[] }>(
    `select format('%I.%I', n.nspname, c.relname) as table, k.conname as name,
       (select array_agg(format('operator(%I.%s)', s.nspname, o.oprname) order by u.at) from unnest(k.conpfeqop) with ordinality u (oid, at)
         join pg_operator o on o.oid = u.oid join pg_namespace s on s.oid = o.oprnamespace) as operators
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0`,
  );
  const isPartitioned = new Set(partitioned.map(({ name }) => name));
  return {
    from: (table) => (isPartitioned.has(table) ? table : `only ${table}`),
    operators: ({ table, constraint, columns }) =>
      keys.find((one) => one.table === table && one.name === constraint)?.operators ??
      columns.map(() => "operator(pg_catalog.=)"),
  };
}

async function seed(
  reading: Client,
  client: Client,
  { schema, root, whole, rowsMax }: SubsetOrder,
  condition: string,
  { from }: Kinds,
): Promise<void> {
  const into = CopyIn.begin(client, `copy ${schema}.chosen (relation, tuple) from stdin`);
  try {
    await conditionally(root, async () => {
      const rows = `select tableoid, ctid from ${from(root)} where ${condition} limit ${rowsMax + 1}`;
      for await (const { bytes } of copyOut(reading, `copy (${rows}) to stdout`)) await into.write(bytes);
    });
    const stored = await into.end();
    if (stored > rowsMax) throw tooLarge(root, rowsMax, "the condition alone chooses more");
  } catch (error) {
    await into.cancel();
    throw error;
  }
  for (const table of whole)
    await client.query(
      `insert into ${schema}.chosen (relation, tuple, reach) select t.tableoid, t.ctid, 'u' from ${from(table)} t on conflict do nothing`,
    );
}

const tooLarge = (table: string, limit: number, growth: string) =>
  new ShipshapeError("subset-too-large", { table, limit: String(limit), growth });

async function followKeys(client: Client, order: SubsetOrder, kinds: Kinds): Promise<ChosenRows> {
  const { schema, keys, down, rowsMax } = order;
  const statements = keys.map((key) => ({
    key,
    up: upStatement(client, order, key, kinds),
    down: down.includes(key.id) ? downStatement(client, order, key, kinds) : undefined,
  }));
  const growth: { key: string; table: string; way: string; rows: number }[] = [];
  const follow = async (sql: string, round: number, key: CopiedKey, way: "up" | "down") => {
    const { rowCount } = await client.query(sql, [round]);
    const table = way === "up" ? key.references.table : key.table;
    if (!rowCount) return;
    const seen = growth.find((one) => one.key === key.id && one.way === way);
    if (seen) seen.rows += rowCount;
    else growth.push({ key: key.id, table, way, rows: rowCount });
    // Rows that rise to "down" count twice: so before anything is said, they are counted.
    const most = growth.reduce((sum, one) => sum + (one.table === table ? one.rows : 0), 0);
    if (most <= rowsMax) return;
    const counted = await client.query<{ rows: number }>(
      `select count(*)::int as rows from ${schema}.chosen k where k.relation in (${relationsOf(client, table)})`,
    );
    if ((counted.rows[0]?.rows ?? 0) > rowsMax) throw tooLarge(table, rowsMax, grown(growth));
  };
  for (let round = 1; ; round++) {
    if (round > subsetRoundsMax)
      throw tooLarge(order.root, rowsMax, `rows refer to each other in chains of more than ${subsetRoundsMax}`);
    await client.query(`truncate ${schema}.frontier`);
    const { rowCount } = await client.query(
      `insert into ${schema}.frontier select relation, tuple, reach from ${schema}.chosen where round = $1`,
      [round - 1],
    );
    if (!rowCount) return { schema, rows: await countChosen(client, schema), rounds: round - 1 };
    await client.query(`analyze ${schema}.frontier`);
    for (const { key, up, down: reached } of statements) {
      await follow(up, round, key, "up");
      if (reached !== undefined) await follow(reached, round, key, "down");
    }
  }
}

/** What a key refers to, from rows that are new. */
const upStatement = (client: Client, order: SubsetOrder, key: CopiedKey, { from, operators }: Kinds): string => `
insert into ${order.schema}.chosen (relation, tuple, reach, round)
select distinct p.tableoid, p.ctid, 'u'::"char", $1::int from ${order.schema}.frontier f
join ${from(key.table)} c on c.ctid = f.tuple and c.tableoid = f.relation
join ${from(key.references.table)} p on ${joined(client, key, operators(key))}
limit ${order.rowsMax + 1} on conflict do nothing`;

/** What refers by a key to rows that are new, and from which the way down goes on. */
const downStatement = (client: Client, order: SubsetOrder, key: CopiedKey, { from, operators }: Kinds): string => `
insert into ${order.schema}.chosen as k (relation, tuple, reach, round)
select distinct c.tableoid, c.ctid, 'd'::"char", $1::int from ${order.schema}.frontier f
join ${from(key.references.table)} p on p.ctid = f.tuple and p.tableoid = f.relation
join ${from(key.table)} c on ${joined(client, key, operators(key))}
where f.reach = 'd' and not exists (select from ${order.schema}.chosen x where x.relation = c.tableoid and x.tuple = c.ctid and x.reach = 'd')
limit ${order.rowsMax + 1} on conflict (relation, tuple) do update set reach = 'd', round = excluded.round`;

function joined(client: Client, { columns, references, when }: CopiedKey, operators: readonly string[]): string {
  const pairs = columns.map((name, at) => {
    const other = client.escapeIdentifier(references.columns[at]!);
    return `p.${other} ${operators[at]} c.${client.escapeIdentifier(name)}`;
  });
  const about = when ? [`c.${client.escapeIdentifier(when.column)}::text = ${client.escapeLiteral(when.equals)}`] : [];
  return [...pairs, ...about].join(" and ");
}

/** A table, or all of its partitions. */
const relationsOf = (client: Client, table: string): string =>
  `select relid from pg_partition_tree(${client.escapeLiteral(table)}) union select ${client.escapeLiteral(table)}::regclass`;

const grown = (growth: readonly { key: string; way: string; rows: number }[]): string =>
  growth
    .toSorted((one, other) => other.rows - one.rows)
    .slice(0, growthsNamedMax)
    .map(({ key, way, rows }) => `${key} ${way}: ${rows}`)
    .join(", ");

async function countChosen(client: Client, schema: string): Promise<Record<string, number>> {
  await client.query(`analyze ${schema}.chosen`);
  const { rows } = await client.query<{ name: string; rows: number }>(
    `select format('%I.%I', n.nspname, c.relname) as name, count(*)::float8 as rows from ${schema}.chosen k
     join pg_class c on c.oid = k.relation join pg_namespace n on n.oid = c.relnamespace group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, rows: count }) => [name, count]));
}

/** The chosen rows of a table, instead of all of them; with its columns only. */
export const chosenFrom = (table: string, { schema }: Pick<ChosenRows, "schema">): string =>
  `only ${table} t join ${schema}.chosen k on k.tuple = t.ctid and k.relation = '${table.replaceAll("'", "''")}'::regclass`;
