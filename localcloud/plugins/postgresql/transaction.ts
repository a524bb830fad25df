import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../adapter";
import { onConnection, type Query } from "./connection";
import { joinRoles } from "./membership";
import type { ServerAccess } from "./settings";

/**
 * Concurrent grants of one role, from several resources, can collide in the catalog, where PostgreSQL has no lock to
 * wait for.
 */
const ATTEMPTS_MAX = 8;
const PAUSE_MILLISECONDS = 60;

interface TransactionOptions {
  database?: string | undefined;
  /** The login must be a member of these while `body` runs: it acts on what they own. Superusers need not. */
  as?: (query: Query) => Promise<string[]> | string[];
}

export async function inTransaction<T>(
  context: Context<ServerAccess>,
  { database, as }: TransactionOptions,
  body: (query: Query) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onConnection(context, database, async (query) => {
        await query("BEGIN");
        const leave = as ? await joinRoles(query, await as(query), loginOf(context.config), "transaction") : undefined;
        const result = await body(query);
        await leave?.();
        await query("COMMIT");
        return result;
      });
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || !isCollision(error)) throw error;
      await sleep(PAUSE_MILLISECONDS * attempt * (0.5 + Math.random()), undefined, { signal: context.signal });
    }
  }
}

/**
 * CREATE, ALTER and DROP DATABASE cannot run in a transaction, so the membership is granted and revoked outside them.
 */
export async function outsideTransaction<T>(
  context: Context<ServerAccess>,
  as: string | undefined,
  body: (query: Query) => Promise<T>,
): Promise<T> {
  return onConnection(context, undefined, async (query) => {
    const leave = await joinRoles(query, as ? [as] : [], loginOf(context.config), "session");
    try {
      return await body(query);
    } finally {
      await leave();
    }
  });
}

export const loginOf = (access: ServerAccess): string => access.databaseUsername || access.username;

/**
 * Two resources on one role wait for each other instead of colliding; the locks are those of the official provider, so
 * that both can run at once.
 */
export async function lockRole(query: Query, role: string): Promise<void> {
  await query("SET LOCAL statement_timeout = 0");
  await query("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_roles WHERE rolname = $1", [role]);
  await query(
    "SELECT pg_advisory_xact_lock(member::bigint) FROM pg_auth_members JOIN pg_roles ON roleid = pg_roles.oid WHERE rolname = $1",
    [role],
  );
}

export async function lockDatabase(query: Query, database: string): Promise<void> {
  await query("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_database WHERE datname = $1", [database]);
}

function isCollision(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === "40P01" || /tuple concurrently (updated|deleted)/.test(message ?? "");
}
