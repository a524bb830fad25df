import type { PostgresServer } from "./server-types";

/**
 * A dump gives a grant again as the role that it was by. On blue that was any member of it; alone it may not see the
 * schema, as rds_superuser does not see those of extensions.
 */
export async function grantingEverywhere(
  copy: PostgresServer,
  dump: string,
  work: () => Promise<unknown>,
): Promise<void> {
  const named = [...dump.matchAll(/^SET SESSION AUTHORIZATION (\w+|"(?:[^"]|"")+");$/gm)].map(([, name]) => name);
  const grantors = await copy.query(
    `select quote_ident(rolname) as id, exists (select from pg_auth_members where roleid = 'pg_read_all_data'::regrole
       and member = r.oid and grantor = 10) as "isMember"
     from pg_roles r where quote_ident(rolname) = any ($1) and not rolsuper`,
    [[...new Set(named)]],
  );
  for (const { id } of grantors)
    await copy.query(`grant pg_read_all_data to ${String(id)} with inherit true granted by rdsadmin`);
  await work();
  for (const { id, isMember } of grantors)
    await copy.query(
      isMember === true
        ? `grant pg_read_all_data to ${String(id)} with inherit false granted by rdsadmin`
        : `revoke pg_read_all_data from ${String(id)} granted by rdsadmin`,
    );
}
