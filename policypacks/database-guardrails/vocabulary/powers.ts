import { masterUsername } from "../../../components/standards";
import { canonical } from "./properties";
import type { Stack } from "./resource";
import { databases } from "./types";

/** The role of a standard database that owns its schema: a member of it may change and drop every table. */
export const ownerRole = "owner";

/**
 * What gives its members more than any application's work needs: all rows, the server's files, its programs, or the
 * powers of the master.
 */
export const powerfulRoles = [
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
  masterUsername,
  ownerRole,
];

/** The logins that the stack's databases are made with. */
export const mastersOf = (stack: Stack): string[] =>
  stack
    .of(...databases)
    .flatMap((database) =>
      [database.text("username"), database.text("masterUsername")].flatMap((name) => (name ? canonical(name) : [])),
    );
