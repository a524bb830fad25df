/** Which relations of a database can be checked, and the check of one by amcheck. */
import type { Client, DatabaseError } from "pg";
import type { Amcheck } from "./amcheck";
import { sessionWasLost } from "./control-session";
import { shownText } from "./shown-text";

export interface Relation {
  oid: string;
  name: string;
  kind: "heap" | "index";
  /** From statistics: reading the size of a locked relation would wait. */
  bytes: string;
  skipped: string | null;
  uncheckable: string | null;
  runsUserCode: boolean;
}

/**
 * User code: an expression or predicate that uses a user-defined function, operator or type, or may read a column of
 * such a type.
 */
const RELATIONS = `
with own_order as (select a.amprocfamily as family from pg_amproc a join pg_proc p on p.oid = a.amproc join pg_language l on l.oid = p.prolang
  where l.lanname not in ('internal', 'c'))
select c.oid::text as oid, format('%I.%I', n.nspname, c.relname) as name, case c.relkind when 'i' then 'index' else 'heap' end as kind,
  (greatest(c.relpages, 0) * current_setting('block_size')::bigint)::text as bytes,
  case when c.relpersistence = 't' then 'temporary' when c.relpersistence <> 'p' then 'unlogged: its rows are in no backup'
    when c.relkind = 'i' and not (i.indisvalid and i.indisready and i.indislive) then 'an invalid index'
    when a.amname <> case c.relkind when 'i' then 'btree' else 'heap' end then format('access method %s', a.amname) end as skipped,
  -- Arrays, rows and ranges use the order of their elements.
  case when exists (select from pg_opclass o where o.oid = any (i.indclass) and (o.opcfamily in (select family from own_order)
    or (o.opcintype in ('anyarray'::regtype, 'record'::regtype, 'anyrange'::regtype, 'anymultirange'::regtype) and exists (select from own_order))))
    then 'functions of the database decide its order' end as uncheckable,
  (i.indexprs is not null or i.indpred is not null) and (
    exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refobjid >= 16384
      and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass))
    or exists (select from pg_attribute t where t.attrelid = i.indrelid and t.attnum > 0 and not t.attisdropped and t.atttypid >= 16384)) as "runsUserCode"
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid left join pg_am a on a.oid = c.relam
where c.relkind in ('r', 't', 'm', 'S', 'i')
order by kind, c.relpages desc, c.oid`;

/** The heaps, then the B-tree indexes, each largest first according to statistics. */
export const relationsOf = async (client: Client): Promise<Relation[]> =>
  (await client.query<Relation>(RELATIONS)).rows;

/** The result of checking one relation. */
export interface Found {
  bytes?: string;
  damage?: string;
  /** Why it could not be checked. */
  left?: string;
  /** Which budget it exceeded. */
  unread?: string;
  sessionLost?: boolean;
}

export async function check(
  client: Client,
  relation: Relation,
  { schema }: Amcheck,
  secondsLeft: number,
): Promise<Found> {
  try {
    await client.query(`set statement_timeout = '${secondsLeft}s'`);
    // All arguments, each with its exact type, so that a user-defined overload in that schema can never match better.
    if (relation.kind === "index") {
      await client.query(`select ${schema}.bt_index_check($1::regclass, $2::boolean)`, [
        relation.oid,
        !relation.runsUserCode,
      ]);
      return { bytes: await sizeOf(client, relation) };
    }
    const { rows } = await client.query<{ blkno: string; msg: string }>(
      `select blkno, msg from ${schema}.verify_heapam($1::regclass, true, false, 'none'::text, null::bigint, null::bigint) limit 1`,
      [relation.oid],
    );
    return rows[0]
      ? { damage: shownText(`block ${rows[0].blkno}: ${rows[0].msg}`) }
      : { bytes: await sizeOf(client, relation) };
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

async function sizeOf(client: Client, relation: Relation): Promise<string> {
  const { rows } = await client.query<{ bytes: string | null }>(
    "select pg_relation_size($1::regclass)::text as bytes",
    [relation.oid],
  );
  return rows[0]?.bytes ?? relation.bytes;
}

/** Their sizes as they are, unless one of them is locked. */
export async function sizesOf(client: Client, relations: Relation[]): Promise<Map<string, string>> {
  await client.query("set lock_timeout = '1s'");
  const { rows } = await client.query<{ oid: string; bytes: string | null }>(
    "select oid, pg_relation_size(oid::oid::regclass)::text as bytes from unnest($1::text[]) as oid",
    [relations.map(({ oid }) => oid)],
  );
  return new Map(rows.flatMap(({ oid, bytes }) => (bytes === null ? [] : [[oid, bytes] as const])));
}
