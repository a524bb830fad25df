import { trustedExtensions } from "./extensions";

/**
 * RDS's roles. Its master is no superuser: `rdsadmin` is, and nobody but us gets in as that (client-authentication.ts).
 * What `rds_superuser` holds follows the RDS guide and what was tried on 16, 17 and 18.
 */
export const roleStatements: readonly string[] = [
  ...["rds_superuser", "rds_iam", "rds_replication", "rds_password", "rds_extension"].map((role) => `create role ${role} nologin`),
  "grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_use_reserved_connections, pg_create_subscription, rds_replication, rds_password, rds_extension to rds_superuser with admin option",
  // Inherited, these would let the master read password hashes in pg_authid; RDS lets it hand them out, not use them on that.
  "grant pg_read_all_data, pg_write_all_data to rds_superuser with admin true, inherit false, set false",
  "create database rdsadmin",
  "revoke all on database rdsadmin from public",
  // A right in a database the master cannot reach makes these roles undroppable for it.
  "grant connect on database rdsadmin to rds_superuser, rds_iam, rds_replication, rds_password, rds_extension",
];

/**
 * Rules for extensions, in every database (also in one made from template0). An event trigger, since clients send plain
 * CREATE EXTENSION: it refuses what RDS refuses, and hands on what a script run as superuser keeps from its installer.
 * What is allowed is read from the configuration file, not with SHOW: any session may set a placeholder.
 */
export const extensionRuleStatements: readonly string[] = [
  "create schema rdsadmin_internal",
  "revoke all on schema rdsadmin_internal from public",
  `create function rdsadmin_internal.configured(parameter text) returns text language sql stable set search_path = pg_catalog as $$
    select setting from pg_file_settings where name = parameter order by seqno desc limit 1
  $$`,
  `create function rdsadmin_internal.hand_on_rights(extension oid) returns void language plpgsql set search_path = pg_catalog as $$
  declare
    member record;
  begin
    for member in
      select d.classid, d.objid from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.refobjid = extension and d.deptype = 'e'
    loop
      if member.classid = 'pg_proc'::regclass then
        -- dblink_connect_u logs in without a password: with it the socket would be open to whoever runs this server.
        if (select proname from pg_proc where oid = member.objid) <> 'dblink_connect_u' then
          execute format('grant execute on routine %s to rds_superuser with grant option', member.objid::regprocedure);
        end if;
      elsif member.classid = 'pg_foreign_data_wrapper'::regclass then
        execute format('grant usage on foreign data wrapper %I to rds_superuser with grant option',
          (select fdwname from pg_foreign_data_wrapper where oid = member.objid));
      end if;
    end loop;
  end $$`,
  // pageinspect asks superuser() in C, whatever was granted: its functions run as their owner, for those who may call them.
  // They keep the caller's search_path, since they take names of tables; in C they call nothing that it could redirect.
  `create function rdsadmin_internal.open_pageinspect(extension oid) returns void language plpgsql set search_path = pg_catalog as $$
  declare
    routine oid;
  begin
    for routine in
      select d.objid from pg_depend d
      where d.refclassid = 'pg_extension'::regclass and d.refobjid = extension and d.deptype = 'e' and d.classid = 'pg_proc'::regclass
    loop
      execute format('revoke all on routine %1$s from public; alter routine %1$s security definer', routine::regprocedure);
    end loop;
  end $$`,
  `create function rdsadmin_internal.on_extension() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
  declare
    -- Inside, current_user is rdsadmin; who asks is the role set last, else the login.
    caller name := coalesce(nullif(current_setting('role'), 'none'), session_user);
    supported text[] := string_to_array(replace(rdsadmin_internal.configured('rds.extensions'), ' ', ''), ',');
    allowed text[] := string_to_array(replace(rdsadmin_internal.configured('rds.allowed_extensions'), ' ', ''), ',');
    trusted constant text[] := '{${trustedExtensions.map((name) => `"${name}"`).join(",")}}';
    extension record;
  begin
    for extension in
      select e.oid, e.extname from pg_event_trigger_ddl_commands() c join pg_extension e on e.oid = c.objid
      where c.object_type = 'extension'
    loop
      if session_user <> 'rdsadmin' then
        if not (extension.extname = any (supported)) or not (coalesce(allowed, '{*}') && array['*', extension.extname::text]) then
          raise exception using errcode = 'insufficient_privilege',
            message = format('Extension "%s" is not supported by Amazon RDS', extension.extname),
            detail = format('Installing the extension "%s" failed, because it is not on the list of extensions supported by Amazon RDS.', extension.extname),
            hint = 'See: SHOW rds.extensions; SHOW rds.allowed_extensions';
        elsif not (extension.extname = any (trusted) or pg_has_role(caller, 'rds_superuser', 'usage')) then
          raise exception using errcode = 'insufficient_privilege',
            message = format('permission denied to create extension "%s"', extension.extname),
            hint = 'Must be a member of rds_superuser.';
        end if;
      end if;
      if extension.extname = 'pageinspect' then
        perform rdsadmin_internal.open_pageinspect(extension.oid);
      end if;
      perform rdsadmin_internal.hand_on_rights(extension.oid);
    end loop;
  end $$`,
  `create event trigger rds_extension on ddl_command_end when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
    execute function rdsadmin_internal.on_extension()`,
];

/** The master as RDS makes it, and the database asked for. The password goes in as a verifier, so that no log shows it. */
export function masterStatements(username: string, passwordVerifier: string, databaseName: string | undefined): string[] {
  const master = quoteIdentifier(username);
  const statements = [
    `create role ${master} login nosuperuser createdb createrole noreplication password ${quoteLiteral(passwordVerifier)} valid until 'infinity'`,
    `grant rds_superuser to ${master} with admin option`,
    // To hand out only: pg_hba.conf refuses rds_iam's members, and membership through rds_superuser would count.
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
