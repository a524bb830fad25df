import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as postgresql from "@pulumi/postgresql";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { PropertyValues } from "../../../localcloud/plugins/adapter";
import { accessProgram, type Variation } from "./postgresql-programs";
import { createPluginStack, type PluginStack } from "./plugin-stack";
import { startRdsLikeServer, type RdsLikeServer } from "./rds-like-server";

/** The life of one stack: each test continues where the previous one left the database. */

let database: RdsLikeServer;
let stack: PluginStack;

const sql = (statement: string, values?: unknown[]) => database.server.query(statement, values, "app");
const one = async (statement: string, values?: unknown[]) => Object.values((await sql(statement, values))[0] ?? {})[0];

beforeAll(async () => {
  database = await startRdsLikeServer();
  // A foreign role: the master may grant it, but not act as it.
  await sql(
    `CREATE ROLE legacy; GRANT legacy TO ${database.master.username} WITH ADMIN TRUE, SET FALSE, INHERIT FALSE`,
  );
  stack = await createPluginStack("postgresql-plugin");
});

afterAll(async () => {
  await database?.stop();
  stack?.remove();
});

test("a preview of a new stack plans every resource, with unknown names", async () => {
  const preview = await stack.preview(accessProgram(database));
  expect(preview).toMatchObject({ failed: false, diagnostics: "" });
  expect(new Set(Object.values(preview.changes))).toEqual(new Set(["create"]));
  expect(Object.keys(preview.changes)).toHaveLength(18);
  expect(await one("SELECT count(*)::int FROM pg_roles WHERE rolname IN ('owner', 'reader')")).toBe(0);
});

test("a type that is not part of the embedded provider stops the preview with the list of supported types", async () => {
  const more = (options: CustomResourceOptions) => void new postgresql.Publication("publication", {}, options);
  const { failed, diagnostics } = await stack.preview(accessProgram(database, { more }));
  expect(failed).toBe(true);
  expect(diagnostics).toMatch(
    /postgresql:index\/publication:Publication is not part of the embedded postgresql provider: it has .*postgresql:index\/grantRole:GrantRole/,
  );
});

test("an up creates roles, schema, extension, database and grants, with the official provider's ids", async () => {
  const up = await stack.up(accessProgram(database));
  expect(up).toMatchObject({ failed: false, diagnostics: "" });
  expect(Object.fromEntries(Object.entries(up.outputs).map(([name, { id }]) => [name, id]))).toMatchObject({
    owner: "owner",
    reader: "reader",
    membership: expect.stringMatching(/^legacy_group_[0-9a-f]{8}_false$/),
    spareRole: "spare",
    spareSchema: "app.spare",
    schema: "app.orders",
    extension: "app.pg_stat_statements",
    reporting: "reporting",
    nobody: "public_app_database",
    usage: "reader_app_orders_schema",
    tables: "reader_app_orders_table",
    later: "reader_app_orders_owner_table",
    password: "none",
  });
  expect(
    await sql(
      "SELECT rolname, rolcanlogin, rolconnlimit, rolsuper, rolinherit, rolconfig FROM pg_roles WHERE rolname = 'reader'",
    ),
  ).toEqual([
    {
      rolname: "reader",
      rolcanlogin: true,
      rolconnlimit: 5,
      rolsuper: false,
      rolinherit: true,
      rolconfig: ["search_path=orders, public", "statement_timeout=30000"],
    },
  ]);
  expect(await one("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'orders'")).toBe("owner");
  expect(await one("SELECT has_database_privilege('reader', 'app', 'CONNECT')")).toBe(false);
});

test("a table created later by the owner is covered, and the master keeps no temporary membership", async () => {
  await sql("SET ROLE owner; CREATE TABLE orders.item (id int); RESET ROLE");
  expect(await one("SELECT has_table_privilege('reader', 'orders.item', 'SELECT')")).toBe(true);
  expect(
    await sql(
      "SELECT 1 FROM pg_auth_members WHERE pg_get_userbyid(member) = $1 AND pg_get_userbyid(roleid) = 'legacy' AND set_option",
      [database.master.username],
    ),
  ).toEqual([]);
});

