import { supportedExtensions, trustedExtensions } from "./extensions";

/**
 * Extensions as RDS has them, without any object of ours in the customer's databases: their control files make
 * PostgreSQL run their scripts as its superuser; the scripts first refuse the users RDS refuses, and finally grant what
 * they withhold from their installer. What a script creates belongs to the extension, so a dump contains only
 * `CREATE EXTENSION`.
 */

/**
 * Is this a file of an extension that the master may not install? Omitted from the view, it is neither available nor
 * listed.
 */
export function isUnsupported(fileName: string): boolean {
  return /\.(control|sql)$/.test(fileName) && !supportedExtensions.includes(extensionOf(fileName));
}

/**
 * `trusted` runs the script as superuser for any role with CREATE on the database; the script then decides which may
 * install it.
 */
export function trustedControl(control: string): string {
  return `${control.replace(/^(trusted|superuser)\s*=.*$/gm, "")}\ntrusted = true\n`;
}

/** A script as the view has it; update scripts too, since an older version can be updated to the newest. */
export function guardedScript(fileName: string, script: string): string {
  const extension = extensionOf(fileName);
  // The language the guards are written in, which initdb installs.
  if (extension === "plpgsql") return script;
  return `${guard(extension)}\n${script}\n${grants(extension)}\n`;
}

/** Changes whenever the resulting scripts do. */
export const scriptFormat = [guard("x"), grants("x"), guard("citext"), grants("pageinspect")];

const extensionOf = (fileName: string): string => fileName.replace(/(--.*)?\.(control|sql)$/, "");

/**
 * Runs as superuser, with a search_path that the installer chose by naming a schema. Names must not be looked up in it,
 * and it is restored for the extension's own script. The allowed extensions are read from the configuration file, not
 * with SHOW: any session may set a placeholder.
 */
function guard(extension: string): string {
  const needsSuperuser = !trustedExtensions.includes(extension);
  return `do $rdsadmin$
declare
  path text := pg_catalog.current_setting('search_path');
  allowed text[];
  installer pg_catalog.pg_authid;
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  select a.* into installer from pg_authid a join pg_extension e on e.extowner = a.oid where e.extname = '${extension}';
  allowed := string_to_array(replace((
    select setting from pg_file_settings where name = 'rds.allowed_extensions' order by seqno desc limit 1), ' ', ''), ',');
  if not installer.rolsuper and not (coalesce(allowed, '{*}') && '{*,${extension}}') then
    raise exception using errcode = 'insufficient_privilege',
      message = 'Extension "${extension}" is not supported by Amazon RDS',
      detail = 'Installing the extension "${extension}" failed, because it is not on the list of extensions supported by Amazon RDS.',
      hint = 'See: SHOW rds.extensions; SHOW rds.allowed_extensions';
  end if;
  if ${String(needsSuperuser)} and not pg_has_role(installer.oid, 'rds_superuser', 'usage') then
    raise exception using errcode = 'insufficient_privilege',
      message = 'permission denied to create extension "${extension}"',
      hint = 'Must be a member of rds_superuser.';
  end if;
  perform set_config('search_path', path, true);
end $rdsadmin$;`;
}

/**
 * What scripts reserve for a superuser is granted to rds_superuser. pageinspect checks superuser() in C, whatever was
 * granted, so its C functions run as their owner, for the roles that may call them; its SQL functions call those and
 * need only their caller's rights. Functions that run as their owner, also by the extension's own script, get a fixed
 * search_path. dblink_connect_u logs in without a password and is excluded: it could use the socket as the user who
 * runs this server.
 */
function grants(extension: string): string {
  const asOwner = extension === "pageinspect" ? "l.lanname = 'c'" : "p.prosecdef";
  return `do $rdsadmin$
declare
  member record;
begin
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  for member in
    select p.oid::regprocedure as routine from pg_depend d
    join pg_extension e on e.oid = d.refobjid and e.extname = '${extension}'
    join pg_proc p on p.oid = d.objid and p.proowner = 10
    join pg_language l on l.oid = p.prolang
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_proc'::regclass and d.deptype = 'e' and ${asOwner}
  loop
    execute format('revoke all on routine %s from public', member.routine);
    execute format('alter routine %s security definer set search_path = pg_catalog, public, pg_temp', member.routine);
  end loop;
  for member in
    select p.oid::regprocedure as routine from pg_depend d
    join pg_extension e on e.oid = d.refobjid and e.extname = '${extension}'
    join pg_proc p on p.oid = d.objid and p.proowner = 10 and p.proname <> 'dblink_connect_u'
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_proc'::regclass and d.deptype = 'e'
  loop
    execute format('grant execute on routine %s to rds_superuser with grant option', member.routine);
  end loop;
  for member in
    select w.fdwname as name from pg_depend d
    join pg_extension e on e.oid = d.refobjid and e.extname = '${extension}'
    join pg_foreign_data_wrapper w on w.oid = d.objid and w.fdwowner = 10
    where d.refclassid = 'pg_extension'::regclass and d.classid = 'pg_foreign_data_wrapper'::regclass and d.deptype = 'e'
  loop
    execute format('grant usage on foreign data wrapper %I to rds_superuser with grant option', member.name);
  end loop;
end $rdsadmin$;`;
}
