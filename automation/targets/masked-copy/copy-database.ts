/**
 * A whole database, masked, in another that is empty: first what rows need, then rows, then keys, indexes, triggers and
 * policies. While rows flow there are no keys and no triggers: so their order is of no matter, cycles do not exist, no
 * privilege is needed, and it is faster. Every key is then checked by the server when it is created.
 */
import type { Client } from "pg";
import { ShipshapeError } from "../../errors";
import type { MaskingProfile } from "../../masking/profile";
import { inCopySession } from "./copy-session";
import type { DatabaseLogin } from "../database-login";
import { readCopiedTables, type CopiedTable } from "./copied-tables";
import { copyTables, type CopiedRows, type CopyRequest } from "./copy-tables";
import { applyDefinitionRules } from "./definition-rules";
import { lentCreation, readCreatorsOf } from "./lent-creation";
import { dumpSchema } from "./schema-dump";
import type { DumpStatement } from "./dump-statements";
import { ensureRoles, hidesRows, loadable, loadPostData, loadPreData, readRolesOf } from "./schema-load";
import { schemaStatementSeconds } from "./limits";
import { chooseRows, type ChosenRows, type SubsetOrder } from "./subset-rows";
import type { TableMasks } from "./table-masks";
import { moveSequences, readSequenceStates } from "./sequence-states";

/** The tables are those of the source; its login reads everything of a database that stands still. */
export interface DatabaseCopy extends Omit<CopyRequest, "tables" | "chosen"> {
  /** Which rows. @default all */
  subset?: SubsetOrder | undefined;
  /** The master's login of that database, which is a throwaway: where policies hide rows, they are switched off. */
  sourceMaster: DatabaseLogin;
  /** The master's login of an empty database. */
  target: DatabaseLogin;
  /** What the profile says of definitions is done to the source, before its schema is read. */
  definitions: MaskingProfile["definitions"];
}

export interface CopiedDatabase {
  /** Table → its rows. */
  tables: Record<string, CopiedRows>;
  roles: string[];
  sequences: number;
  /** Still to be loaded, by `loadSchema`, once the copy was searched and validated. */
  rowSecurity: DumpStatement[];
  /** What was read, in the order in which it was begun. */
  found: CopiedTable[];
  /** Tables of which no row was to be copied. */
  left?: CopiedTable[];
  /** The rows of a subset, which staging knows until it goes. */
  chosen?: ChosenRows;
}

const what = "the copying";

/**
 * Errors: copy-unplanned, copy-query-failed, copy-storage-full, copy-disturbed, copy-connection-lost, schema-
 * unreadable, schema-not-loaded, copy-refused, copy-incomplete, masking-value-unfit, definition-not-changed, subset-
 * condition-refused, subset-too-large.
 */
export async function copyDatabase(copy: DatabaseCopy): Promise<CopiedDatabase> {
  const { source, target, signal } = copy;
  const options = { rootCertificateFile: copy.rootCertificateFile, statementSeconds: schemaStatementSeconds };
  const inSource = <T>(work: (client: Client) => Promise<T>) =>
    inCopySession(source, { ...options, readOnly: true }, what, work);
  const inTarget = <T>(work: (client: Client) => Promise<T>) => inCopySession(target, options, what, work);

  const roles = await inSource(readRolesOf);
  await inTarget((client) => ensureRoles(client, roles));
  await inCopySession(copy.sourceMaster, options, what, (client) =>
    applyDefinitionRules(client, copy.definitions, roles),
  );
  const before = loadable(await dumpSchema(source, "pre-data", copy), target.majorVersion);
  const after = loadable(await dumpSchema(source, "post-data", copy), target.majorVersion);
  const creators = await inSource(readCreatorsOf);
  const lending = (client: Client) => lentCreation(client, creators);
  await inTarget((client) => loadPreData(client, target.identifier, before, lending, signal));
  const all = await inSource(readCopiedTables);
  requirePlanned(copy.masks, all);
  const found = all.filter(({ name }) => !copy.masks.empty.includes(name));
  await inCopySession(copy.sourceMaster, options, what, (client) => showAllRows(client, found, roles));
  const { sourceMaster: master, rootCertificateFile, subset } = copy;
  if (subset) await inCopySession(master, options, what, (client) => ensureRoles(client, roles));
  const chosen = subset && (await chooseRows({ reader: source, master, rootCertificateFile }, subset));
  const tables = await copyTables({ ...copy, chosen, tables: found });
  const states = await inSource(readSequenceStates);
  await inTarget((client) => moveSequences(client, states));
  const open = after.filter((one) => !hidesRows(one));
  await inTarget((client) => loadPostData(client, target.identifier, open, lending, signal));
  const filled = await inSource(readFilledViews);
  await inTarget((client) => refreshViews(client, filled));
  await inTarget((client) => client.query("analyze"));
  const left = all.filter(({ name }) => copy.masks.empty.includes(name));
  return {
    found,
    left,
    ...(chosen && { chosen }),
    tables,
    roles,
    sequences: states.length,
    rowSecurity: after.filter(hidesRows),
  };
}

/** A table or a column that nobody planned would be copied as it is. Errors: copy-unplanned. */
function requirePlanned({ tables, empty }: TableMasks, found: readonly CopiedTable[]): void {
  const has = new Map(found.map(({ name, columns }) => [name, columns]));
  for (const table of [...Object.keys(tables), ...empty])
    if (!has.has(table)) throw new ShipshapeError("copy-unplanned", { table, how: "is not there" });
  for (const [table, columns] of has) {
    if (empty.includes(table)) continue;
    const planned = tables[table]?.columns;
    if (planned === undefined) throw new ShipshapeError("copy-unplanned", { table, how: "is new" });
    if (JSON.stringify(planned) !== JSON.stringify(columns))
      throw new ShipshapeError("copy-unplanned", { table, how: "has other columns" });
  }
}

/** Only after the schema was read: it is to be switched on in the copy. Safe to repeat. */
export async function showAllRows(
  master: Client,
  tables: readonly CopiedTable[],
  roles: readonly string[],
): Promise<void> {
  const hidden = tables.filter(({ rowSecurity }) => rowSecurity);
  if (hidden.length === 0) return;
  await ensureRoles(master, roles);
  for (const { name } of hidden) await master.query(`alter table ${name} disable row level security`);
}

/** A materialized view that nobody ever filled stays so. */
async function readFilledViews(source: Client): Promise<string[]> {
  const { rows } = await source.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and c.relispopulated`);
  return rows.map(({ name }) => name);
}

/** Materialized views, in the order in which they need each other. */
async function refreshViews(target: Client, filled: readonly string[]): Promise<void> {
  const { rows } = await target.query<{ name: string }>(`
    with recursive uses as (
      select distinct r.ev_class as view, d.refobjid as used from pg_depend d
      join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
      join pg_class c on c.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
      where c.relkind in ('v', 'm') and d.refobjid <> r.ev_class),
    ranks as (
      select c.oid as view, 0 as rank from pg_class c where c.relkind in ('v', 'm')
      union select u.view, r.rank + 1 from ranks r join uses u on u.used = r.view where r.rank < 100)
    select format('%I.%I', n.nspname, c.relname) as name
    from ranks r join pg_class c on c.oid = r.view join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'm' and n.nspname !~ '^(pg_|rdsadmin)' group by c.oid, n.nspname, c.relname order by max(r.rank), 1`);
  for (const { name } of rows) if (filled.includes(name)) await target.query(`refresh materialized view ${name}`);
}
