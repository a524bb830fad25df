/** The logins of roles whose passwords are rotated: tried as clients use them, and looked at and ended as the master. */
import { DatabaseError, type Client } from "pg";
import { reasonOf } from "../errors";
import { connectToDatabase } from "./database-connection";
import type { DatabaseLogin } from "./database-login";
import { shownText } from "./shown-text";

export interface LoginTrial {
  user: string;
  /** What it did, to show that it can do what its role is for; nothing of it is left. */
  did: string;
  failure?: string;
}

/**
 * Logs in as clients do, with the settings that are stored for the login, and does what the role is for. What it writes
 * is rolled back. Names are qualified: the owner of the database chooses the search path.
 */
export async function tryLogin(
  login: DatabaseLogin,
  role: { name: string; standard: { readonly [name in "onTables" | "memberOf"]: readonly string[] }; schema: string },
  limits: { statementSeconds: number; lockSeconds: number; rootCertificateFile: string | undefined },
): Promise<LoginTrial> {
  const { user } = login;
  const { statementSeconds, lockSeconds, rootCertificateFile } = limits;
  const session = {
    options: `-c client_encoding=UTF8 -c statement_timeout=${statementSeconds}s -c lock_timeout=${lockSeconds}s`,
    queryTimeoutSeconds: statementSeconds + lockSeconds,
  };
  let client;
  try {
    client = await connectToDatabase(login, rootCertificateFile, session);
  } catch (error) {
    const { cause } = error as Error;
    // Only an answer that refuses the login says something about it; of anything else, another attempt may succeed.
    if (!(cause instanceof DatabaseError) || !cause.code?.startsWith("28")) throw error;
    return { user, did: "", failure: shownText(reasonOf(cause)) };
  }
  try {
    const { rows } = await client.query<{ login: string; is: string }>(
      "select session_user::pg_catalog.text as login, current_user::pg_catalog.text as is",
    );
    const [found] = rows;
    if (found?.is !== role.name || found.login !== user)
      return { user, did: "", failure: `${user} acts as ${found?.is}, not as ${role.name}` };
    return { user, did: await within(client, () => purposeOf(client, role)) };
  } catch (error) {
    return { user, did: "", failure: shownText(reasonOf(error)) };
  } finally {
    await client.end();
  }
}

async function within(client: Client, work: () => Promise<string>): Promise<string> {
  await client.query("begin");
  try {
    return await work();
  } finally {
    await client.query("rollback");
  }
}

async function purposeOf(client: Client, { name, standard, schema }: Parameters<typeof tryLogin>[1]): Promise<string> {
  if (name === "owner") {
    const table = `${client.escapeIdentifier(schema)}.shipshape_rotation_trial`;
    await client.query(`create table ${table} (id pg_catalog.int4)`);
    await client.query(`insert into ${table} values (1)`);
    return "created a table and wrote to it";
  }
  const [privilege] = (["DELETE", "SELECT"] as const).filter((one) => standard.onTables.includes(one));
  if (privilege !== undefined) {
    const table = await tableFor(client, schema, privilege);
    if (table === undefined) return `has no table to ${privilege === "DELETE" ? "write to" : "read"} yet`;
    await client.query(privilege === "DELETE" ? `delete from ${table} where false` : `select from ${table} limit 1`);
    return privilege === "DELETE" ? `may write to ${table}` : `read ${table}`;
  }
  for (const group of standard.memberOf) {
    const { rows } = await client.query("select where pg_catalog.pg_has_role(current_user, $1, 'USAGE')", [group]);
    if (rows.length === 0) throw new Error(`it is not a member of ${group}`);
  }
  return standard.memberOf.length > 0 ? `is a member of ${standard.memberOf.join(", ")}` : "has a session";
}

/** A table without triggers and rules: even a statement that changes no row would run theirs. */
async function tableFor(client: Client, schema: string, privilege: string): Promise<string | undefined> {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
     where n.nspname operator(pg_catalog.=) $1 and c.relkind operator(pg_catalog.=) 'r'
       and not c.relhastriggers and not c.relhasrules and pg_catalog.has_table_privilege(c.oid, $2)
     order by c.oid limit 1`,
    [schema, privilege],
  );
  const [found] = rows;
  return found && [found.schema, found.name].map((part) => client.escapeIdentifier(part)).join(".");
}

/** Sessions of one program by one login. */
export interface OldClient {
  user: string;
  program: string;
  sessions: number;
  /** Whether one of them began in the second half of the grace. */
  isNew: boolean;
}

/** The time of the database, as its sessions record when they began. */
export async function clockOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ at: string }>("select clock_timestamp()::text as at");
  return rows[0]!.at;
}

/** Who is logged in by these at the end of a grace that began then. Without one, nobody is new. */
export async function clientsOf(client: Client, users: string[], graceBegan?: string): Promise<OldClient[]> {
  const { rows } = await client.query<OldClient>(
    `select usename as user, coalesce(nullif(application_name, ''), 'a program without a name') as program,
       count(*)::int as sessions,
       coalesce(max(backend_start) > $2::timestamptz + (now() - $2::timestamptz) / 2, false) as "isNew"
     from pg_stat_activity where usename = any($1) group by 1, 2 order by 1, 2`,
    [users, graceBegan ?? null],
  );
  return rows.map((one) => ({ ...one, program: shownText(one.program) }));
}

/** Ends the sessions of logins that may not log in; resolves to how many. */
export async function endSessions(client: Client, users: string[]): Promise<number> {
  // It waits for each to be gone, for a second at most.
  const { rowCount } = await client.query(
    "select pg_terminate_backend(pid, 1000) from pg_stat_activity where usename = any($1)",
    [users],
  );
  return rowCount ?? 0;
}

export interface FoundLogin {
  user: string;
  mayLogIn: boolean;
  /** Its timeouts, search path, connection limit and last day, as text. */
  limits: string;
}

export async function loginsFound(client: Client, users: string[]): Promise<FoundLogin[]> {
  const { rows } = await client.query<FoundLogin>(
    `select rolname as user, rolcanlogin as "mayLogIn",
       concat_ws(' ', rolconnlimit, coalesce(rolvaliduntil::text, 'infinity'), (
         select string_agg(setting, ' ' order by setting) from unnest(rolconfig) as setting
         where setting not like 'role=%')) as limits
     from pg_roles where rolname = any($1) order by 1`,
    [users],
  );
  return rows;
}
