/** What of a server can be in the way of another version: of the instance, and of each database that can be opened. */
import type { Client } from "pg";
import { reasonOf, ShipshapeError } from "../errors";
import type { Found, ReplicationSettings, Unread, UpgradeFacts } from "../patches/upgrade-facts";
import { openControlSession, sessionWasLost, shownFailure, type ControlSessionOptions } from "./control-session";
import type { DatabaseLogin } from "./database-login";
import { namedMax, upgradeDatabasesMax, upgradeExtensionsMax } from "./limits";
import { shownText } from "./shown-text";
import { databaseQueries, instanceQueries, SETTINGS, type UpgradeQuery } from "./upgrade-queries";

/** With sessions of its own. Errors: database-unreachable, of the database that the login is for. */
export async function upgradeFactsOf(login: DatabaseLogin, options: ControlSessionOptions): Promise<UpgradeFacts> {
  const readOnly = { ...options, readOnly: true };
  const open = (database: string) => openControlSession({ ...login, database }, readOnly);
  const client = await open(login.database);
  try {
    return await readUpgradeFacts(client, open);
  } finally {
    await client.end();
  }
}

/**
 * By a session of the control plane's role. `open` opens one in another database of the instance; without it these are
 * not looked into, which the facts say. The loss of a session is an error; a statement that fails is one of the facts.
 */
export async function readUpgradeFacts(
  client: Client,
  open?: (database: string) => Promise<Client>,
): Promise<UpgradeFacts> {
  const roles = await rolesOf(client);
  const { rows } = await client.query<{ name: string; isCurrent: boolean }>(DATABASES);
  const facts: UpgradeFacts = {
    settings: await readSettings(client),
    instance: await readAll(client, instanceQueries, roles),
    databases: [],
    notLookedInto: [],
  };
  for (const [at, { name, isCurrent }] of rows.entries()) {
    const shown = shownText(name);
    const skip = (reason: string) => void facts.notLookedInto.push({ name: shown, reason });
    if (isCurrent) facts.databases.push({ name: shown, topics: await readAll(client, databaseQueries, roles) });
    else if (!open) skip("there was no session in it");
    else if (at >= upgradeDatabasesMax) skip(`no more than ${upgradeDatabasesMax} databases are looked into`);
    else {
      const opened = await open(name).catch((error: unknown) => unopened(error));
      if (typeof opened === "string") skip(opened);
      else
        try {
          facts.databases.push({ name: shown, topics: await readAll(opened, databaseQueries, await rolesOf(opened)) });
        } finally {
          await opened.end();
        }
    }
  }
  return facts;
}

/** That of the session first. `rdsadmin` is RDS's, and nobody else may open it; what allows no connection is a topic. */
const DATABASES = `select datname as name, datname = pg_catalog.current_database() as "isCurrent" from pg_catalog.pg_database
  where datallowconn and datconnlimit <> -2 and datname <> 'rdsadmin'
  order by datname <> pg_catalog.current_database(), datname`;

/** A database that does not let the role in; a server that does not answer is an error. */
function unopened(error: unknown): string {
  const { cause } = error as Error;
  if (error instanceof ShipshapeError && !sessionWasLost(cause)) return shownText(reasonOf(cause));
  throw error;
}

type Roles = ReadonlySet<string>;

async function rolesOf(client: Client): Promise<Roles> {
  const { rows } = await client.query<{ role: string }>(
    `select role from pg_catalog.unnest(array['pg_read_all_stats', 'pg_read_all_settings']) role
     where pg_catalog.pg_has_role(role, 'usage')`,
  );
  return new Set(rows.map(({ role }) => role));
}

async function readAll<Topic extends string>(
  client: Client,
  queries: Record<Topic, UpgradeQuery>,
  roles: Roles,
): Promise<Record<Topic, Found | Unread>> {
  const read: Partial<Record<Topic, Found | Unread>> = {};
  for (const topic of Object.keys(queries) as Topic[]) {
    const query = queries[topic];
    read[topic] =
      query.needs !== undefined && !roles.has(query.needs)
        ? { unread: `the role is no member of ${query.needs}` }
        : await unlessRefused(() => find(client, query, namesOf(topic)));
  }
  return read as Record<Topic, Found | Unread>;
}

/** Of extensions all, since some are looked for by name; of large objects none, since their numbers say nothing. */
const namesOf = (topic: string): number =>
  topic === "extensions" ? upgradeExtensionsMax : topic === "largeObjects" ? 0 : namedMax;

async function find(client: Client, { sql, parameters = [] }: UpgradeQuery, named: number): Promise<Found | Unread> {
  const { rows } = await client.query<Found>(
    `with found as materialized (${sql}) select (select pg_catalog.count(*)::pg_catalog.int4 from found) as count,
       array(select name::text from found order by rank desc, name limit ${named}) as names`,
    parameters,
  );
  const { count, names } = rows[0]!;
  if (named === upgradeExtensionsMax && count > named) return { unread: `there are more than ${named}` };
  return { count, names: names.map(shownText) };
}

async function readSettings(client: Client): Promise<ReplicationSettings | Unread> {
  return unlessRefused(async () => {
    const { rows } = await client.query<{ settings: ReplicationSettings }>(SETTINGS);
    return rows[0]!.settings;
  });
}

async function unlessRefused<T>(read: () => Promise<T>): Promise<T | Unread> {
  try {
    return await read();
  } catch (error) {
    if (sessionWasLost(error)) throw error;
    return { unread: shownFailure(error) };
  }
}
