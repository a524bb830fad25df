/**
 * A server of another major with everything that a running one has: roles and schema as SQL, rows by logical
 * replication, as RDS does for a blue/green deployment to another major. Here "source" is the server that still writes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { connectionOf } from "./following";
import { limits } from "./limits";
import { poll } from "./poll";
import { PostgresError } from "./postgres-errors";
import { letReplicasLogIn, replicationRole } from "./replica";
import { quoteIdentifier, quoteLiteral, templateRoles } from "./rights";
import { grantingEverywhere } from "./grantors";
import { dumpSchema } from "./schema-dump";
import type { PostgresServer } from "./server-types";

export interface LogicalPair {
  source: PostgresServer;
  copy: PostgresServer;
  /** Of publications, subscriptions and slots, in each database. */
  name: string;
}

/**
 * What the source is to the copy now, in each database with tables: `copying`, `streaming`, or why it no longer follows.
 */
export type LogicalState = "copying" | "streaming" | { broken: string };

/**
 * Lets a copy log in to the source. Until `unpublish` its role passes every privilege and policy, as a copy has every
 * row; a privilege of its own would be one of the customer's databases. Repeating it changes nothing.
 */
export async function allowCopy(source: PostgresServer, password: string): Promise<void> {
  await letReplicasLogIn(source, password);
  await source.query(`alter role ${replicationRole} superuser`);
}

/** Fills a new server. It begins with nothing: an attempt that was interrupted starts with another server. */
export async function copyLogically({ source, copy, name }: LogicalPair, masterUsername: string): Promise<void> {
  await copyRoles(source, copy, masterUsername);
  const databases = await databasesOf(source);
  for (const database of databases) await copySchema(source, copy, database);
  await copySettings(source, copy);
  for (const database of databases) {
    if (!(await hasTables(source, database))) continue;
    await source.query(`create publication ${quoteIdentifier(name)} for all tables`, [], database);
    await copy.query(
      `create subscription ${quoteIdentifier(name)} connection ${quoteLiteral(connection(copy, source, database))}
        publication ${quoteIdentifier(name)} with (slot_name = ${quoteLiteral(slotIn(name, database, databases))})`,
      [],
      database,
    );
  }
}

/** Once the rows are there: a view that was never filled cannot be read. One that another needs is filled before it. */
export async function fillViews(copy: PostgresServer): Promise<void> {
  const empty = "select format('%I.%I', schemaname, matviewname) as name from pg_matviews where not ispopulated";
  for (const database of await databasesOf(copy))
    for (let left = await copy.query(empty, [], database), before = 0; left.length !== before;) {
      before = left.length;
      for (const { name } of left)
        await copy.query(`refresh materialized view ${String(name)}`, [], database).catch(() => undefined);
      left = await copy.query(empty, [], database);
    }
}

/** Until every table has its rows. @throws PostgresError copy-failed, if it cannot follow */
export async function untilCopied(copy: PostgresServer): Promise<void> {
  for (;;) {
    const state = await logicalState(copy);
    if (state === "streaming") return;
    if (state !== "copying") throw new PostgresError("copy-failed", state.broken);
    await sleep(limits.copyLookMilliseconds);
  }
}

export async function logicalState(copy: PostgresServer): Promise<LogicalState> {
  for (const database of await subscribed(copy)) {
    const [row] = await copy.query(
      `select (select count(*)::int from pg_subscription_rel where srsubstate <> 'r') as missing,
        (select sum(sync_error_count)::int from pg_stat_subscription_stats join pg_subscription s on s.oid = subid
          join pg_database d on d.oid = subdbid where datname = current_database()) as failures`,
      [],
      database,
    );
    if (Number(row?.missing) === 0) continue;
    const isBroken = Number(row?.failures) >= limits.copyFailures;
    return isBroken ? { broken: `the rows of ${database} cannot be copied: its log says why` } : "copying";
  }
  return "streaming";
}

/** Waits until the copy has applied everything that the source has written by now, or until the deadline. */
export async function hasAllOf({ source, name }: LogicalPair, deadline: Date): Promise<boolean> {
  const [at] = await source.query("select pg_current_wal_lsn()::text as lsn");
  for (;;) {
    const [row] = await source.query(
      "select count(*)::int as behind from pg_replication_slots where starts_with(slot_name, $1) and confirmed_flush_lsn < $2::pg_lsn",
      [name, at?.lsn],
    );
    if (Number(row?.behind) === 0) return true;
    if (Date.now() > deadline.getTime()) return false;
    await sleep(limits.pollMilliseconds);
  }
}

