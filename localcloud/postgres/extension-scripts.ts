import { supportedExtensions, trustedExtensions } from "./extensions";

/**
 * Extensions as RDS has them, without anything of ours in the customer's databases: their control files make PostgreSQL
 * run their scripts as its superuser, and their scripts begin by refusing whom RDS refuses and end by handing on what
 * they keep from their installer. What happens within a script belongs to the extension, so a dump holds
 * `CREATE EXTENSION` and no more.
 */

/**
 * Is this a file of an extension that the master may not have? Left out, it is not available, and not listed as if it
 * were.
 */
export function isUnsupported(fileName: string): boolean {
  return /\.(control|sql)$/.test(fileName) && !supportedExtensions.includes(extensionOf(fileName));
}

/**
 * `trusted` runs the script as superuser for anybody who may create in the database; the script then says who really
 * may.
 */
export function trustedControl(control: string): string {
  return `${control.replace(/^(trusted|superuser)\s*=.*$/gm, "")}\ntrusted = true\n`;
}

/** A script as it is put into the view; update scripts too, since an older version is a way to the newest. */
export function guardedScript(fileName: string, script: string): string {
  const extension = extensionOf(fileName);
  // The language of the guards themselves, which initdb installs.
  if (extension === "plpgsql") return script;
  return `${guard(extension)}\n${script}\n${handingOn(extension)}\n`;
}

/** Changes whenever scripts come out differently. */
export const scriptFormat = [guard("x"), handingOn("x"), guard("citext"), handingOn("pageinspect")];

const extensionOf = (fileName: string): string => fileName.replace(/(--.*)?\.(control|sql)$/, "");

/**
 * Runs as superuser, with a search_path that the installer chose by naming a schema. Nothing may be looked up in it,
 * and the extension's own script finds it as it was. What is allowed is read from the configuration file, not with
 * SHOW: any session may set a placeholder.
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
 * What scripts keep for a superuser goes to rds_superuser. pageinspect asks superuser() in C, whatever was granted, so
 * its functions in C run as their owner, for those who may call them; those in SQL call the others and need no more
 * than their caller has. What runs as its owner, also by its own script, gets a search_path of its own.
 * dblink_connect_u logs in without a password: with it the socket would be open to who runs this server.
 */
function handingOn(extension: string): string {
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
