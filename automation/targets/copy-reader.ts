/**
 * The login that checks a restored copy. What the copy's owners stored in it (functions in indexes and policies, login
 * triggers …) may run in the sessions that read it, with the rights of these sessions. So they are not the master's:
 * this role reads everything, writes nothing, owns nothing, and ends with the copy.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import type { Client } from "pg";
import type { DatabaseLogin } from "./database-login";

/**
 * Name and password follow from the copy's new master password, which nobody else knows: nothing could be prepared for
 * a role of that name, and no record has to keep a password.
 */
export function readerOf(master: DatabaseLogin): DatabaseLogin {
  const derived = (what: string) =>
    createHmac("sha256", master.password).update(`reader's ${what} in ${master.resourceId}`).digest("hex");
  return { ...master, user: `shipshape_reader_${derived("name").slice(0, 16)}`, password: derived("password") };
}

/** As the master. Safe to repeat. */
export async function createReader(client: Client, { user, password, database }: DatabaseLogin): Promise<void> {
  const { rows: existing } = await client.query("select from pg_roles where rolname = $1", [user]);
  if (existing.length === 0)
    await client.query(
      `create role ${user} login inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${verifierOf(password)}'`,
    );
  // Rows that a policy hides are an error in our sessions, see control-session.ts.
  await client.query(`grant pg_read_all_data to ${user}`);
  const { rows } = await client.query<{ allowed: boolean; name: string }>(
    "select has_database_privilege($1, current_database(), 'connect') as allowed, quote_ident(current_database()) as name",
    [user],
  );
  if (!rows[0]?.allowed) await client.query(`grant connect on database ${rows[0]?.name ?? database} to ${user}`);
}

/** What PostgreSQL stores of a password, so that no log of the copy shows it (RFC 5802, RFC 7677). */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4096, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(hmac("Client Key")).digest("base64");
  return `SCRAM-SHA-256$4096:${salt.toString("base64")}$${stored}:${hmac("Server Key").toString("base64")}`;
}
