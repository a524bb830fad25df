import type { PropertyValues } from "../adapter";
import type { Query } from "./connection";
import { identifier } from "./sql-text";

/** A role's settings besides its flags: memberships, search path, timeouts, the role it assumes at login. */

const timeouts = {
  statementTimeout: "statement_timeout",
  idleInTransactionSessionTimeout: "idle_in_transaction_session_timeout",
} as const;

export async function applyRoleSettings(
  query: Query,
  name: string,
  old: PropertyValues,
  wanted: PropertyValues,
): Promise<void> {
  const role = identifier(name);
  await applyMemberships(query, name, wanted.roles ?? []);

  const paths = (wanted.searchPaths ?? []).map(identifier);
  await query(`ALTER ROLE ${role} SET search_path TO ${paths.length > 0 ? paths.join(", ") : "DEFAULT"}`);
  for (const [property, parameter] of Object.entries(timeouts)) {
    if ((old[property] ?? 0) === (wanted[property] ?? 0)) continue;
    await query(
      wanted[property]
        ? `ALTER ROLE ${role} SET ${parameter} TO ${Number(wanted[property])}`
        : `ALTER ROLE ${role} RESET ${parameter}`,
    );
  }
  if ((old.assumeRole ?? "") !== (wanted.assumeRole ?? "")) {
    await query(
      wanted.assumeRole
        ? `ALTER ROLE ${role} SET ROLE TO ${identifier(wanted.assumeRole)}`
        : `ALTER ROLE ${role} RESET ROLE`,
    );
  }
}

/** The list is complete: a membership granted by hand is revoked. */
async function applyMemberships(query: Query, name: string, roles: readonly string[]): Promise<void> {
  const current = await query(
    "SELECT DISTINCT pg_get_userbyid(roleid) AS role FROM pg_auth_members JOIN pg_roles ON member = pg_roles.oid WHERE rolname = $1",
    [name],
  );
  for (const { role } of current) await query(`REVOKE ${identifier(role)} FROM ${identifier(name)}`);
  for (const role of roles) await query(`GRANT ${identifier(role)} TO ${identifier(name)}`);
}

/** `rolconfig` → properties. Timeouts that are not set are zero, as the official provider reads them. */
export function readRoleSettings(configuration: string[] | null): PropertyValues {
  const setting = (name: string) => configuration?.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    searchPaths: setting("search_path")
      ?.split(", ")
      .map((path) => path.replace(/^"|"$/g, "")),
    assumeRole: setting("role") ?? "",
    ...Object.fromEntries(
      Object.entries(timeouts).map(([property, parameter]) => [
        property,
        Number.parseInt(setting(parameter) ?? "0", 10),
      ]),
    ),
  };
}
