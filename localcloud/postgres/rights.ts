/** Every server has them from its template. */
export const templateRoles = ["rds_superuser", "rds_iam", "rds_replication", "rds_password", "rds_extension"];

/**
 * RDS's roles. Its master is not a superuser; `rdsadmin` is, and only the cloud can log in as that
 * (client-authentication.ts). What `rds_superuser` may do follows the RDS guide and tests on 16, 17 and 18.
 */
export const roleStatements: readonly string[] = [
  ...templateRoles.map((role) => `create role ${role} nologin`),
  "grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_use_reserved_connections, pg_create_subscription, rds_replication, rds_password, rds_extension to rds_superuser with admin option",
  // Inherited, these would let the master read password hashes in pg_authid; RDS lets it grant them, not use them for
  // that.
  "grant pg_read_all_data, pg_write_all_data to rds_superuser with admin true, inherit false, set false",
  // As on RDS: restores with triggers off, and tools that copy rows in, need it. It does not bypass privilege checks.
  "grant set on parameter session_replication_role to rds_superuser",
  "create database rdsadmin",
  "revoke all on database rdsadmin from public",
  // A privilege in a database that the master cannot reach keeps it from dropping these roles.
  "grant connect on database rdsadmin to rds_superuser, rds_iam, rds_replication, rds_password, rds_extension",
];

/**
 * The master as RDS creates it, and the requested database. The password is passed as a verifier, so that no log shows
 * it.
 */
export function masterStatements(
  username: string,
  passwordVerifier: string,
  databaseName: string | undefined,
): string[] {
  const master = quoteIdentifier(username);
  const statements = [
    `create role ${master} login nosuperuser createdb createrole noreplication password ${quoteLiteral(passwordVerifier)} valid until 'infinity'`,
    `grant rds_superuser to ${master} with admin option`,
    // Only for granting: pg_hba.conf refuses rds_iam's members, and membership through rds_superuser would count.
    `grant rds_iam to ${master} with admin true, inherit false, set false`,
    `alter database postgres owner to ${master}`,
    `alter database template1 owner to ${master}`,
  ];
  if (databaseName !== undefined && databaseName !== "postgres") {
    statements.push(`create database ${quoteIdentifier(databaseName)} owner ${master}`);
  }
  return statements;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
