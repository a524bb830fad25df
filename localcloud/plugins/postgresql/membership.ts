import type { Query } from "./connection";
import { identifier } from "./sql-text";

/**
 * An RDS master is not a superuser: to act on what a role owns it must be a member of that role. Grants the missing
 * memberships and returns a function that revokes them. Superusers need none, and a superuser role cannot be joined.
 */
export async function joinRoles(
  query: Query,
  roles: readonly string[],
  login: string,
  lasting: "transaction" | "session",
): Promise<() => Promise<void>> {
  const [{ rolsuper }] = (await query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")) as [
    { rolsuper: boolean },
  ];
  const others = [...new Set(roles)].filter((role) => role && role !== login);
  if (rolsuper || others.length === 0) return async () => {};

  // Two sessions joining the same role at once would each revoke what the other still needs, so take the lock before
  // looking.
  await query(
    `SELECT pg_advisory_${lasting === "transaction" ? "xact_" : ""}lock(oid::bigint) FROM pg_roles WHERE rolname = $1`,
    [login],
  );
  const missing: string[] = [];
  for (const role of others) if (await needsMembership(query, role, login)) missing.push(role);
  for (const role of missing) await query(`GRANT ${identifier(role)} TO ${identifier(login)}`);
  return async () => {
    for (const role of missing)
      if (await roleExists(query, role)) await query(`REVOKE ${identifier(role)} FROM ${identifier(login)}`);
  };
}

/**
 * From PostgreSQL 16 a role's creator has ADMIN on it but not SET: only `set_option` counts, `pg_has_role(…, 'member')`
 * misleads.
 */
async function needsMembership(query: Query, role: string, login: string): Promise<boolean> {
  const joinable = await query("SELECT 1 FROM pg_roles WHERE rolname = $1 AND NOT rolsuper", [role]);
  if (joinable.length === 0) return false;
  const set = (await serverVersion(query)) >= 160000 ? "AND set_option" : "";
  const member = await query(
    `SELECT 1 FROM pg_auth_members WHERE pg_get_userbyid(roleid) = $1 AND pg_get_userbyid(member) = $2 ${set}`,
    [role, login],
  );
  return member.length === 0;
}

export async function roleExists(query: Query, role: string): Promise<boolean> {
  return (await query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role])).length > 0;
}

/** e.g. 170010. */
export async function serverVersion(query: Query): Promise<number> {
  const [row] = await query("SHOW server_version_num");
  return Number(row.server_version_num);
}
