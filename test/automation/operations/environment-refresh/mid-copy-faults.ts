/**
 * What happens to a target while a copy is written to it. Who runs its server plants it in the template that the hidden
 * database of each attempt is made of.
 */
import { until } from "../../../until";
import { diskFullOf } from "../../targets/masked-copy/disk-full";
import { copy, type Refreshes } from "./refreshes";

const table = "orders.document";

/** Its last row waits. */
const waits = `
create function public.wait() returns trigger language plpgsql as $$ begin perform pg_catalog.pg_sleep(3600); return new; end $$;
create function public.make_wait() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  if exists (select from pg_event_trigger_ddl_commands() d where d.command_tag = 'CREATE TABLE' and d.object_identity = '${table}')
  then create trigger wait before insert on ${table} for each row when (new.id = 0) execute function public.wait(); end if;
end $$;
create event trigger make_wait on ddl_command_end when tag in ('CREATE TABLE') execute function public.make_wait()`;
const noWait = "drop event trigger make_wait; drop function public.make_wait(); drop function public.wait()";
const noFullDisk = "drop event trigger fill_disk; drop function public.fill_disk()";

/** Ends the connection that writes rows, in the middle of them, once; `meanwhile` happens before. Resolves to 1. */
export async function connectionEnded(of: Refreshes, meanwhile: () => Promise<void>): Promise<number> {
  await of.asAdministrator("staging", waits, "template0");
  const writing = `from pg_stat_activity where wait_event = 'PgSleep' and starts_with(datname, 'shipshape_copy_') and query ~* '^copy'`;
  await until(`${copy} gets rows`, async () => {
    const [found] = await of.asAdministrator("staging", `select count(*)::int as n ${writing}`);
    return found?.n === 1;
  });
  await meanwhile();
  // The next attempt is to meet none.
  await of.asAdministrator("staging", noWait, "template0");
  return (await of.asAdministrator("staging", `select pg_terminate_backend(pid) ${writing}`)).length;
}

/** Does `work` while a copy fills the disk in the middle of a table. */
export const withFullDisk = <T>(of: Refreshes, work: () => Promise<T>): Promise<T> =>
  planted(of, [diskFullOf(table), noFullDisk], work);

/** Does `work` while each connection that writes a copy ends in the middle of a table, at every attempt. */
export const withoutConnection = <T>(of: Refreshes, work: () => Promise<T>): Promise<T> =>
  planted(of, [waits.replace("pg_sleep(3600)", "pg_terminate_backend(pg_backend_pid())"), noWait], work);

async function planted<T>(of: Refreshes, [plant, remove]: [string, string], work: () => Promise<T>): Promise<T> {
  await of.asAdministrator("staging", plant, "template0");
  try {
    return await work();
  } finally {
    await of.asAdministrator("staging", remove, "template0");
  }
}
