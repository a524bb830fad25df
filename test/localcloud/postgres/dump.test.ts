import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "pg";
import { supportedExtensions } from "../../../localcloud/postgres/extensions";
import type { PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, master, versions } from "./servers";

/**
 * PostgreSQL's own client tools, which refuse servers newer than themselves; skipped where the machine's are too old.
 */
const dumpMajor = Number(
  /\) (\d+)/.exec(spawnSync("pg_dump", ["--version"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? 0,
);

for (const engineVersion of versions) {
  const major = Number(engineVersion.split(".")[0]);
  // Newer tools begin a dump with a setting unknown to 16.
  const isThere = dumpMajor >= major && (major > 16 || dumpMajor === 16);
  (isThere ? describe : describe.skip)(`a dump from PostgreSQL ${engineVersion} by its master`, () => {
    const testServers = new TestServers();
    const folder = mkdtempSync(join(tmpdir(), "shipshape-dump-"));
    const archive = join(folder, "orders.dump");
    let server: PostgresServer;
    let client: Client;

    const run = (program: string, words: string[], more: Record<string, string> = {}) => {
      const environment = {
        PGHOST: "127.0.0.1",
        PGPORT: String(server.port),
        PGUSER: master.username,
        PGPASSWORD: master.password,
        PGSSLMODE: "prefer",
      };
      const { status, stderr, stdout } = spawnSync(program, words, {
        env: { ...process.env, ...environment, ...more },
        encoding: "utf8",
        maxBuffer: 1e8,
      });
      return { status, stderr, stdout };
    };
    const clean = { status: 0, stderr: "" };

    beforeAll(async () => {
      chmodSync(folder, 0o755);
      server = await testServers.server("db", { engineVersion, parameters: { "rds.force_ssl": "0" } });
      client = await testServers.connect(server);
      // pageinspect and dblink are changed the most; the others are common.
      for (const name of supportedExtensions.filter((extension) => extension !== "plpgsql"))
        await client.query(`create extension "${name}" cascade`);
      await client.query(`create role app nologin; create schema app;
        create table app.orders (id uuid primary key default gen_random_uuid(), note public.citext, tags public.hstore, digest bytea);
        insert into app.orders (note, tags, digest) select 'n' || i, 'a=>1', public.digest(i::text, 'sha256') from generate_series(1, 100) i;
        create table app.lines (id int generated always as identity, order_id uuid references app.orders, primary key (id));
        create index on app.orders using gin (note public.gin_trgm_ops); grant select on app.orders to app;
        create view app.recent as select * from app.orders; comment on table app.orders is 'kept'`);
      for (const name of ["whole", "at_once", "plain"]) await client.query(`create database ${name}`);
      expect(run("pg_dump", ["-Fc", "-d", "orders", "-f", archive])).toMatchObject(clean);
    });
    afterAll(async () => {
      await client?.end();
      await testServers.close();
      rmSync(folder, { recursive: true });
    });

    const countIn = async (database: string) => {
      const session = await testServers.connect(server, { database });
      const { rows } =
        await session.query(`select (select count(*)::int from app.orders) as orders, (select count(*)::int from pg_extension) as extensions,
        has_table_privilege('app', 'app.orders', 'select') as granted`);
      await session.end();
      return rows[0] as object;
    };
    const all = { orders: 100, extensions: supportedExtensions.length, granted: true };

    it("contains nothing of the administrator's, and only the name of an extension", () => {
      const { stdout } = run("pg_restore", ["-f", "-", archive]);
      expect(stdout).not.toMatch(/rdsadmin|rds_superuser|EVENT TRIGGER|SECURITY DEFINER/);
      expect(stdout.match(/^CREATE EXTENSION/gm)).toHaveLength(supportedExtensions.length - 1);
      expect(run("pg_dump", ["-d", "postgres"]).stdout).not.toMatch(/^(CREATE|GRANT|REVOKE|ALTER) (?!DEFAULT)/m);
    });

    it("restores into another database without an error, also in one transaction and with triggers off", async () => {
      expect(run("pg_restore", ["--exit-on-error", "-d", "whole", archive])).toMatchObject(clean);
      expect(await countIn("whole")).toEqual(all);
      expect(run("pg_restore", ["-1", "-d", "at_once", archive])).toMatchObject(clean);
      expect(await countIn("at_once")).toEqual(all);
    });

    it("restores only rows with foreign keys disabled, as tools that copy data do", async () => {
      await client.query("create database data_alone template whole");
      const cleared = await testServers.connect(server, { database: "data_alone" });
      await cleared.query("truncate app.orders cascade");
      await cleared.end();
      const options = { PGOPTIONS: "-c session_replication_role=replica" };
      expect(run("pg_restore", ["--data-only", "--exit-on-error", "-d", "data_alone", archive], options)).toMatchObject(
        clean,
      );
      expect(await countIn("data_alone")).toEqual(all);
    });

    it("restores as plain SQL that stops at the first error", async () => {
      const file = join(folder, "orders.sql");
      expect(run("pg_dump", ["-d", "orders", "-f", file])).toMatchObject(clean);
      expect(readFileSync(file, "utf8").length).toBeGreaterThan(1_000);
      expect(
        run("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-1", "-o", "/dev/null", "-d", "plain", "-f", file]),
      ).toMatchObject(clean);
      expect(await countIn("plain")).toEqual(all);
    });
  });
}
