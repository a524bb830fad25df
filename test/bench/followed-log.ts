import { createHash, generateKeyPairSync } from "node:crypto";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { signCheckpoint } from "../../automation/evidence/checkpoint";
import { sealStatement } from "../../automation/evidence/envelope";
import { FollowedLog } from "../../automation/evidence/followed-log";
import { appendStatement, insertKey, insertRows, type Signer } from "../../automation/evidence/ledger";
import { statementsPerPage } from "../../automation/evidence/limits";
import { leafHash, nodesAdded, nodesOver, rootOf, type Hash } from "../../automation/evidence/merkle-tree";
import { verifierKey } from "../../automation/evidence/public-key";
import { heldKey } from "../../automation/evidence/signing-key";
import { makeControlPlaneDatabase } from "../automation/control-plane-database";
import { teardownOf, verdictOf } from "../automation/evidence/exported-folder";
import { databaseCalled, planOf } from "../automation/evidence/sealed-runs";
import type { Measure, Taken } from "./measure";

const count = 100_000;
const databases = 1000;
const orders = databaseCalled("database-0");

export const followedLog: Measure[] = [
  {
    name: `one database in a log of ${count.toLocaleString("en")} statements`,
    ours: `\`FollowedLog.about\` of a worker after one more statement: what a drill and an audit know of one of ${databases} databases`,
    floor: "the same of a log that has only the statements about that database",
    runs: 9,
    async prepare() {
      const [whole, own] = [await filledLog(count, databases), await filledLog(count / databases, 1)];
      const readers = new Map([whole, own].map((log) => [log, new FollowedLog(log.database, log.signer)]));
      for (const reader of readers.values()) await reader.about("restore-drill", orders);
      const again = async (log: FilledLog, run: number) => {
        await appendStatement(log.database, log.signer, statementAt(2 * (count + run), 1));
        return timed(() => readers.get(log)!.about("restore-drill", orders));
      };
      return {
        ours: (run) => again(whole, run),
        floor: (run) => again(own, run),
        after: async () => void (await Promise.all([whole.close(), own.close()])),
      };
    },
  },
  {
    name: `first reading of a log of ${count.toLocaleString("en")} statements`,
    ours: "the same of a worker that has just started: every statement, up to the signed head",
    floor: "reading all of them from the database, and hashing their bytes once",
    runs: 3,
    async prepare() {
      const { database, signer, close } = await filledLog(count, databases);
      return {
        ours: () => timed(() => new FollowedLog(database, signer).about("restore-drill", orders)),
        floor: () => timed(() => hashStatements(database)),
        after: close,
      };
    },
  },
];

interface FilledLog {
  database: ControlPlaneDatabase;
  signer: Signer;
  close(): Promise<void>;
}

/** Drills of each database in turn, with the removal of their throwaways. */
async function filledLog(count: number, databases: number): Promise<FilledLog> {
  const postgres = await makeControlPlaneDatabase();
  const database = await openDatabase(postgres.url);
  const signer = { origin: "shipshape.bench/evidence", ...heldKey(generateKeyPairSync("ed25519").privateKey) };
  const leaves: Hash[] = [];
  for (let at = 0; at < count; at += statementsPerPage) {
    const page = await Promise.all(
      Array.from({ length: Math.min(statementsPerPage, count - at) }, async (_, i) => {
        const statement = statementAt(at + i, databases);
        return { position: at + i, statement, envelope: await sealStatement(statement, signer) };
      }),
    );
    await insertRows(database, page, []);
    leaves.push(...page.map(({ envelope }) => leafHash(Buffer.from(envelope))));
  }
  await insertKey(database, verifierKey(signer.origin, signer.key));
  const root = await rootOf(count, nodesOver(leaves));
  const note = await signCheckpoint({ origin: signer.origin, size: count, root }, signer);
  await insertRows(database, [], nodesAdded(0, leaves), { size: count, note });
  await database.query("analyze evidence");
  await database.query("analyze evidence_node");
  return {
    database,
    signer,
    close: async () => {
      await database.close();
      await postgres.remove();
    },
  };
}

/** A verdict is as large as that of a drill: about 6 kB. */
function statementAt(position: number, databases: number) {
  const identifier = `database-${Math.floor(position / 2) % databases}`;
  const plan = { ...planOf(identifier), padding: "p".repeat(3000) };
  const about = { target: identifier, database: databaseCalled(identifier) };
  const id = `bench-${Math.floor(position / 2)}`;
  return position % 2 === 0
    ? verdictOf(id, { ...about, outcome: { phases: [], padding: "o".repeat(1000) } }, plan)
    : teardownOf(id, about, plan);
}

async function hashStatements(database: ControlPlaneDatabase): Promise<void> {
  for (let at = 0; at < count; at += statementsPerPage) {
    const rows = await database.query<{ envelope: string }>(
      "select envelope from evidence where log_index >= $1 order by log_index limit $2",
      [at, statementsPerPage],
    );
    for (const { envelope } of rows) createHash("sha256").update(envelope).digest();
  }
}

async function timed(work: () => Promise<unknown>): Promise<Taken> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}
