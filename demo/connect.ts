import { type Client, DatabaseError } from "pg";
import { DemoError } from "./errors";
import { connectToDatabase } from "../automation/targets/database-connection";
import { builtIn } from "../components/standards/built-in";
import { findDatabaseLogin } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier, type Scene } from "./chapter";

export const connect: Chapter = {
  name: "connect",
  title: "An application connects",
  async run(scene) {
    const { stage } = scene;
    stage.say(
      "There are five roles, each with its own secret. The owner runs migrations, the application reads and writes, and no role may do more than it must.",
    );
    await migrateAsOwner(scene);
    await useAsApplication(scene);
    await checkReaderIsRefused(scene);
    stage.line();
    stage.say("The same from a shell:");
    stage.command(`npx shipshape local psql ${databaseIdentifier} --role readonly -c "select * from ${demoTable}"`);
  },
};

const demoTable = "demo_order";

async function migrateAsOwner(scene: Scene): Promise<void> {
  await asRole(scene, "owner", async (client) => {
    await client.query(
      `create table if not exists ${demoTable} (id bigint generated always as identity primary key, item text not null, placed_at timestamptz not null default now())`,
    );
    scene.stage.good(
      `owner created the table ${demoTable} in schema ${await value(client, `select schemaname from pg_tables where tablename = '${demoTable}'`)}`,
    );
  });
}

async function useAsApplication(scene: Scene): Promise<void> {
  await asRole(scene, "readwrite", async (client) => {
    const tls = await value(client, "select version || ', ' || cipher from pg_stat_ssl where pid = pg_backend_pid()");
    scene.stage.good(`readwrite is connected over ${tls}; the certificate was verified`);
    await client.query(`insert into ${demoTable} (item) values ($1), ($2)`, ["anchor", "rope"]);
    const count = await value(client, `select count(*)::text from ${demoTable}`);
    scene.stage.good(`readwrite wrote two rows and reads ${count}`);
  });
}

async function checkReaderIsRefused(scene: Scene): Promise<void> {
  await asRole(scene, "readonly", async (client) => {
    const refusal = await client.query(`delete from ${demoTable}`).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(refusal instanceof DatabaseError) || refusal.code !== "42501") {
      throw new DemoError("demo-expectation-failed", {
        expected: "readonly to be refused a delete",
        found: refusal instanceof Error ? refusal.message : "it was allowed",
        remedy: "`npm run demo -- drift` shows what was changed in the roles",
      });
    }
    scene.stage.good(`readonly tried to delete: ${refusal.message}`);
  });
}

/** Logs in as an application would: password from the role's secret, TLS verified against the cloud's authority. */
async function asRole(scene: Scene, role: string, work: (client: Client) => Promise<void>): Promise<void> {
  const login = await findDatabaseLogin(scene.clients, builtIn, databaseIdentifier, role);
  const client = await connectToDatabase(login, scene.rootCertificateFile);
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

async function value(client: Client, sql: string): Promise<string> {
  const { rows } = await client.query<string[]>({ text: sql, rowMode: "array" });
  return rows[0]?.[0] ?? "nothing";
}
