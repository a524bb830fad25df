import { crc32 } from "node:zlib";
import type { PropertyValues, Context } from "../adapter";
import { onConnection, type Query } from "./connection";
import { databaseExists } from "./database";
import { roleExists, serverVersion } from "./membership";
import type { ServerAccess } from "./settings";

/** Shared by Grant and DefaultPrivileges. */

const privilegesOf: Record<string, string[]> = {
  database: ["CREATE", "CONNECT", "TEMPORARY"],
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  schema: ["CREATE", "USAGE"],
  sequence: ["USAGE", "SELECT", "UPDATE"],
  function: ["EXECUTE"],
  type: ["USAGE"],
};

const VERSION_WITH_MAINTAIN = 170000;

async function allPrivileges(query: Query, objectType: string): Promise<string[]> {
  const known = privilegesOf[objectType] ?? [];
  return objectType === "table" && (await serverVersion(query)) >= VERSION_WITH_MAINTAIN
    ? [...known, "MAINTAIN"]
    : known;
}

/** Here and not in check, as the available privileges depend on the server. */
export async function refuseUnknownPrivileges(query: Query, { objectType, privileges }: PropertyValues): Promise<void> {
  const allowed = [...(await allPrivileges(query, objectType)), "ALL"];
  const unknown = privileges.find((privilege: string) => !allowed.includes(privilege));
  if (unknown)
    throw new Error(
      `${unknown} is not an allowed privilege for object type ${objectType}; allowed are ${allowed.join(", ")}`,
    );
}

/** ALL stays ALL while the live set is complete; otherwise the live set is reported. */
export async function declaredOrLive(
  query: Query,
  { objectType, privileges }: PropertyValues,
  live: string[],
): Promise<string[]> {
  const declared: string[] = privileges ?? [];
  const expanded = declared.includes("ALL") ? await allPrivileges(query, objectType) : declared;
  const same = live.length === expanded.length && expanded.every((privilege) => live.includes(privilege));
  return same ? declared : live;
}

/** OID of a grantee; 0 is PUBLIC. */
export async function granteeOid(query: Query, role: string): Promise<number> {
  if (role === "public") return 0;
  const [row] = await query("SELECT oid FROM pg_roles WHERE rolname = $1", [role]);
  if (!row) throw new Error(`could not find oid for role ${role}`);
  return row.oid;
}

/** A grant is gone when its database, role or schema is. */
export async function targetExists(
  context: Context<ServerAccess>,
  { database, role, schema, objectType }: PropertyValues,
): Promise<boolean> {
  if (!(await databaseExists(context, database))) return false;
  return onConnection(context, database, async (query) => {
    if (role !== "public" && !(await roleExists(query, role))) return false;
    if (objectType === "database" || !schema) return true;
    return (await query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema])).length > 0;
  });
}

/**
 * Where the official provider iterates over a set (ids, lists in SQL), it orders the elements by their CRC-32, compared
 * as decimal text.
 */
export function inSetOrder(elements: readonly string[]): string[] {
  const key = (element: string) => String(crc32(element));
  return [...elements].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
