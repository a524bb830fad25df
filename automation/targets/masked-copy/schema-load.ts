/** Puts a schema into an empty database, statement by statement: each failure has its place. */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import { passing } from "./copy-session";
import { statementsOf, type DumpStatement } from "./dump-statements";

/**
 * What a target of that major understands, and its master may do. A dump becomes the role that has given a privilege
 * on, such as `rds_superuser` on the functions of an extension; PostgreSQL finds that role itself among the master's.
 */
export const loadable = (dump: string, majorVersion: number): DumpStatement[] =>
  statementsOf(dump).filter(
    ({ sql }) =>
      !/^(SET|RESET) SESSION AUTHORIZATION\b/.test(sql) &&
      (majorVersion >= 17 || !/^SET transaction_timeout\b/.test(sql)),
  );

/** From then on policies hide rows, from our own sessions too: so it comes last. */
export const hidesRows = ({ sql }: DumpStatement): boolean =>
  /^ALTER TABLE (ONLY )?[^;]+ ENABLE ROW LEVEL SECURITY;$/.test(sql);

/** What roles are lent, while they are given their objects: see lent-creation.ts. */
type Lending = (client: Client) => Promise<{ lend: DumpStatement[]; takeBack: DumpStatement[] }>;

/**
 * Pre-data, in one transaction: it is quick, and leaves nothing half done. As pg_dump orders it, schemas come first and
 * privileges last. Errors: those of `loadSchema`.
 */
export async function loadPreData(
  client: Client,
  identifier: string,
  statements: readonly DumpStatement[],
  lending: Lending,
  signal?: AbortSignal,
): Promise<void> {
  const load = (some: readonly DumpStatement[]) => loadSchema(client, identifier, some, signal);
  const objects = indexOr(statements, ({ sql }) => !/^(SET|SELECT|(CREATE|ALTER) SCHEMA)\b/.test(sql));
  const privileges = indexOr(statements, ({ place }) => /^(DEFAULT )?(ACL|PRIVILEGES) /.test(place));
  await load([begin, ...statements.slice(0, objects)]);
  const { lend, takeBack } = await lending(client);
  await load([...lend, ...statements.slice(objects, privileges), ...takeBack, ...statements.slice(privileges), commit]);
}

const indexOr = (all: readonly DumpStatement[], is: (one: DumpStatement) => boolean): number => {
  const found = all.findIndex(is);
  return found < 0 ? all.length : found;
};

/** Post-data: each for itself, so that an index that takes an hour holds no lock of the others. Errors: as above. */
export async function loadPostData(
  client: Client,
  identifier: string,
  statements: readonly DumpStatement[],
  lending: Lending,
  signal?: AbortSignal,
): Promise<void> {
  const { lend, takeBack } = await lending(client);
  await loadSchema(client, identifier, [...lend, ...statements, ...takeBack], signal);
}

/** All or none of them. Errors: those of `loadSchema`. */
export const loadAtOnce = (
  client: Client,
  identifier: string,
  statements: readonly DumpStatement[],
  signal?: AbortSignal,
) => loadSchema(client, identifier, [begin, ...statements, commit], signal);

const begin: DumpStatement = { sql: "begin", place: "the beginning of the schema" };
const commit: DumpStatement = { sql: "commit", place: "the end of the schema" };

/** Errors: schema-not-loaded, copy-storage-full, copy-disturbed, copy-connection-lost. */
export async function loadSchema(
  client: Client,
  identifier: string,
  statements: readonly DumpStatement[],
  signal?: AbortSignal,
): Promise<void> {
  for (const { sql, place } of statements) {
    signal?.throwIfAborted();
    try {
      await client.query(sql);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      const { code = "unknown" } = error;
      throw (
        passing(identifier, place, error) ??
        new ShipshapeError("schema-not-loaded", { identifier, place, sqlstate: code })
      );
    }
  }
}

/**
 * The roles that own something in the source or have a privilege there, which the schema names. One that the target
 * lacks is created without a login: passwords never travel.
 */
export async function readRolesOf(source: Client): Promise<string[]> {
  const { rows } = await source.query<{ name: string }>(`
    select distinct r.rolname as name from pg_shdepend d join pg_roles r on r.oid = d.refobjid
    where d.refclassid = 'pg_authid'::regclass and d.dbid = (select oid from pg_database where datname = current_database())
      and r.rolname !~ '^(pg_|rds)' order by 1`);
  return rows.map(({ name }) => name);
}

/** Safe to repeat. The session that loads the schema must be able to give objects to each of them. */
export async function ensureRoles(target: Client, roles: readonly string[]): Promise<void> {
  const { rows } = await target.query<{ name: string; known: boolean; member: boolean }>(
    `select n.name, r.oid is not null as known, coalesce(pg_has_role(current_user, r.oid, 'usage') and pg_has_role(current_user, r.oid, 'member'), false) as member
     from unnest($1::text[]) as n (name) left join pg_roles r on r.rolname = n.name`,
    [roles],
  );
  for (const { name, known, member } of rows) {
    const quoted = target.escapeIdentifier(name);
    if (!known) await target.query(`create role ${quoted} nologin`);
    if (!member) await target.query(`grant ${quoted} to current_user`);
  }
}
