import { birthsOf, type Standard } from "../../../components/standards/standard";
import { canonical } from "./properties";
import type { Stack } from "./resource";
import { databases } from "./types";

/** The role that owns the schema of a standard database: its members may change and drop every table. */
export const ownerRole = "owner";

/**
 * Roles that give their members more than any application needs: all rows, the server's files, its programs, or the
 * powers of the master user.
 */
export const powerfulRolesOf = (standard: Standard): string[] => [
  "rds_superuser",
  "rdsadmin",
  "rds_replication",
  "rds_password",
  "pg_execute_server_program",
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_read_all_data",
  "pg_write_all_data",
  "pg_maintain",
  "pg_create_subscription",
  "pg_database_owner",
  ...birthsOf(standard).map(({ masterUsername }) => masterUsername),
  ownerRole,
];

/** The master users of the stack's databases. */
export const mastersOf = (stack: Stack): string[] =>
  stack
    .of(...databases)
    .flatMap((database) =>
      [database.text("username"), database.text("masterUsername")].flatMap((name) => (name ? canonical(name) : [])),
    );
