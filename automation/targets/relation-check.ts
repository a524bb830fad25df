/** Which relations of a database can be checked, and the check of a piece of one by amcheck. */
import type { Client, DatabaseError } from "pg";
import type { Amcheck } from "./amcheck";
import { sessionWasLost } from "./control-session";
import { measureLockMilliseconds } from "./limits";
import { shownText } from "./shown-text";
import type { Piece, Relation } from "./structure-pieces";

/**
 * User code: an expression or predicate that uses a user-defined function, operator, type or text search, or may read a
 * column of such a type or a whole row: what it computes can be changed without PostgreSQL knowing of the index.
 */
const RELATIONS = `
with own_order as (select a.amprocfamily as family from pg_amproc a join pg_proc p on p.oid = a.amproc join pg_language l on l.oid = p.prolang
  where l.lanname not in ('internal', 'c'))
select c.oid::text as id, coalesce(pg_relation_filenode(c.oid), 0)::text as file, format('%I.%I', n.nspname, c.relname) as name,
  case c.relkind when 'i' then 'index' else 'heap' end as kind, greatest(c.relpages, 0) as blocks, current_setting('block_size')::int as "blockBytes",
  case when c.relpersistence = 't' then 'temporary' when c.relpersistence <> 'p' then 'unlogged: its rows are in no backup'
    when c.relkind = 'i' and not (i.indisvalid and i.indisready and i.indislive) then 'an invalid index'
    when a.amname <> case c.relkind when 'i' then 'btree' else 'heap' end then format('access method %s', a.amname) end as skipped,
  case when c.relkind = 'i' then i.indrelid::text end as heap,
  -- Arrays, rows and ranges use the order of their elements.
  case when exists (select from pg_opclass o where o.oid = any (i.indclass) and (o.opcfamily in (select family from own_order)
    or (o.opcintype in ('anyarray'::regtype, 'record'::regtype, 'anyrange'::regtype, 'anymultirange'::regtype) and exists (select from own_order))))
    then 'functions of the database decide its order' end as uncheckable,
  (i.indexprs is not null or i.indpred is not null) and (
    exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refobjid >= 16384
      and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass, 'pg_ts_config'::regclass, 'pg_ts_dict'::regclass))
    or exists (select from pg_attribute t where t.attrelid = i.indrelid and t.attnum > 0 and not t.attisdropped
      and (t.atttypid >= 16384 or t.atttypid in ('regconfig'::regtype, 'regdictionary'::regtype)))
    or concat(i.indexprs, i.indpred) ~ ':varattno 0 ') as "runsUserCode"
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid left join pg_am a on a.oid = c.relam
where c.relkind in ('r', 't', 'm', 'S', 'i')
order by kind, c.relpages desc, c.oid`;

/** The heaps, then the B-tree indexes, each largest first according to statistics; with their sizes as they are. */
export async function relationsOf(client: Client): Promise<Relation[]> {
  const { rows: relations } = await client.query<Relation & { heap: string | null }>(RELATIONS);
  await client.query(`set lock_timeout = ${measureLockMilliseconds}`);
  const sizes = await blocksOf(client, relations);
  await client.query("reset lock_timeout");
  for (const relation of relations) relation.blocks = sizes.get(relation.id) ?? relation.blocks;
  const blocksIn = new Map(relations.map(({ id, blocks }) => [id, blocks]));
  return relations.map(({ heap, ...relation }) => ({
    ...relation,
    comparedBlocks: heap === null || relation.runsUserCode ? 0 : (blocksIn.get(heap) ?? 0),
  }));
}

/** But of those that are locked. */
async function blocksOf(client: Client, relations: Relation[]): Promise<Map<string, number>> {
  try {
    const { rows } = await client.query<{ id: string; blocks: number | null }>(
      "select id, (pg_relation_size(id::oid::regclass) / current_setting('block_size')::int)::float8 as blocks from unnest($1::text[]) as id",
      [relations.map(({ id }) => id)],
    );
    return new Map(rows.flatMap(({ id, blocks }) => (blocks === null ? [] : [[id, blocks] as const])));
  } catch (error) {
    if (sessionWasLost(error)) throw error;
    if (relations.length === 1) return new Map();
    const middle = Math.ceil(relations.length / 2);
    const first = await blocksOf(client, relations.slice(0, middle));
    return new Map([...first, ...(await blocksOf(client, relations.slice(middle)))]);
  }
}

/** The result of checking one piece. */
export interface Found {
  /** The blocks before this one were read, and are sound. */
  soundUntil?: number;
  damage?: string;
  /** Why it could not be checked. */
  left?: string;
  /** Which budget it exceeded. */
  unread?: string;
  sessionLost?: boolean;
}

export async function check(client: Client, piece: Piece, amcheck: Amcheck, secondsLeft: number): Promise<Found> {
  try {
    await client.query(`set statement_timeout = '${secondsLeft}s'`);
    return await (piece.relation.kind === "index" ? checkIndex : checkBlocks)(client, piece, amcheck);
  } catch (error) {
    const { code, message } = error as DatabaseError;
    // a damaged page can crash its backend
    if (sessionWasLost(error)) return { left: shownText(message), sessionLost: true };
    // XX001 data_corrupted, XX002 index_corrupted: damage. Anything else says nothing about the data.
    if (code === "XX001" || code === "XX002") return { damage: shownText(message) };
    return code === "57014"
      ? { unread: "its check did not finish within the time budget" }
      : { left: shownText(message) };
  }
}

// All arguments, each with its exact type, so that a user-defined overload in that schema can never match better.

async function checkIndex(client: Client, { relation, until }: Piece, { schema }: Amcheck): Promise<Found> {
  await client.query(`select ${schema}.bt_index_check($1::regclass, $2::boolean)`, [
    relation.id,
    !relation.runsUserCode,
  ]);
  return { soundUntil: until };
}

/** All blocks, frozen ones too; a TOAST table is a heap of its own. The last piece has no end: it reads to the last. */
async function checkBlocks(client: Client, piece: Piece, { schema }: Amcheck): Promise<Found> {
  const { relation, from, until } = piece;
  try {
    const { rows } = await client.query<{ blkno: string; msg: string }>(
      `select blkno, msg from ${schema}.verify_heapam($1::regclass, true, false, 'none'::text, $2::bigint, $3::bigint) limit 1`,
      [relation.id, from === 0 ? null : from, until === relation.blocks ? null : until - 1],
    );
    return rows[0] ? { damage: shownText(`block ${rows[0].blkno}: ${rows[0].msg}`) } : { soundUntil: until };
  } catch (error) {
    // 22023: there are no such blocks. A vacuum of the copy has cut off empty ones at the end.
    const now =
      (error as DatabaseError).code === "22023" ? (await blocksOf(client, [relation])).get(relation.id) : until;
    if (now === undefined || now >= until) throw error;
    return now <= from ? { soundUntil: from } : checkBlocks(client, { ...piece, until: now }, { schema });
  }
}