test("state has no password in plain text", async () => {
  const state = readFileSync(join(stack.folder, ".pulumi", "stacks", "postgresql-plugin", "test.json"), "utf8");
  const { resources } = JSON.parse(state).checkpoint.latest;
  expect(state).not.toContain(database.master.password);
  const secrets = resources.flatMap(({ outputs }: { outputs?: PropertyValues }) =>
    [outputs?.password, outputs?.result].filter(Boolean),
  );
  expect(secrets).toHaveLength(6);
  for (const secret of secrets) expect(secret).toHaveProperty("ciphertext");
});

test("an up without changes calls only check and diff, and changes nothing", async () => {
  let up;
  const calls = await stack.recordCalls(async () => (up = await stack.up(accessProgram(database))));
  expect(up).toMatchObject({ diagnostics: "", failed: false, changes: {}, diffs: {} });
  const resourceCalls = calls.filter(({ request }) => request.urn && !request.urn.includes("pulumi:providers:"));
  expect(new Set(resourceCalls.map(({ method }) => method))).toEqual(new Set(["Check", "Diff"]));
});

test("manual changes are seen, property by property, and an up after the refresh repairs them", async () => {
  await sql(`SET ROLE ${database.master.username};
             ALTER ROLE reader CONNECTION LIMIT 9; ALTER ROLE reader NOLOGIN NOINHERIT; ALTER ROLE reader SET statement_timeout TO 1;
             ALTER ROLE reader SET search_path TO public, orders; ALTER ROLE reader VALID UNTIL '2031-05-05'; GRANT pg_signal_backend TO reader;
             ALTER ROLE reader SET idle_in_transaction_session_timeout TO 5; GRANT CONNECT ON DATABASE app TO PUBLIC;
             DO $$ BEGIN EXECUTE format('REVOKE %I FROM legacy', (SELECT rolname FROM pg_roles WHERE rolname LIKE 'group%')); END $$;
             SET ROLE owner; GRANT INSERT ON orders.item TO reader; RESET ROLE;
             ALTER SCHEMA orders OWNER TO ${database.master.username}; ALTER DATABASE reporting CONNECTION LIMIT 3`);
  const drift = await stack.previewRefresh();
  expect(drift.diffs).toEqual({
    reader: {
      connectionLimit: "update",
      login: "update",
      inherit: "update",
      statementTimeout: "update",
      idleInTransactionSessionTimeout: "add",
      "searchPaths[0]": "add",
      "searchPaths[1]": "delete",
      validUntil: "update",
      "roles[2]": "add",
    },
    schema: { owner: "update" },
    tables: { "privileges[0]": "add" },
    nobody: { privileges: "add" },
    reporting: { connectionLimit: "update" },
  });
  expect(drift.changes).toMatchObject({ reader: "update", membership: "delete" });

  await stack.refresh();
  const repair = await stack.up(accessProgram(database));
  expect(repair).toMatchObject({
    diagnostics: "",
    failed: false,
    changes: {
      reader: "update",
      schema: "update",
      tables: "update",
      nobody: "update",
      reporting: "update",
      membership: "create",
    },
  });
  expect(await one("SELECT rolconfig FROM pg_roles WHERE rolname = 'reader'")).toEqual([
    "search_path=orders, public",
    "statement_timeout=30000",
  ]);
  expect(await one("SELECT has_table_privilege('reader', 'orders.item', 'INSERT')")).toBe(false);
  expect(await one("SELECT has_database_privilege('reader', 'app', 'CONNECT')")).toBe(false);
});

const changed: Variation = {
  reader: { connectionLimit: undefined, searchPaths: undefined, createDatabase: true },
  tablePrivileges: ["SELECT", "INSERT"],
  spareName: "renamed",
};

test("renaming a role is an update of it and a replacement of every grant to it", async () => {
  const preview = await stack.preview(accessProgram(database, { reader: { name: "viewer" } }));
  expect(preview.diffs.reader).toEqual({ name: "update" });
  expect(preview).toMatchObject({
    changes: { reader: "update", usage: "replace", tables: "replace", later: "replace" },
    replaced: { usage: ["role"] },
  });
});

