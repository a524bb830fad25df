/**
 * The extension amcheck in a database that others own: identified by more than its name, and created if it is missing.
 */
import { randomUUID } from "node:crypto";
import type { Client } from "pg";

export interface Amcheck {
  /** The schema of its functions, quoted. */
  schema: string;
}

/**
 * The arguments as the catalog writes them: (regclass, boolean) and (regclass, boolean, boolean, text, bigint, bigint).
 */
const FUNCTIONS = `
select p.proname as name, quote_ident(n.nspname) as schema, has_function_privilege(p.oid, 'execute') and has_schema_privilege(n.oid, 'usage') as allowed
from pg_extension e
join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e' and d.classid = 'pg_proc'::regclass
join pg_proc p on p.oid = d.objid join pg_namespace n on n.oid = p.pronamespace
where e.extname = 'amcheck' and p.prolang = 13 and p.probin = '$libdir/amcheck' and p.prosrc = p.proname
  and (p.proname, p.proargtypes::text) in (('bt_index_check', '2205 16'), ('verify_heapam', '2205 16 16 25 20 20'))`;

/**
 * Creates it if it is missing, in its own schema, whose name no one could have prepared, and lets `user` run its
 * functions.
 */
export async function ensureAmcheck(client: Client, user: string): Promise<void> {
  const { rows } = await client.query("select from pg_extension where extname = 'amcheck'");
  if (rows.length === 0) {
    const schema = `shipshape_amcheck_${randomUUID().slice(0, 8)}`;
    await client.query(`create schema ${schema}`);
    await client.query(`create extension amcheck schema ${schema}`);
    await client.query("discard all"); // what event triggers changed in the session
  }
  const { rows: found } = await client.query<{ schema: string; functions: string }>(
    `select schema, string_agg(format('%s.%I(%s)', schema, name, case name when 'bt_index_check' then 'regclass, boolean'
       else 'regclass, boolean, boolean, text, bigint, bigint' end), ', ') as functions from (${FUNCTIONS}) f group by schema`,
  );
  for (const { schema, functions } of found) {
    await client.query(`grant usage on schema ${schema} to ${user}`);
    await client.query(`grant execute on function ${functions} to ${user}`);
  }
}

/**
 * Both functions are C functions of amcheck's own library; otherwise why they cannot be used. Settings that would hide
 * damage are also a reason.
 */
export async function findAmcheck(client: Client): Promise<Amcheck | string> {
  const hiding = await client.query<{ name: string }>(
    "select name from pg_settings where name in ('ignore_checksum_failure', 'zero_damaged_pages', 'ignore_system_indexes') and setting = 'on'",
  );
  if (hiding.rows[0]) return `the setting ${hiding.rows[0].name} is on, which hides damage`;
  const { rows } = await client.query<{ name: string; schema: string; allowed: boolean }>(FUNCTIONS);
  const missing = ["bt_index_check", "verify_heapam"].filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0) return `the extension amcheck lacks its own ${missing.join(" and ")}`;
  const denied = rows.find((row) => !row.allowed);
  return denied ? `this login may not run ${denied.name}` : { schema: rows[0]?.schema ?? "" };
}
