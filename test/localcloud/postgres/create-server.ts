import {
  type MasterLogin,
  type PostgresServerSettings,
  createServer,
} from "../../../localcloud/postgres/postgres-server";

/** A manager in a process of its own, for tests that kill it: makes the server it is given, says so, and stays. */
const [settings, master] = process.argv.slice(2).map((text) => JSON.parse(text) as unknown) as [
  PostgresServerSettings,
  MasterLogin,
];
void createServer(settings, master).then((server) => {
  process.stdout.write(`ready ${server.port} ${server.pid}\n`);
  setInterval(() => undefined, 1000);
});
