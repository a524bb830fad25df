import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { createServer, removeServer, type PostgresServer } from "../../localcloud/postgres/postgres-server";

export interface TestDatabase {
  url: string;
  server: PostgresServer;
  remove(): Promise<void>;
}

/**
 * A separate PostgreSQL for one test file, as in production: the control plane uses TLS and is not a superuser.
 */
export async function makeControlPlaneDatabase(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-control-plane-"));
  chmodSync(folder, 0o755);
  const password = randomUUID();
  const settings = {
    folder: join(folder, "server"),
    engineVersion: "17.10",
    port: 0,
    identity: { caFolder: join(folder, "ca") },
    parameters: {},
    memoryBytes: 2 ** 30,
  };
  const server = await createServer(settings, { username: "control", password, databaseName: "control" });
  await server.start();
  return {
    url: `postgresql://control:${password}@127.0.0.1:${server.port}/control?sslmode=verify-full&sslrootcert=${join(folder, "ca", "ca.pem")}`,
    server,
    remove: async () => {
      await server.stop("immediate");
      await removeServer(settings.folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One for the tests of a file: `use` gets it before the first of them, and it is removed after the last. */
export function haveControlPlaneDatabase(
  use: (made: { postgres: TestDatabase; database: ControlPlaneDatabase }) => void,
): void {
  let postgres: TestDatabase | undefined;
  let database: ControlPlaneDatabase | undefined;
  beforeAll(async () => {
    postgres = await makeControlPlaneDatabase();
    database = await openDatabase(postgres.url);
    use({ postgres, database });
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.remove();
  });
}
