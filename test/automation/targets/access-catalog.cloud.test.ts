// What the control plane reads of a database's access, on each major, whatever its owner has made of the database.
import { openControlSession } from "../../../automation/targets/control-session";
import { readAccessCatalog, type AccessCatalog, type NamedObject } from "../../../automation/targets/access-catalog";
import { FleetDatabase } from "./fleet-database";

async function read(database: FleetDatabase, majorVersion: number, named: NamedObject[] = []) {
  const login = { ...database.login("shipshape"), majorVersion };
  const { rootCertificateFile } = database;
  const client = await openControlSession(login, { rootCertificateFile, readOnly: true });
  try {
    return (await readAccessCatalog(client, named)) as AccessCatalog;
  } finally {
    await client.end();
  }
}

test.each(["16.14", "17.10", "18.4"])(
  "on %s, ten thousand views and a hostile owner make no other answer",
  async (version) => {
    const database = await FleetDatabase.start(version);
    const major = Number.parseInt(version, 10);
    try {
      await database.addLogin("shipshape");
      await database.addLogin("owner");
      await database.admin(`create role "x""\n✓"; grant owner to "x""\n✓" with admin true, inherit false;
      create schema app authorization owner; grant create on database app to owner;
      alter role shipshape in database app set search_path = app, pg_catalog; alter role shipshape set row_security = on;
      alter database app set default_transaction_isolation = 'serializable'; alter role shipshape set work_mem = '64kB'`);
      await database.admin(`set role owner; set search_path = app;
      create table pg_class (relname text); create table pg_roles (oid int); create table line (id int, amount int);
      create function current_setting(text) returns text language sql as $$select '1'$$;
      create function octet_length(text) returns int language sql as $$select 1$$;
      create operator app.= (leftarg = name, rightarg = text, function = pg_catalog.nameeqtext);
      grant update (amount) on line to public;
      do $$ begin for i in 1..10000 loop execute format('create view app.v%s as select 1 as one', i); end loop; end $$;
      grant select on all tables in schema app to "x""\n✓"`);
      const found = await read(database, major, [{ kind: "table", schema: "app", name: "line" }]);

      const { objects } = found;
      expect(found.version).toBeGreaterThanOrEqual(major * 10_000);
      const tables = objects.filter(({ kind, schema }) => kind === "table" && schema === "app");
      expect(tables.map(({ name, count, names }) => [name, count, names]).sort()).toEqual([
        [null, 10_002, ["pg_class", "pg_roles", "v1"]],
        ["line", 1, ["line"]],
      ]);
      for (const one of tables) expect(one.privileges).toContainEqual(['x"\n✓', "SELECT", false]);
      expect(objects.find(({ kind }) => kind === "column")).toMatchObject({
        ...{ names: ["line.amount"], privileges: [[null, "UPDATE", false]] },
      });
      expect(found.memberships).toContainEqual({
        role: "owner",
        member: 'x"\n✓',
        admin: true,
        inherit: false,
        set: true,
      });
      expect(found.shadows).toEqual([
        { schema: "app", owner: "owner", count: 3, names: ["=", "current_setting(text)", "octet_length(text)"] },
      ]);
      expect(found.settings).toContainEqual({
        role: "shipshape",
        here: true,
        name: "search_path",
        value: "app, pg_catalog",
      });
      expect(JSON.stringify(found).length).toBeLessThan(50_000);
    } finally {
      await database.stop();
    }
  },
);
