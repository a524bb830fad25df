/** Where the sequences of a database stand, and what its rows need of them. */
import type { Client } from "pg";
import { measureLockMilliseconds, sequencesMax } from "./limits";
import { sessionWasLost, shownFailure } from "./control-session";
import { shownText } from "./shown-text";

/** The last value of a sequence, by its id; a plain number in decimal, since it can be larger than JavaScript's. */
export interface SequenceValue {
  id: string;
  name: string;
  ascends: boolean;
  cycles: boolean;
  /** Null: it was never used, or this login may not read it. */
  last: string | null;
}

const SEQUENCES = `
select s.seqrelid::text as id, format('%I.%I', n.nspname, c.relname) as name, s.seqincrement > 0 as ascends, s.seqcycle as cycles,
  case when has_sequence_privilege(s.seqrelid, 'select') then pg_sequence_last_value(s.seqrelid)::text end as last
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
where c.relpersistence = 'p' order by s.seqrelid limit $1`;

export const readSequences = async (client: Client): Promise<SequenceValue[]> =>
  (await client.query<SequenceValue>(SEQUENCES, [sequencesMax])).rows;

/**
 * A column that a sequence fills, if an index finds its last value at once. Functions in the indexes and statistics of
 * its table can run while the query is planned: not where they could leave the database, by a foreign server or AWS.
 */
const FILLED = `
with doors as (select (exists (select from pg_foreign_data_wrapper) or exists (select from pg_extension where extname ~ '^aws_')) as open)
select s.seqrelid::text as id, doors.open and exists (
    select from pg_depend u where u.refobjid >= 16384 and u.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass)
      and (u.classid = 'pg_class'::regclass and u.objid in (select x.indexrelid from pg_index x where x.indrelid = c.oid)
        or u.classid = 'pg_statistic_ext'::regclass and u.objid in (select t.oid from pg_statistic_ext t where t.stxrelid = c.oid))) as "leaves",
  format('select pg_catalog.%s(%I)::pg_catalog.text as last from only %I.%I', case when s.seqincrement > 0 then 'max' else 'min' end, a.attname, n.nspname, c.relname) as query
from doors, pg_sequence s join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where c.relkind = 'r' and c.relpersistence = 'p' and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) and exists (
  select from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
  where i.indrelid = c.oid and i.indkey[0] = a.attnum and i.indclass[0] < 16384 and i.indpred is null and i.indisvalid and m.amname = 'btree')
order by s.seqrelid limit $1`;

export interface FilledColumns {
  /** Sequence → the last value in the column that it fills; none if that has no rows. */
  lastOf: Record<string, string>;
  /** Sequence → why the column that it fills could not be read. */
  unread: Record<string, string>;
}

/**
 * As a role that may only read: what owners attached to a table (policies, expressions of indexes and statistics) can
 * run while a query is planned, and can change settings of the session for the next.
 */
export async function readFilledColumns(client: Client): Promise<FilledColumns> {
  const { rows } = await client.query<{ id: string; leaves: boolean; query: string }>(FILLED, [sequencesMax]);
  const found: FilledColumns = { lastOf: {}, unread: {} };
  for (const { id, leaves, query } of rows)
    try {
      if (leaves) {
        found.unread[id] = "to read it, functions of the database would run, and this one can reach other machines";
        continue;
      }
      await client.query("discard all");
      await client.query(`set lock_timeout = ${measureLockMilliseconds}`);
      const last = (await client.query<{ last: string | null }>(query)).rows[0]?.last;
      if (typeof last === "string") found.lastOf[id] = last;
    } catch (error) {
      if (sessionWasLost(error)) throw error;
      found.unread[id] = shownFailure(error);
    }
  return found;
}

export interface ComparedSequences {
  sequences: number;
  /** Those whose value in the source is known. */
  comparedWithSource: number;
  /** The source was further at the recovery target. */
  behindSource: string[];
  /** The column that it fills is further, although the source's sequence was not behind it; null: that is unknown. */
  behindRows: { name: string; wasInSource: boolean | null }[];
  /** Neither could the column be read, nor is the value in the source known. */
  unreadable: string[];
}

/**
 * Pure. `source` has the values before the recovery target and after it; or those of today, if that is long ago, which
 * only tell whether a sequence that is behind its rows is so in the source, too.
 */
export function compareSequences(
  source: { before: SequenceValue[]; after: SequenceValue[] } | { today: SequenceValue[] },
  restored: SequenceValue[],
  { lastOf, unread }: FilledColumns,
): ComparedSequences {
  const valuesOf = (values: SequenceValue[]) => new Map(values.map((s) => [s.id, s.last]));
  const [before, after] =
    "today" in source ? [valuesOf(source.today), undefined] : [valuesOf(source.before), valuesOf(source.after)];
  const found: ComparedSequences = {
    sequences: restored.length,
    comparedWithSource: 0,
    behindSource: [],
    behindRows: [],
    unreadable: [],
  };
  const isBehind = ({ ascends }: SequenceValue, one: string | null, other: string) =>
    one === null || (ascends ? BigInt(one) < BigInt(other) : BigInt(one) > BigInt(other));
  const known = after
    ? [...before.keys()].filter((id) => typeof before.get(id) === "string" && typeof after.get(id) === "string")
    : [];
  const there = new Set(restored.map(({ id }) => id));
  found.behindSource.push(...known.filter((id) => !there.has(id)).map((id) => `sequence with id ${id}`));
  for (const sequence of restored) {
    const { id, last, cycles } = sequence;
    const name = shownText(sequence.name);
    const [was, became] = [before.get(id) ?? null, after?.get(id) ?? null];
    // One that was set back, or began again, between the two may have either value.
    const least = was !== null && became !== null && !isBehind(sequence, became, was) ? was : null;
    if (least !== null) found.comparedWithSource++;
    if (least !== null && isBehind(sequence, last, least)) found.behindSource.push(name);
    if (least === null && unread[id] !== undefined) found.unreadable.push(`${name} (${unread[id]})`);
    const needed = lastOf[id];
    if (needed === undefined || cycles || !isBehind(sequence, last, needed)) continue;
    const wasInSource = was === null ? null : isBehind(sequence, was, needed);
    found.behindRows.push({ name, wasInSource: wasInSource === false && !after ? null : wasInSource });
  }
  return found;
}
