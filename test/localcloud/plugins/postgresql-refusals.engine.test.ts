import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../localcloud/plugins/adapter";
import { checkResource } from "../../../localcloud/plugins/adapter/check";
import { checkSettings } from "../../../localcloud/plugins/adapter/provider-settings";
import { onConnection } from "../../../localcloud/plugins/postgresql/connection";
import { provider } from "../../../localcloud/plugins/postgresql/provider";
import type { ServerAccess } from "../../../localcloud/plugins/postgresql/settings";
import { inTransaction } from "../../../localcloud/plugins/postgresql/transaction";
import { ensureAuthority } from "../../../localcloud/postgres/certificates";
import { startRdsLikeServer, type RdsLikeServer } from "./rds-like-server";

let database: RdsLikeServer;
let folder: string;

beforeAll(async () => {
  database = await startRdsLikeServer();
  folder = mkdtempSync(join(tmpdir(), "shipshape-refusals-"));
});

afterAll(async () => {
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const contextWith = (access: Partial<ServerAccess>, signal = new AbortController().signal): Context<ServerAccess> => ({
  config: {
    host: "127.0.0.1",
    port: database.server.port,
    ...database.master,
    database: "app",
    superuser: false,
    sslmode: "verify-full",
    sslrootcert: database.caFile,
    connectTimeout: 10,
    maxConnections: 4,
    ...access,
  },
  signal,
  urn: "urn",
  token: "token",
  importing: false,
  log: () => {},
});
const who = (access: Partial<ServerAccess>) =>
  onConnection(contextWith(access), undefined, async (query) => (await query("SELECT current_user AS name"))[0].name);

describe("a connection", () => {
  test("is made over TLS, with the server's name and authority verified", async () => {
    expect(await who({})).toBe(database.master.username);
    expect(await who({ host: "localhost" })).toBe(database.master.username);
    expect(await who({ sslmode: "require" })).toBe(database.master.username);
    const [{ ssl }] = await onConnection(contextWith({}), undefined, (query) =>
      query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"),
    );
    expect(ssl).toBe(true);
  });

  test("takes nothing from the environment of the user who starts the engine", async () => {
    const foreign = {
      PGOPTIONS: "-c no_such=1",
      PGSSLNEGOTIATION: "sideways",
      PGSSLMODE: "disable",
      PGCLIENT_ENCODING: "no-such",
      PGREPLICATION: "database",
      PGAPPNAME: "of another user",
      PGBINARY: "1",
      PGHOST: "nowhere",
      PGPORT: "1",
      PGUSER: "nobody",
      PGDATABASE: "nothing",
      PGPASSWORD: "wrong",
      PGPASSFILE: "/none",
    };
    const before = { ...process.env };
    Object.assign(process.env, foreign);
    try {
      const [session] = await onConnection(contextWith({}), undefined, (query) =>
        query(
          "SELECT current_user AS name, current_database() AS database, current_setting('application_name') AS application",
        ),
      );
      expect(session).toEqual({
        name: database.master.username,
        database: "app",
        application: "Pulumi provider postgresql",
      });
    } finally {
      for (const name of Object.keys(foreign)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });

  test("to a server with another authority's certificate is refused, unless no root certificate was given", async () => {
    await ensureAuthority(join(folder, "other-ca"));
    const sslrootcert = join(folder, "other-ca", "ca.pem");
    await expect(who({ sslrootcert })).rejects.toThrow(
      /error connecting to PostgreSQL server 127.0.0.1:\d+: .*certificate/,
    );
    await expect(who({ sslrootcert, sslmode: "require" })).rejects.toThrow(/certificate/);
    expect(await who({ sslrootcert: undefined, sslmode: "require" })).toBe(database.master.username);
  });

  test("with a wrong password fails with PostgreSQL's message", async () => {
    await expect(who({ password: "wrong" })).rejects.toThrow(/password authentication failed/);
  });

  test("waits for a server that is starting", async () => {
    await database.server.stop();
    const waiting = who({});
    await database.server.start();
    expect(await waiting).toBe(database.master.username);
  });

  test("is closed at once when the engine cancels, and its transaction is rolled back", async () => {
    const abort = new AbortController();
    const waiting = inTransaction(contextWith({}, abort.signal), {}, async (query) => {
      await query("CREATE ROLE half_done");
      setTimeout(() => abort.abort(), 100);
      await query("SELECT pg_sleep(60)");
    });
    await expect(waiting).rejects.toThrow();
    expect(await database.server.query("SELECT 1 FROM pg_roles WHERE rolname = 'half_done'")).toEqual([]);
  });
});

test("concurrent grants to one role from many resources all succeed", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `parallel_${index}`);
  const role = provider.resources["postgresql:index/role:Role"]!;
  const grant = provider.resources["postgresql:index/grant:Grant"]!;
  await Promise.all(names.map((name) => role.create({ name, roles: ["pg_monitor"] }, contextWith({}))));
  await Promise.all(
    names.map((name) =>
      grant.create({ role: name, database: "app", objectType: "database", privileges: ["CONNECT"] }, contextWith({})),
    ),
  );
  const [row] = await database.server.query(
    "SELECT count(*)::int AS granted FROM pg_roles WHERE rolname LIKE 'parallel%' AND has_database_privilege(rolname, 'app', 'CONNECT')",
  );
  expect(row).toEqual({ granted: 8 });
});

test("an IAM login is refused with an alternative, as a provider setting and as a role's membership", async () => {
  expect(checkSettings(provider, { host: "h", awsRdsIamAuth: "true", awsRdsIamRegion: "eu-central-1" })).toEqual([
    { property: "awsRdsIamAuth", reason: expect.stringMatching(/no IAM database tokens.*password/) },
  ]);
  const role = provider.resources["postgresql:index/role:Role"]!;
  const given = { name: "iam", login: true, roles: ["rds_iam"] };
  expect(checkResource(role, {}, given, { logicalName: "iam", randomSeed: Buffer.alloc(0) }).failures).toEqual([]);
  await expect(role.create(given, contextWith({}))).rejects.toThrow(/rds_iam cannot be granted.*password/);
  const membership = provider.resources["postgresql:index/grantRole:GrantRole"]!;
  await expect(membership.create({ role: "iam", grantRole: "rds_iam" }, contextWith({}))).rejects.toThrow(
    /rds_iam cannot be granted/,
  );
  expect(await database.server.query("SELECT 1 FROM pg_roles WHERE rolname = 'iam'")).toEqual([]);
});

test("a privilege that the object type does not have is refused with those it has", async () => {
  const grant = provider.resources["postgresql:index/grant:Grant"]!;
  const given = { role: "public", database: "app", schema: "public", objectType: "schema", privileges: ["SELECT"] };
  await expect(grant.create(given, contextWith({}))).rejects.toThrow(
    "SELECT is not an allowed privilege for object type schema; allowed are CREATE, USAGE, ALL",
  );
});
