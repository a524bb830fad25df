/**
 * Whether heaps and B-tree indexes are sound, by amcheck: every page is read, so a damaged page checksum shows here too.
 *
 * No code of the database under test runs here. What an index with an expression or a predicate should hold is computed by functions of the
 * database's owners, who could raise any error in PostgreSQL's name or never return; such an index is checked in its structure only, and the
 * report says so. What is then reported as damage comes from PostgreSQL's own C code.
 *
 * Nothing is passed over in silence: what was not in time, could not be checked, or is of a kind that amcheck does not read is counted and named.
 */
import type { Client, DatabaseError } from "pg";
import { checkSessionsLostMax } from "../limits";
import { ensureAmcheck, findAmcheck, type Amcheck } from "./amcheck";
import { sessionWasLost } from "./control-session";
import { shownText } from "./shown-text";

export interface StructureReport {
  available: boolean;
  /** Why amcheck could not be used, where it could not. */
  unavailableReason?: string;
  relationsChecked: number;
  bytesChecked: number;
  /** What is damaged, each with the database's own words; at most `damagesMax`. */
  damages: Named[];
  /** Not checked, though amcheck could have: no time was left, or the check itself failed. */
  left: Remainder;
  /** Indexes whose pages were checked, but not whether they hold every row: only code of the database could tell. */
  structureOnly: Remainder;
  /** Of a kind that is not checked: unlogged, invalid, or neither heap nor B-tree. */
  skipped: Remainder;
}

export interface Named {
  relation: string;
  problem: string;
}

/** A number of relations, the first of them by name. */
export interface Remainder {
  count: number;
  bytes: number;
  named: Named[];
}

export interface StructureBudget {
  secondsMax: number;
  damagesMax: number;
}

interface Relation {
  oid: string;
  name: string;
  kind: "heap" | "index";
  /** As statistics say: asking for the size of one that is locked would wait. */
  bytes: string;
  skipped: string | null;
  runsUserCode: boolean;
}

/** User code: an expression or predicate that names a function, operator or type of the database's own, or that may read a column of such a type. */
const RELATIONS = `
select c.oid::text as oid, format('%I.%I', n.nspname, c.relname) as name, case c.relkind when 'i' then 'index' else 'heap' end as kind,
  (greatest(c.relpages, 0) * current_setting('block_size')::bigint)::text as bytes,
  case when c.relpersistence = 't' then 'temporary' when c.relpersistence <> 'p' then 'unlogged: its rows are in no backup'
    when c.relkind = 'i' and not (i.indisvalid and i.indisready and i.indislive) then 'an invalid index'
    when a.amname <> case c.relkind when 'i' then 'btree' else 'heap' end then format('access method %s', a.amname) end as skipped,
  (i.indexprs is not null or i.indpred is not null) and (
    exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refobjid >= 16384
      and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_type'::regclass))
    or exists (select from pg_attribute t where t.attrelid = i.indrelid and t.attnum > 0 and not t.attisdropped and t.atttypid >= 16384)) as "runsUserCode"
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid left join pg_am a on a.oid = c.relam
where c.relkind in ('r', 't', 'm', 'i')
order by kind, c.relpages desc, c.oid`;

