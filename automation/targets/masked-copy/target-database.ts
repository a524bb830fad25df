/**
 * The database of a target that a copy is made in, and how it takes the place of the one that applications know. Until
 * then it has a name that nobody knows and lets nobody in but the master; the swap of names is one transaction.
 */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import { swapAttemptsMax } from "./limits";

export interface TargetNames {
  /** As applications name it. */
  name: string;
  /** Of the copy, until it is handed over. */
  hidden: string;
  /** Of what was there before, until it is dropped. */
  aside: string;
}

/** An empty one: what an earlier attempt has copied is dropped. As the master, in another database of the instance. */
export async function makeHiddenDatabase(client: Client, { name, hidden }: TargetNames): Promise<void> {
  const [quoted, locale] = [client.escapeIdentifier(hidden), await localeOf(client, name)];
  await client.query(`drop database if exists ${quoted} with (force)`);
  await client.query(`create database ${quoted} template template0 ${locale}`);
  await client.query(`revoke all on database ${quoted} from public`);
}

/** Of the database whose place it takes. */
async function localeOf(client: Client, name: string): Promise<string> {
  const { rows } = await client.query<{ encoding: string; collate: string; ctype: string }>(
    `select pg_encoding_to_char(encoding) as encoding, datcollate as collate, datctype as ctype from pg_database where datname = $1`,
    [name],
  );
  const [found] = rows;
  if (!found) throw new ShipshapeError("target-database-missing", { database: name });
  const text = (value: string) => client.escapeLiteral(value);
  return `encoding ${text(found.encoding)} lc_collate ${text(found.collate)} lc_ctype ${text(found.ctype)}`;
}

/** Whether the copy of that run is what applications see. It says so itself, in its comment. */
export const isHandedOver = async (client: Client, { name }: TargetNames, mark: string): Promise<boolean> =>
  (await commentOf(client, name)) === mark;

/** A restored copy is what that run hands over. Safe to repeat. */
export async function markHandedOver(client: Client, { name }: TargetNames, mark: string): Promise<void> {
  await client.query(`comment on database ${client.escapeIdentifier(name)} is ${client.escapeLiteral(mark)}`);
}

const leakMark = "real values were found in it";

/** It is never handed over. */
export async function markLeaking(client: Client, { hidden }: TargetNames): Promise<void> {
  await client.query(`comment on database ${client.escapeIdentifier(hidden)} is ${client.escapeLiteral(leakMark)}`);
}

/** What was in it stays in the log of changes, in freed blocks and in backups of the instance. */
export const isLeaking = async (client: Client, { hidden }: TargetNames): Promise<boolean> =>
  (await commentOf(client, hidden)) === leakMark;

async function commentOf(client: Client, database: string): Promise<string | null | undefined> {
  const { rows } = await client.query<{ comment: string | null }>(
    "select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1",
    [database],
  );
  return rows[0]?.comment;
}

/** Nothing but a copy that a refresh has handed over is in it; so it may be removed. */
export const copyMark = (requestId: string): string => `masked copy by request ${requestId}`;

/** The same of an empty database that has taken the place of a copy. */
export const emptyMark = (requestId: string): string => `emptied by request ${requestId}`;

/** Those whose names begin so. */
export async function databasesLike(client: Client, beginning: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select datname as name from pg_database where starts_with(datname, $1) order by 1",
    [beginning],
  );
  return rows.map(({ name }) => name);
}

/**
 * Gives the copy the name, and drops what had it. Safe to repeat: it is done once the database of that name has the
 * mark. Sessions in the database before are ended: they would hold its name.
 */
export async function swapDatabases(client: Client, names: TargetNames, mark: string): Promise<void> {
  const { name, hidden, aside } = names;
  const quoted = (one: string) => client.escapeIdentifier(one);
  if (!(await isHandedOver(client, names, mark))) {
    for (const statement of await accessStatements(client, names)) await client.query(statement);
    await client.query(`comment on database ${quoted(hidden)} is ${client.escapeLiteral(mark)}`);
    await withoutSessions(client, [name, hidden], async () => {
      await client.query("begin");
      await client.query(`alter database ${quoted(name)} rename to ${quoted(aside)}`);
      await client.query(`alter database ${quoted(hidden)} rename to ${quoted(name)}`);
      await client.query("commit");
    });
  }
  await client.query(`drop database if exists ${quoted(aside)} with (force)`);
}

/** What is left of a copy that is not handed over. */
export async function dropHiddenDatabase(client: Client, { hidden, aside }: TargetNames): Promise<void> {
  for (const one of [hidden, aside])
    await client.query(`drop database if exists ${client.escapeIdentifier(one)} with (force)`);
}

/** A session may begin between the end of the others and the change of the name: PostgreSQL then refuses it. */
async function withoutSessions(client: Client, databases: string[], work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await client.query(
        "select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = any ($1) and backend_type = 'client backend'",
        [databases],
      );
      return await work();
    } catch (error) {
      const isUsed = error instanceof DatabaseError && error.code === "55006";
      await client.query("rollback");
      if (!isUsed || attempt === swapAttemptsMax) throw error;
    }
}

/** Who may connect, and the settings of sessions: they belong to a database, and its schema does not have them. */
async function accessStatements(client: Client, { name, hidden }: TargetNames): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('revoke all on database %I from public', $2::text) as statement
     union all select format('grant %s on database %I to %s%s', string_agg(a.privilege_type, ', '), $2::text,
         case when a.grantee = 0 then 'public' else quote_ident(r.rolname) end, case when a.is_grantable then ' with grant option' else '' end)
       from pg_database d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a left join pg_roles r on r.oid = a.grantee
       where d.datname = $1 and a.grantee <> d.datdba group by a.grantee, r.rolname, a.is_grantable
     union all select format('alter %s set %I to %s', case when s.setrole = 0 then format('database %I', $2::text)
         else format('role %I in database %I', r.rolname, $2::text) end, split_part(c, '=', 1),
         case when split_part(c, '=', 1) in ('search_path', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces')
           then substr(c, position('=' in c) + 1) else quote_literal(substr(c, position('=' in c) + 1)) end)
       from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) c
       where d.datname = $1`,
    [name, hidden],
  );
  return rows.map(({ statement }) => statement);
}

/** Memberships that the master has given itself to load the schema. The one that a role's creator has stays. */
export async function leaveRoles(client: Client, roles: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select r.rolname as name from pg_auth_members m join pg_roles r on r.oid = m.roleid
     where m.member = current_user::regrole and m.grantor = current_user::regrole and r.rolname = any ($1)`,
    [[...roles]],
  );
  for (const { name } of rows)
    await client.query(`revoke ${client.escapeIdentifier(name)} from current_user granted by current_user`);
}
