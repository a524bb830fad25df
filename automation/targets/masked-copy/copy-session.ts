/**
 * Sessions of a masked copy. What a server says may quote rows: in a message of a cast, in the detail of a duplicate
 * key, in whatever a function of an index raises while that is built. So nothing of it is kept but its SQLSTATE.
 */
import { types } from "node:util";
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import { openControlSession, sessionWasLost, type ControlSessionOptions } from "../control-session";
import type { DatabaseLogin } from "../database-login";

/**
 * Does `work` in a session as control-session.ts opens them, and ends it. `what` is for the message: "the leak scan".
 * Errors: those of `quietly`.
 */
export async function inCopySession<T>(
  login: DatabaseLogin,
  options: ControlSessionOptions,
  what: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return quietly(login.identifier, what, async () => {
    const client = await openControlSession(login, options);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  });
}

/**
 * In place of every error of PostgreSQL. Errors: copy-query-failed, copy-storage-full; those that another attempt may
 * not meet: copy-disturbed, copy-connection-lost.
 */
export async function quietly<T>(identifier: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = databaseErrorIn(thrown);
    if (isOfNetwork(thrown)) throw connectionLost(`"${identifier}"`, what, thrown.message);
    if (error === undefined) throw thrown;
    const sqlstate = error.code ?? "unknown";
    throw passing(identifier, what, error) ?? new ShipshapeError("copy-query-failed", { identifier, what, sqlstate });
  }
}

/**
 * What is no fault of the statement; undefined: it is, and would fail again. A full storage lasts until a person acts,
 * and each attempt would copy for hours to fill it again.
 */
export function passing(identifier: string, what: string, error: DatabaseError): Error | undefined {
  const sqlstate = error.code ?? "unknown";
  if (sessionWasLost(error)) return connectionLost(`"${identifier}"`, what, `SQLSTATE ${sqlstate}`);
  if (sqlstate === "53100") return new ShipshapeError("copy-storage-full", { identifier, what, sqlstate });
  if (mayPass.test(sqlstate)) return new ShipshapeError("copy-disturbed", { identifier, what, sqlstate });
  return undefined;
}

/** A password just rotated, conflicts, memory and sessions that others have, locks, cancellation, system faults. */
const mayPass = /^(28|40|53[23]|55|57|58)/;

/**
 * `reason`: of the network, or the SQLSTATE without its message, since a function can raise an error with the SQLSTATE
 * of a lost session, too.
 */
export const connectionLost = (database: string, what: string, reason: string): Error =>
  new ShipshapeError("copy-connection-lost", { database, what, reason });

/** Of the socket, or what node-postgres says when it has closed: neither quotes a row. */
export const isOfNetwork = (error: unknown): error is Error =>
  types.isNativeError(error) &&
  ("syscall" in error || /^(Connection terminated|Client has encountered a connection error)/.test(error.message));

/** A login can run a trigger of the database's owners: then the error of PostgreSQL is the cause of ours. */
function databaseErrorIn(thrown: unknown): DatabaseError | undefined {
  if (thrown instanceof DatabaseError) return thrown;
  const cause = thrown instanceof ShipshapeError ? thrown.cause : undefined;
  return cause instanceof DatabaseError ? cause : undefined;
}