test("changed arguments are previewed by kind and applied in place, renames included", async () => {
  const preview = await stack.preview(accessProgram(database, changed));
  expect(preview.diffs).toMatchObject({
    reader: { connectionLimit: "update", searchPaths: "delete", createDatabase: "update" },
    tables: { "privileges[1]": "add" },
    spareRole: { name: "update" },
    spareSchema: { name: "update" },
  });
  const up = await stack.up(accessProgram(database, changed));
  expect(up).toMatchObject({
    diagnostics: "",
    failed: false,
    changes: { reader: "update", tables: "update", spareRole: "update", spareSchema: "update" },
  });
  expect(await sql("SELECT rolcreatedb, rolconnlimit, rolconfig FROM pg_roles WHERE rolname = 'reader'")).toEqual([
    { rolcreatedb: true, rolconnlimit: -1, rolconfig: ["statement_timeout=30000"] },
  ]);
  expect(await one("SELECT count(*)::int FROM pg_namespace WHERE nspname IN ('spare', 'renamed')")).toBe(1);
});

test("a create-only property replaces the database, deleting the old one first as its name is explicit", async () => {
  let up;
  const variation = { ...changed, reporting: { template: "template1" } };
  const calls = await stack.recordCalls(async () => (up = await stack.up(accessProgram(database, variation))));
  expect(up).toMatchObject({
    diagnostics: "",
    failed: false,
    changes: { reporting: "replace" },
    replaced: { reporting: ["template"] },
  });
  expect(
    calls
      .filter(({ request }) => !request.preview)
      .map(({ method }) => method)
      .filter((method) => method === "Create" || method === "Delete"),
  ).toEqual(["Delete", "Create"]);
});

test("a failed update changes nothing, yet the next up considers it done; a refresh corrects state", async () => {
  const wrong = accessProgram(database, { ...changed, reader: { roles: ["no_such_role"] } });
  const failed = await stack.up(wrong);
  expect(failed.failed).toBe(true);
  expect(failed.diagnostics).toMatch('role "no_such_role" does not exist');
  expect(await one("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'reader'")).toBe(true);

  const poisoned = await stack.up(wrong);
  expect(poisoned).toMatchObject({ diagnostics: "", failed: false, changes: { reader: "update" }, diffs: {} });

  const truth = await stack.refresh();
  expect(Object.keys(truth.diffs.reader ?? {}).sort()).toEqual([
    "connectionLimit",
    "createDatabase",
    "roles[0]",
    "roles[1]",
    "searchPaths",
  ]);
});

test("existing resources are imported with the program's values", async () => {
  await sql(
    `SET ROLE ${database.master.username}; CREATE ROLE visitor LOGIN CONNECTION LIMIT 2; CREATE SCHEMA archive`,
  );
  const imports = (role: Partial<postgresql.RoleArgs>) =>
    accessProgram(database, {
      ...changed,
      more: (options) => {
        new postgresql.Role("visitor", { name: "visitor", login: true, ...role }, { ...options, import: "visitor" });
        new postgresql.Schema("archive", { name: "archive", database: "app" }, { ...options, import: "app.archive" });
      },
    });
  const preview = await stack.preview(imports({}));
  expect(preview.changes).toMatchObject({ archive: "import" });
  expect(preview.diffs.visitor).toEqual({ connectionLimit: "update" });
  const up = await stack.up(imports({ connectionLimit: 2 }));
  expect(up).toMatchObject({ diagnostics: "", failed: false, changes: { visitor: "import", archive: "import" } });
});

test("a destroy removes all of it, and nothing else", async () => {
  await sql("DROP TABLE orders.item");
  expect(await stack.destroy()).toMatchObject({ failed: false, diagnostics: "" });
  expect(
    await one(
      "SELECT count(*)::int FROM pg_roles WHERE rolname IN ('owner', 'reader', 'visitor') OR rolname LIKE 'group%' OR rolname IN ('spare', 'renamed')",
    ),
  ).toBe(0);
  expect(await one("SELECT count(*)::int FROM pg_database WHERE datname IN ('reporting', 'legacy')")).toBe(0);
  expect(await one("SELECT count(*)::int FROM pg_database WHERE datname = 'app'")).toBe(1);
});
