import { type PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, outcome, versions } from "./servers";

/** What an earlier version left in each of its databases. */
const earlierRules = `
  create schema rdsadmin_internal;
  create function rdsadmin_internal.on_extension() returns event_trigger language plpgsql security definer set search_path = pg_catalog as $$
  declare extension record; routine oid; begin
    for extension in select objid from pg_event_trigger_ddl_commands() where object_type = 'extension' loop
      for routine in select d.objid from pg_depend d join pg_extension e on e.oid = d.refobjid
        where d.refobjid = extension.objid and e.extname = 'pageinspect' and d.deptype = 'e' and d.classid = 'pg_proc'::regclass
      loop execute format('alter routine %1$s security definer; alter routine %1$s reset search_path', routine::regprocedure); end loop;
    end loop;
  end $$;
  create event trigger rds_extension on ddl_command_end when tag in ('CREATE EXTENSION', 'ALTER EXTENSION')
    execute function rdsadmin_internal.on_extension();`;

const left = `select (select count(*)::int from pg_event_trigger) as triggers,
  (select count(*)::int from pg_namespace where nspname = 'rdsadmin_internal') as schemas,
  (select count(*)::int from pg_proc where proowner = 10 and prosecdef and proconfig is null) as definers`;

describe.each(versions)("a data folder of an earlier version, on PostgreSQL %s", (engineVersion) => {
  const testServers = new TestServers();
  let server: PostgresServer;
  afterAll(() => testServers.close());

  beforeAll(async () => {
    server = await testServers.server("earlier", { engineVersion });
    await server.query(`create database "closed one" allow_connections true`);
    for (const database of ["rdsadmin", "orders", "postgres", "template1", "closed one"])
      await server.query(earlierRules, [], database);
    await server.query(`alter database "closed one" allow_connections false`);
    const client = await testServers.connect(server);
    expect(await outcome(client, "create extension pageinspect schema public")).toBe("ok");
    await client.end();
    const [before] = await server.query(left, [], "orders");
    expect(before).toMatchObject({ triggers: 1, schemas: 1 });
    expect(Number(before?.definers)).toBeGreaterThan(10);
  });

  it("loses everything that runs with more rights than its caller at its next start, in every database", async () => {
    await server.restart();
    for (const database of ["rdsadmin", "orders", "postgres", "template1"])
      expect([database, (await server.query(left, [], database))[0]]).toEqual([
        database,
        { triggers: 0, schemas: 0, definers: 0 },
      ]);
    await server.query(`alter database "closed one" allow_connections true`);
    expect((await server.query(left, [], "closed one"))[0]).toEqual({ triggers: 0, schemas: 0, definers: 0 });
  });

  it("keeps its extensions working, and a customer's schema of the same name", async () => {
    const client = await testServers.connect(server);
    expect(
      await outcome(
        client,
        "select count(*) from heap_page_item_attrs(get_raw_page('pg_class', 0), 'pg_class'::regclass)",
      ),
    ).toBe("ok");
    await client.query("create schema rdsadmin_internal; create table rdsadmin_internal.kept ()");
    await client.end();
    await server.query(earlierRules, [], "rdsadmin"); // as if it had been stopped before the last one
    await server.restart();
    expect((await server.query("select to_regclass('rdsadmin_internal.kept')::text as name", [], "orders"))[0]).toEqual(
      { name: "rdsadmin_internal.kept" },
    );
    expect((await server.query(left, [], "rdsadmin"))[0]).toEqual({ triggers: 0, schemas: 0, definers: 0 });
  });
});