/** Checks all heaps, then all B-tree indexes against them, the largest first as far as statistics know. `open` gives a new session of a role that may run amcheck. */
export async function verifyStructures(open: () => Promise<Client>, budget: StructureBudget): Promise<StructureReport> {
  const endsAt = Date.now() + budget.secondsMax * 1000;
  const report: StructureReport = { available: true, relationsChecked: 0, bytesChecked: 0, damages: [], left: none(), structureOnly: none(), skipped: none() };
  let client: Client | undefined;
  try {
    // In a session of its own: what is created may start event triggers of the database, and what they set must end with that session.
    client = await open();
    await ensureAmcheck(client);
    await client.end();
    client = await open();
    const amcheck = await findAmcheck(client);
    if (typeof amcheck === "string") return { ...report, available: false, unavailableReason: amcheck };
    const { rows } = await client.query<Relation>(RELATIONS);
    let sessionsLost = 0;
    for (const relation of rows) {
      if (relation.skipped !== null) {
        note(report.skipped, relation, relation.skipped);
        continue;
      }
      const secondsLeft = Math.floor((endsAt - Date.now()) / 1000);
      if (secondsLeft < 1 || report.damages.length >= budget.damagesMax || sessionsLost > checkSessionsLostMax) {
        note(report.left, relation, secondsLeft < 1 ? "the time budget had ended" : "the check had been given up");
        continue;
      }
      const found = await check(client, relation, amcheck, secondsLeft);
      record(report, relation, found);
      if (found.sessionLost) {
        sessionsLost++;
        await client.end().catch(() => undefined);
        client = await open();
      }
    }
    return report;
  } catch (error) {
    if (report.relationsChecked > 0 || sessionWasLost(error)) throw error;
    return { ...report, available: false, unavailableReason: shownText((error as DatabaseError).message) };
  } finally {
    await client?.end().catch(() => undefined);
  }
}

interface Found {
  bytes?: string;
  damage?: string;
  left?: string;
  sessionLost?: boolean;
}

function record(report: StructureReport, relation: Relation, found: Found): void {
  if (found.left !== undefined) return note(report.left, relation, found.left);
  report.relationsChecked++;
  report.bytesChecked += Number(found.bytes ?? relation.bytes);
  if (found.damage !== undefined) report.damages.push({ relation: shownText(relation.name), problem: found.damage });
  if (relation.runsUserCode) note(report.structureOnly, relation, "its expression or predicate runs code of the database");
}

async function check(client: Client, relation: Relation, { schema }: Amcheck, secondsLeft: number): Promise<Found> {
  try {
    await client.query(`set statement_timeout = '${secondsLeft}s'`);
    // All arguments, each of the very type: an overload of a user's own in that schema can then never match better.
    if (relation.kind === "index") {
      await client.query(`select ${schema}.bt_index_check($1::regclass, $2::boolean)`, [relation.oid, !relation.runsUserCode]);
      return { bytes: await sizeOf(client, relation) };
    }
    const { rows } = await client.query<{ blkno: string; msg: string }>(
      `select blkno, msg from ${schema}.verify_heapam($1::regclass, true, false, 'none'::text, null::bigint, null::bigint) limit 1`,
      [relation.oid],
    );
    return rows[0] ? { damage: shownText(`block ${rows[0].blkno}: ${rows[0].msg}`) } : { bytes: await sizeOf(client, relation) };
  } catch (error) {
    const { code, message } = error as DatabaseError;
    if (sessionWasLost(error)) return { left: shownText(message), sessionLost: true }; // a damaged page can take its backend down
    // XX001 data_corrupted, XX002 index_corrupted: the finding. Anything else is no verdict on the data.
    if (code === "XX001" || code === "XX002") return { damage: shownText(message) };
    return { left: code === "57014" ? "its check did not end within the time budget" : shownText(message) };
  }
}

async function sizeOf(client: Client, relation: Relation): Promise<string> {
  const { rows } = await client.query<{ bytes: string | null }>("select pg_relation_size($1::regclass)::text as bytes", [relation.oid]);
  return rows[0]?.bytes ?? relation.bytes;
}

const none = (): Remainder => ({ count: 0, bytes: 0, named: [] });

/** Names that a report lists of relations that were not checked; the count has no bound. */
const NAMED_MAX = 20;

function note(remainder: Remainder, relation: Relation, problem: string): void {
  remainder.count++;
  remainder.bytes += Number(relation.bytes);
  if (remainder.named.length < NAMED_MAX) remainder.named.push({ relation: shownText(relation.name), problem });
}
