/**
 * Whether heaps, sequences and B-tree indexes of one database are sound, by amcheck: every page is read, so a damaged
 * page checksum shows here too.
 *
 * No code of the database under test runs here. The expected contents of an index with an expression or a predicate are
 * computed by the database owners' functions, which could raise any error or never return; only the structure of such
 * an index is checked, and the report says so. An index that is ordered by such functions is not checked at all. So all
 * reported damage comes from PostgreSQL's own C code.
 *
 * Nothing is skipped silently: what did not fit in the time, could not be checked, or is of a kind that amcheck does
 * not read is counted and listed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, DatabaseError } from "pg";
import { checkReopenPollMilliseconds, checkReopenSeconds, checkSessionsLostMax } from "./limits";
import { ensureAmcheck, findAmcheck, type Amcheck } from "./amcheck";
import { sessionWasLost } from "./control-session";
import { shownText } from "./shown-text";

export interface StructureReport {
  available: boolean;
  /** Why amcheck could not be used, if so. */
  unavailableReason?: string;
  relationsChecked: number;
  bytesChecked: number;
  /** What is damaged, each with the database's message; at most `damagesMax`. */
  damages: Named[];
  /** Not checked, although amcheck could: no time was left, or the check itself failed. */
  left: Remainder;
  /** Whether some were not checked for lack of time. */
  outOfTime: boolean;
  /** Indexes whose pages were checked, but not whether they contain every row: only code of the database could tell. */
  structureOnly: Remainder;
  /** Of a kind that is not checked: unlogged, invalid, or neither heap nor B-tree. */
  skipped: Remainder;
  /** The database that was checked, and the instance's other databases, which were not. */
  database: string;
  otherDatabases: string[];
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
  /** From statistics: reading the size of a locked relation would wait. */
  bytes: string;
  skipped: string | null;
  uncheckable: string | null;
  runsUserCode: boolean;
}

/** Templates contain what every new database begins with; rdsadmin is the cloud's own. */
const DATABASES = `
select quote_ident(current_database()) as current, coalesce((select json_agg(quote_ident(d.datname) order by d.datname) from pg_database d
  where not d.datistemplate and d.datname not in (current_database(), 'rdsadmin')), '[]') as others`;

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

/**
 * Checks all heaps, then all B-tree indexes against them, largest first according to statistics. `open` returns a new
 * session of a role that may run amcheck.
 */
export async function verifyStructures(open: () => Promise<Client>, budget: StructureBudget): Promise<StructureReport> {
  const endsAt = Date.now() + budget.secondsMax * 1000;
  const where = { database: "", otherDatabases: [] };
  const remainders = { left: none(), structureOnly: none(), skipped: none() };
  const report: StructureReport = {
    available: true,
    relationsChecked: 0,
    bytesChecked: 0,
    damages: [],
    outOfTime: false,
    ...remainders,
    ...where,
  };
  let client: Client | undefined;
  try {
    // In its own session: creating it may fire event triggers of the database, and what they set must end with that
    // session.
    client = await open();
    await ensureAmcheck(client);
    await client.end();
    client = await open();
    const amcheck = await findAmcheck(client);
    if (typeof amcheck === "string") return { ...report, available: false, unavailableReason: amcheck };
    const { rows: databases } = await client.query<{ current: string; others: string[] }>(DATABASES);
    report.database = shownText(databases[0]?.current ?? "");
    report.otherDatabases = (databases[0]?.others ?? []).map(shownText);
    const { rows } = await client.query<Relation>(RELATIONS);
    let sessionsLost = 0;
    for (const relation of rows) {
      if (relation.skipped !== null) {
        note(report.skipped, relation, relation.skipped);
        continue;
      }
      if (relation.uncheckable !== null) {
        note(report.left, relation, relation.uncheckable);
        continue;
      }
      const secondsLeft = Math.floor((endsAt - Date.now()) / 1000);
      if (
        !client ||
        secondsLeft < 1 ||
        report.damages.length >= budget.damagesMax ||
        sessionsLost > checkSessionsLostMax
      ) {
        report.outOfTime ||= secondsLeft < 1;
        note(report.left, relation, secondsLeft < 1 ? "the time budget was used up" : "the check was abandoned");
        continue;
      }
      const found = await check(client, relation, amcheck, secondsLeft);
      record(report, relation, found);
      if (found.sessionLost) {
        await client.end().catch(() => undefined);
        client = await reopened(open);
        sessionsLost++;
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

/**
 * A crashed backend ends all sessions, and the server then needs time to recover. Undefined if it does not come back.
 */
async function reopened(open: () => Promise<Client>): Promise<Client | undefined> {
  for (const endsAt = Date.now() + checkReopenSeconds * 1000; ;) {
    try {
      return await open();
    } catch {
      if (Date.now() > endsAt) return undefined;
      await sleep(checkReopenPollMilliseconds);
    }
  }
}

interface Found {
  bytes?: string;
  damage?: string;
  left?: string;
  sessionLost?: boolean;
  outOfTime?: boolean;
}

function record(report: StructureReport, relation: Relation, found: Found): void {
  report.outOfTime ||= found.outOfTime === true;
  if (found.left !== undefined) return note(report.left, relation, found.left);
  report.relationsChecked++;
  report.bytesChecked += Number(found.bytes ?? relation.bytes);
  if (found.damage !== undefined) report.damages.push({ relation: shownText(relation.name), problem: found.damage });
  if (relation.runsUserCode)
    note(report.structureOnly, relation, "its expression or predicate runs code of the database");
}

async function check(client: Client, relation: Relation, { schema }: Amcheck, secondsLeft: number): Promise<Found> {
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
      ? { left: "its check did not finish within the time budget", outOfTime: true }
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

const none = (): Remainder => ({ count: 0, bytes: 0, named: [] });

/** Names of unchecked relations that a report lists; the count is unlimited. */
const NAMED_MAX = 20;

function note(remainder: Remainder, relation: Relation, problem: string): void {
  remainder.count++;
  remainder.bytes += Number(relation.bytes);
  if (remainder.named.length < NAMED_MAX) remainder.named.push({ relation: shownText(relation.name), problem });
}
