import { type ServerLocation, ownDatabase, queryAsAdministrator } from "./administrator";
import { quoteIdentifier } from "./rights";

/**
 * Earlier versions kept their rules for extensions in each database: an event trigger and functions that ran with more
 * rights than their caller, and functions of pageinspect that did so with the caller's search_path. They are removed
 * from such a data folder, or a copy of one, before any client can use them. The cloud's own database is last: it shows
 * whether the others are still to be done.
 */
export async function removeEarlierRules(location: ServerLocation): Promise<void> {
  if ((await queryAsAdministrator(location, `select from pg_namespace where ${isOurs}`)).length === 0) return;
  const databases = await queryAsAdministrator(
    location,
    "select datname as name, datallowconn as open from pg_database where datname <> $1",
    [ownDatabase],
  );
  for (const { name, open } of databases) {
    const allow = (may: boolean) =>
      queryAsAdministrator(location, `alter database ${quoteIdentifier(String(name))} allow_connections ${may}`);
    if (open !== true) await allow(true);
    try {
      await queryAsAdministrator(location, removal, [], String(name));
    } finally {
      if (open !== true) await allow(false);
    }
  }
  await queryAsAdministrator(location, removal);
}

/** Excludes a customer's schema with the same name. */
const isOurs = "nspname = 'rdsadmin_internal' and nspowner = 10";

const removal = `do $$
declare
  routine record;
begin
  if exists (select from pg_namespace where ${isOurs}) then
    drop schema rdsadmin_internal cascade;
  end if;
  for routine in
    select p.oid::regprocedure as name, l.lanname = 'c' as in_c from pg_proc p join pg_language l on l.oid = p.prolang
    where p.proowner = 10 and p.prosecdef and p.proconfig is null
  loop
    if routine.in_c then
      execute format('alter routine %s set search_path = pg_catalog, public, pg_temp', routine.name);
    else
      execute format('alter routine %s security invoker', routine.name);
    end if;
  end loop;
end $$`;
