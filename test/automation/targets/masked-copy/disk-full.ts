/**
 * A disk that fills in mid-copy, without a file system of its own: as soon as the table is created, the file for its
 * long values becomes a link to /dev/full, whose every write the kernel refuses with ENOSPC. Rows are stored until the
 * first long value comes. For a superuser, in the database that is to be filled, or in the template that it is made of.
 */
export const diskFullOf = (table: string): string => `
create function public.fill_disk() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
declare file text;
begin
  for file in
    select current_setting('data_directory') || '/' || pg_relation_filepath(c.reltoastrelid)
    from pg_event_trigger_ddl_commands() d join pg_class c on c.oid = d.objid
    where d.command_tag = 'CREATE TABLE' and d.object_identity = '${table}'
  loop
    execute format('copy (select) to program %L', format('cat > /dev/null; ln -sf /dev/full %L', file));
  end loop;
end $$;
create event trigger fill_disk on ddl_command_end when tag in ('CREATE TABLE') execute function public.fill_disk()`;
