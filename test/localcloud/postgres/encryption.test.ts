import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openServer, type PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { TestServers, versions } from "./servers";

describe.each(versions)("connections to PostgreSQL %s", (engineVersion) => {
  const testServers = new TestServers();
  let server: PostgresServer;

  beforeAll(async () => {
    server = await testServers.server("db", { engineVersion });
  });
  afterAll(() => testServers.close());

  it("must be encrypted unless the parameter group says otherwise, and the switch takes effect at once", async () => {
    const plain = () => testServers.connect(server, { ssl: false });
    await expect(plain()).rejects.toMatchObject({
      code: "28000",
      message: expect.stringContaining("no encryption") as string,
    });
    expect(await server.applyParameters({ "rds.force_ssl": "0" })).toEqual({
      leftOut: [],
      pendingReboot: [],
      invalid: [],
    });
    await (await plain()).end();
    await server.applyParameters({ "rds.force_ssl": "1" });
    await expect(plain()).rejects.toMatchObject({ code: "28000" });
  });

  it.each(["127.0.0.1", "localhost"])("are verified in full against the one authority, as %s", async (host) => {
    const client = await testServers.connect(server, {
      host,
      ssl: { ca: testServers.authority, rejectUnauthorized: true, servername: "localhost" },
    });
    const { rows } = await client.query("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()");
    expect(rows).toEqual([{ ssl: true, version: "TLSv1.3" }]);
    await client.end();
    await expect(testServers.connect(server, { host, ssl: { rejectUnauthorized: true } })).rejects.toThrow(
      /self-signed|unable to/,
    );
  });
});

describe("the server's certificate", () => {
  const testServers = new TestServers();
  afterAll(() => testServers.close());

  it("names localhost and both loopback addresses, and only PostgreSQL can read its key", async () => {
    const server = await testServers.server("db");
    const certificate = new X509Certificate(readFileSync(join(testServers.folder, "db", "tls", "server.crt")));
    expect(certificate.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(certificate.verify(new X509Certificate(testServers.authority).publicKey)).toBe(true);
    expect(statSync(join(testServers.folder, "db", "tls", "server.key")).mode & 0o777).toBe(0o600);
    expect(statSync(join(testServers.folder, "ca", "ca-key.pem")).mode & 0o777).toBe(0o600);
    await server.stop();
  });

  it("is kept over restarts, and renewed at a start when it is broken or from another authority", async () => {
    const path = join(testServers.folder, "db", "tls", "server.crt");
    const first = readFileSync(path, "utf8");
    const server = await openServer(testServers.settings("db"));
    await server.start();
    expect(readFileSync(path, "utf8")).toBe(first);
    await server.stop();

    writeFileSync(path, first.slice(0, 200));
    rmSync(join(testServers.folder, "ca"), { recursive: true });
    await server.start();
    await (await testServers.connect(server)).end();
    expect(readFileSync(path, "utf8")).not.toBe(first);
    await server.stop();
  });

  it("comes from one authority, however many servers are created at once", async () => {
    rmSync(join(testServers.folder, "ca"), { recursive: true });
    const servers = await Promise.all(["a", "b"].map((name) => testServers.server(name)));
    for (const server of servers) await (await testServers.connect(server)).end();
    expect(servers[0]?.port).not.toBe(servers[1]?.port);
  });
});
