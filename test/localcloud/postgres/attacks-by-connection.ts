import type { Attack } from "./attacks";

/**
 * Attacks through a connection, a role, a subscription or an extension's update; in the form of `statements` of
 * `attacks.ts`.
 */
export const connectionStatements: [claim: string, attack: Attack][] = [
  [
    "options of libpq that name a file, and logins without a password of the server's own user",
    (server, witness) => {
      const own = `host=127.0.0.1 port=${server.port} dbname=orders user=orders_admin password=first-Password-1 sslmode=require`;
      const socket = `host=${server.socketFolder} port=${server.port} dbname=postgres`;
      return [
        `select public.dblink_connect('keys', '${own} sslkeylogfile=${witness}')`,
        "select public.dblink_disconnect('keys')",
        `select public.dblink_connect('trace', '${own} service=x servicefile=/etc/passwd')`,
        `select public.dblink_connect('pass', 'host=127.0.0.1 port=${server.port} user=rdsadmin dbname=orders passfile=/etc/passwd')`,
        `select public.dblink_connect('scram', '${socket} user=rdsadmin scram_client_key=eA== scram_server_key=eA== require_auth=none')`,
        `create server by_key foreign data wrapper postgres_fdw options (host '${server.socketFolder}', port '${server.port}', dbname 'postgres', use_scram_passthrough 'true')`,
        "create user mapping for current_user server by_key options (user 'rdsadmin')",
        "create user mapping for public server by_key options (user 'rdsadmin', use_scram_passthrough 'true')",
        "create foreign table evil.by_key (a text) server by_key options (schema_name 'pg_catalog', table_name 'pg_authid')",
        "select * from evil.by_key",
        `alter server by_key options (add sslkeylogfile '${witness}')`,
        "create user mapping for app server by_key options (user 'rdsadmin', sslkey '/etc/passwd', sslcert '/etc/passwd')",
        `create server linked foreign data wrapper dblink_fdw options (host '${server.socketFolder}', port '${server.port}', dbname 'postgres', use_scram_passthrough 'true')`,
        "create user mapping for current_user server linked options (user 'rdsadmin')",
        "select public.dblink_exec('linked', 'create role pwned superuser')",
        `create subscription by_key connection '${own} sslkeylogfile=${witness}' publication p with (connect = true, create_slot = false, slot_name = none)`,
        `create subscription evil connection '${own} options=-csession_preload_libraries=${witness}' publication p`,
      ];
    },
  ],
  [
    "roles, through their ADMIN option, their names, and a login's own settings",
    () => [
      "alter role rds_superuser superuser",
      "alter role rds_superuser createrole replication bypassrls",
      "alter role rds_superuser login password 'x'",
      "alter role rds_superuser set session_preload_libraries = 'evil'",
      "alter role rds_superuser set role = 'rdsadmin'",
      "alter role app set role = 'rdsadmin'",
      "alter role app set session_authorization = 'rdsadmin'",
      "alter role current_user set role = 'rdsadmin'",
      "alter database orders set role = 'rdsadmin'",
      "create role child role rdsadmin",
      "grant app to rdsadmin with admin true, inherit true, set true",
      "grant rds_superuser to rdsadmin; grant rds_iam to rdsadmin",
      "grant rdsadmin to app granted by rdsadmin",
      "grant pg_read_server_files to rds_superuser",
      "create user reader in role pg_execute_server_program",
      "create role climber createrole; set role climber; create role pwned superuser; reset role",
      "set role rds_superuser; grant rdsadmin to app; create extension file_fdw; reset role",
      "grant pg_write_all_data to current_user with inherit true, set true; set role pg_write_all_data; update pg_catalog.pg_proc set proowner = 10 where proname = 'spring'; reset role",
      "grant pg_maintain to app",
      "alter role rdsadmin reset all",
      "alter role rdsadmin valid until 'yesterday'",
      "alter role rdsadmin connection limit 0",
      "alter role rdsadmin password 'x'",
      "comment on role rdsadmin is 'x'",
      "drop owned by rds_superuser cascade",
      "drop role rds_superuser",
      "reassign owned by pg_database_owner to rdsadmin",
    ],
  ],
  [
    "subscriptions, publications and what their workers run",
    (server) => {
      const own = `host=127.0.0.1 port=${server.port} dbname=orders user=orders_admin password=first-Password-1`;
      return [
        `create subscription evil connection '${own}' publication p with (connect = false, slot_name = none, run_as_owner = true)`,
        "alter subscription evil owner to rdsadmin",
        "alter subscription evil set (password_required = false)",
        "alter subscription evil connection 'host=/tmp user=rdsadmin'",
        "alter subscription evil rename to worse",
        "create publication everything for all tables",
        "create publication catalogs for table pg_catalog.pg_authid",
        "select pg_replication_origin_create('evil')",
        "select pg_create_physical_replication_slot('evil')",
        "alter subscription evil set (slot_name = none); drop subscription evil",
      ];
    },
  ],
  [
    "an extension's own names: trapped types, casts, domains and operators where its update looks",
    () => [
      "drop extension if exists cube cascade; drop extension if exists seg cascade; drop extension if exists pg_trgm cascade",
      "create domain evil.float8 as pg_catalog.float8 check (evil.spring() is null)",
      "create domain evil.cstring as text check (evil.spring() is null)",
      "create function evil.cube_in(cstring) returns int language sql as 'select length(evil.spring())'",
      "create extension cube version '1.2' schema evil",
      "create extension pg_trgm version '1.3' schema evil",
      "create or replace function evil.similarity_op(text, text) returns bool language sql as 'select evil.spring() is null'",
      "alter extension pg_trgm update to '1.5'; alter extension cube update",
      "create extension seg schema evil; alter extension seg set schema public; alter extension seg set schema evil",
      "alter extension cube add function evil.spring(); alter extension cube update; drop extension cube cascade",
    ],
  ],
];
