import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type PostgresServer } from "../../../localcloud/postgres/postgres-server";

/** A running PostgreSQL whose master is not a superuser, as on RDS. */
export interface RdsLikeServer {
  server: PostgresServer;
  master: { username: string; password: string };
  /** File of the authority that signed its certificate. */
  caFile: string;
  stop(): Promise<void>;
}

export async function startRdsLikeServer(engineVersion = "17.10"): Promise<RdsLikeServer> {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-postgres-"));
  chmodSync(folder, 0o755);
  const caFolder = join(folder, "ca");
  const master = { username: "shipshape_admin", password: "a master's password" };
  const settings = {
    folder: join(folder, "db-TEST"),
    engineVersion,
    port: 0,
    identity: { caFolder },
    parameters: {},
    memoryBytes: 1024 ** 3,
  };
  const server = await createServer(settings, { ...master, databaseName: "app" });
  if (server.state() !== "running") await server.start();
  return {
    server,
    master,
    caFile: join(caFolder, "ca.pem"),
    async stop() {
      await server.stop("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
