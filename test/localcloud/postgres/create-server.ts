import {
  type MasterLogin,
  type PostgresServerSettings,
  createServer,
} from "../../../localcloud/postgres/postgres-server";

/** A manager in its own process, for tests that kill it: creates the given server, reports it, and keeps running. */
const [settings, master] = process.argv.slice(2).map((text) => JSON.parse(text) as unknown) as [
  PostgresServerSettings,
  MasterLogin,
];
void createServer(settings, master).then((server) => {
  process.stdout.write(`ready ${server.port} ${server.pid}\n`);
  setInterval(() => undefined, 1000);
});
