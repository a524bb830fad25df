import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openServer, type PostgresServer } from "../../../localcloud/postgres/postgres-server";
import { ServerPlace, versions } from "./servers";

describe.each(versions)("connections to PostgreSQL %s", (engineVersion) => {
  const place = new ServerPlace();
  let server: PostgresServer;

  beforeAll(async () => {
    server = await place.server("db", { engineVersion });
  });
  afterAll(() => place.close());

  it("must be encrypted unless the parameter group says otherwise, and the switch takes effect at once", async () => {
    const plain = () => place.connect(server, { ssl: false });
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
    const client = await place.connect(server, {
      host,
      ssl: { ca: place.authority, rejectUnauthorized: true, servername: "localhost" },
    });
    const { rows } = await client.query("select ssl, version from pg_stat_ssl where pid = pg_backend_pid()");
    expect(rows).toEqual([{ ssl: true, version: "TLSv1.3" }]);
    await client.end();
    await expect(place.connect(server, { host, ssl: { rejectUnauthorized: true } })).rejects.toThrow(
      /self-signed|unable to/,
    );
  });
});

describe("the server's certificate", () => {
  const place = new ServerPlace();
  afterAll(() => place.close());

  it("names localhost and both loopback addresses, and only PostgreSQL can read its key", async () => {
    const server = await place.server("db");
    const certificate = new X509Certificate(readFileSync(join(place.folder, "db", "tls", "server.crt")));
    expect(certificate.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(certificate.verify(new X509Certificate(place.authority).publicKey)).toBe(true);
    expect(statSync(join(place.folder, "db", "tls", "server.key")).mode & 0o777).toBe(0o600);
    expect(statSync(join(place.folder, "ca", "ca-key.pem")).mode & 0o777).toBe(0o600);
    await server.stop();
  });

  it("is kept over restarts, and renewed at a start when it is broken or from another authority", async () => {
    const path = join(place.folder, "db", "tls", "server.crt");
    const first = readFileSync(path, "utf8");
    const server = await openServer(place.settings("db"));
    await server.start();
    expect(readFileSync(path, "utf8")).toBe(first);
    await server.stop();

    writeFileSync(path, first.slice(0, 200));
    rmSync(join(place.folder, "ca"), { recursive: true });
    await server.start();
    await (await place.connect(server)).end();
    expect(readFileSync(path, "utf8")).not.toBe(first);
    await server.stop();
  });

  it("comes from one authority, however many servers are created at once", async () => {
    rmSync(join(place.folder, "ca"), { recursive: true });
    const servers = await Promise.all(["a", "b"].map((name) => place.server(name)));
    for (const server of servers) await (await place.connect(server)).end();
    expect(servers[0]?.port).not.toBe(servers[1]?.port);
  });
});