/** The source listens elsewhere now. */
export async function followAt({ source, copy, name }: LogicalPair): Promise<void> {
  for (const database of await subscribed(copy))
    await copy.query(
      `alter subscription ${quoteIdentifier(name)} connection ${quoteLiteral(connection(copy, source, database))}`,
      [],
      database,
    );
}

/** Sequences go where the source's are. Repeating it changes nothing. */
export async function copySequences({ source, copy }: LogicalPair): Promise<void> {
  for (const database of await databasesOf(source)) {
    const found = await source.query(
      "select format('%I.%I', schemaname, sequencename) as name, last_value::text as last from pg_sequences where last_value is not null",
      [],
      database,
    );
    for (const { name, last } of found)
      await copy.query("select setval($1::regclass, $2::bigint)", [name, last], database);
  }
}

/** The copy follows nobody any more; the source may be gone. */
export async function unfollow(copy: PostgresServer, name: string): Promise<void> {
  const own = quoteIdentifier(name);
  for (const database of await subscribed(copy))
    for (const statement of [`disable`, `set (slot_name = none)`])
      await copy.query(`alter subscription ${own} ${statement}`, [], database);
  for (const database of await subscribed(copy)) await copy.query(`drop subscription ${own}`, [], database);
}

/** What the source keeps for a copy is dropped: a slot would keep WAL until the disk is full. */
export async function unpublish(source: PostgresServer, name: string): Promise<void> {
  for (const database of await databasesOf(source))
    await source.query(`drop publication if exists ${quoteIdentifier(name)}`, [], database);
  await source.query(
    `do $$ begin
      if exists (select from pg_roles where rolname = '${replicationRole}') then alter role ${replicationRole} nosuperuser; end if;
    end $$`,
  );
  const ours = "from pg_replication_slots where slot_type = 'logical' and starts_with(slot_name, $1)";
  // A copy that is still there connects again: its slot is dropped when it is free.
  await poll(limits.dropSlotMilliseconds, async () => {
    const slots = await source.query(`select active_pid as sender ${ours}`, [name]);
    for (const { sender } of slots)
      if (sender !== null) await source.query("select pg_terminate_backend($1, 5000)", [sender]);
    await source
      .query(`select pg_drop_replication_slot(slot_name) ${ours} and not active`, [name])
      .catch(() => undefined);
    return slots.length === 0;
  });
}

/** Changes with what logical replication does not carry: tables, columns, and large objects. */
export async function schemaFingerprint(source: PostgresServer): Promise<string> {
  const parts: unknown[] = [];
  for (const database of await databasesOf(source)) parts.push(await source.query(fingerprintOf, [], database));
  return JSON.stringify(parts);
}

const userSchemas = "nspname !~ '^pg_' and nspname <> 'information_schema'";
const fingerprintOf = `select
  (select md5(string_agg(format('%s %s %s %s %s', c.oid, c.relname, c.relnamespace, attname, atttypid), ',' order by c.oid, attnum))
    from pg_class c join pg_namespace n on n.oid = relnamespace join pg_attribute on attrelid = c.oid
    where ${userSchemas} and relkind in ('r', 'p', 'v', 'm', 'S') and attnum > 0 and not attisdropped) as columns,
  (select md5(string_agg(format('%s %s', indexrelid, indisvalid), ',' order by indexrelid)) from pg_index) as indexes,
  (select count(*)::text from pg_largeobject_metadata) as large`;

async function databasesOf(server: PostgresServer): Promise<string[]> {
  const rows = await server.query(
    "select datname as name from pg_database where datallowconn and not datistemplate and datname <> 'rdsadmin' order by oid",
  );
  return rows.map(({ name }) => String(name));
}

async function subscribed(copy: PostgresServer): Promise<string[]> {
  const rows = await copy.query(
    "select datname as database from pg_subscription join pg_database d on d.oid = subdbid order by subdbid",
  );
  return rows.map(({ database }) => String(database));
}

async function hasTables(source: PostgresServer, database: string): Promise<boolean> {
  const [row] = await source.query(
    `select exists (select from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind in ('r', 'p') and relpersistence = 'p' and ${userSchemas}) as found`,
    [],
    database,
  );
  return row?.found === true;
}

/** Slots are the server's, not a database's, and of letters, digits and underscores. */
const slotIn = (name: string, database: string, all: string[]): string => `${name}_${all.indexOf(database)}`;

const connection = (copy: PostgresServer, source: PostgresServer, database: string): string =>
  connectionOf({ tlsFolder: copy.tlsFolder, port: source.port, name: "rdslogical", database });

/** As pg_dumpall has them, with their passwords: the master's is the source's, too. */
async function copyRoles(source: PostgresServer, copy: PostgresServer, masterUsername: string): Promise<void> {
  const ours = [templateRoles, "rdsadmin", "rdsrepladmin"].flat();
  const roles = await source.query(
    `select rolname as name, rolpassword as password, rolvaliduntil::text as until, rolconnlimit as most,
      rolcanlogin, rolinherit, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
     from pg_authid where oid >= 16384 and rolname <> all ($1)`,
    [ours],
  );
  for (const { name, password, until, most, ...may } of roles) {
    const words = Object.entries(may).map(([column, is]) => `${is === true ? "" : "no"}${column.slice(3)}`);
    const limited = [
      ...words.map((word) => word.replace("canlogin", "login")),
      `connection limit ${Number(most)}`,
      `password ${typeof password === "string" ? quoteLiteral(password) : "null"}`,
      ...(typeof until === "string" ? [`valid until ${quoteLiteral(until)}`] : []),
    ].join(" ");
    const isThere = name === masterUsername;
    await copy.query(`${isThere ? "alter" : "create"} role ${quoteIdentifier(String(name))} ${limited}`);
  }
  const members = await source.query(
    `select r.rolname as role, m.rolname as member, g.rolname as grantor, admin_option, inherit_option, set_option
     from pg_auth_members a join pg_roles r on r.oid = roleid join pg_roles m on m.oid = a.member
       join pg_roles g on g.oid = grantor
     where m.rolname <> all ($1) and m.rolname !~ '^pg_' order by g.rolname <> 'rdsadmin', a.oid`,
    [ours],
  );
  const [id, is] = [(name: unknown) => quoteIdentifier(String(name)), (option: unknown) => String(option === true)];
  for (const one of members)
    await copy.query(
      `grant ${id(one.role)} to ${id(one.member)} with admin ${is(one.admin_option)}, inherit ${is(one.inherit_option)}, set ${is(one.set_option)} granted by ${id(one.grantor)}`,
    );
}

/** Values of roles and databases, exactly as they are stored: a list is not quoted as one word is. */
async function copySettings(source: PostgresServer, copy: PostgresServer): Promise<void> {
  const found = await source.query(
    `select coalesce(d.datname, '') as database, coalesce(r.rolname, '') as role, setconfig as config
     from pg_db_role_setting left join pg_database d on d.oid = setdatabase left join pg_roles r on r.oid = setrole
     where coalesce(r.rolname, '') not in ('rdsadmin', 'rdsrepladmin')`,
  );
  for (const { database, role, config } of found) {
    const ids = [role, database];
    const where = `setrole = coalesce((select oid from pg_roles where rolname = $1), 0)
      and setdatabase = coalesce((select oid from pg_database where datname = $2), 0)`;
    await copy.query(`delete from pg_db_role_setting where ${where}`, ids);
    await copy.query(
      `insert into pg_db_role_setting (setrole, setdatabase, setconfig)
       select coalesce((select oid from pg_roles where rolname = $1), 0), coalesce((select oid from pg_database where datname = $2), 0), $3`,
      [...ids, config],
    );
  }
}

/** Its statements up to `\connect` make the database; those of `postgres`, which is there, give it what it has. */
async function copySchema(source: PostgresServer, copy: PostgresServer, database: string): Promise<void> {
  const text = await dumpSchema(source, database);
  const [, key] = /^\\restrict (\w+)$/m.exec(text) ?? [];
  const lines = text.split("\n").filter((line) => !key || !/^\\(un)?restrict /.test(line) || !line.endsWith(key));
  const at = lines.findIndex((line) => line.startsWith("\\connect "));
  const [outside, inside] = [lines.slice(0, at), lines.slice(at + 1)].map((part) => part.join("\n"));
  for (const statement of (outside ?? "").split(/;\n/)) {
    const isMade = database === "postgres" && /^\s*(--.*\n|\s)*CREATE DATABASE /.test(statement);
    if (statement.trim() !== "" && !isMade) await copy.query(statement);
  }
  await grantingEverywhere(copy, inside ?? "", () => copy.query(inside ?? "", [], database));
  await copy.query("update pg_extension set extowner = extowner", [], database);
  const owners = await source.query(
    "select extname as name, rolname as owner from pg_extension join pg_roles r on r.oid = extowner",
    [],
    database,
  );
  for (const one of owners)
    await copy.query(
      "update pg_extension set extowner = (select oid from pg_roles where rolname = $2) where extname = $1",
      [one.name, one.owner],
      database,
    );
}
