/**
 * A worker with an operation that does nothing, or bare DBOS with the same workflows and steps:
 * `tsx queue-worker.ts <shipshape|dbos> <database url> <queued> <carried out> <postmaster's pid>`. It queues that many
 * requests, begins, and prints what it took until that many have ended. If none are queued, it is idle for a while; if
 * one is, it is queued when the worker has been idle.
 */
import { builtIn } from "../../components/standards/built-in";
import { generateKeyPairSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DBOS, DBOSClient } from "@dbos-inc/dbos-sdk";
import { z } from "zod";
import { openControlPlane } from "../../automation/control-plane";
import { openDatabase, type Database } from "../../automation/database";
import { heldKey } from "../../automation/evidence/signing-key";
import { targetDatabase } from "../../automation/fleet-records";
import { verdictOf, type PlanBasis } from "../../automation/records";
import { operationsAtOnceMax, preparationsAtOnceMax } from "../../automation/runner/limits";
import type { Operation } from "../../automation/runner/operation";
import type { Taken } from "./measure";
import { cpuSecondsOfFamily } from "./process-tree";

const [which, url = "", queued = "", carriedOut = "", postmaster = ""] = process.argv.slice(2);
const idleSeconds = 20;
const once = { attemptsMax: 1, timeoutSeconds: 60 };

/** Reads nothing, does nothing, and passes: a request costs only what the control plane does about it. */
const idle: Operation<{ database: string }, string, PlanBasis, string> = {
  name: "idle",
  version: 1,
  owner: "a benchmark",
  title: "do nothing",
  examples: [],
  effect: "reads",
  request: z.strictObject({ database: z.string() }),
  observe: (_, step) => step("observe", once, () => Promise.resolve("seen")),
  plan: ({ database }) => ({
    target: database,
    database: targetDatabase({
      identifier: database,
      resourceId: `db-${database}`,
      arn: `arn:aws:rds:eu-central-1:123456789012:db:${database}`,
    }),
    tags: { owner: "a benchmark", "shipshape:standard": "shipshape/1.1.0/0123456789ab" },
    evidenceValidDays: 7,
  }),
  stillHolds: () => true,
  run: (_, step) => step("run", once, () => Promise.resolve("done")),
  verify: () => verdictOf([{ name: "done", verdict: "pass", explanation: "nothing was to do", figures: {} }]),
};

interface Subject {
  queue(name: string): Promise<unknown>;
  begin(): Promise<unknown>;
  ended(): Promise<number>;
}

async function shipshape(): Promise<Subject> {
  const key = heldKey(generateKeyPairSync("ed25519").privateKey);
  const controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: url,
    signer: () => Promise.resolve({ origin: "shipshape.test/evidence", ...key }),
    toolVersions: {},
    operations: () => Promise.resolve([idle]),
  });
  return {
    queue: (database) => controlPlane.submit("idle", { database }, { requestedBy: "ana", reason: "a benchmark" }),
    begin: () =>
      controlPlane.work((error) => {
        throw error;
      }),
    ended: () =>
      count(controlPlane.database, "select count(*) from run where finished_at is not null and status = 'succeeded'"),
  };
}

/** The same steps, which do nothing; the first workflow enqueues the second one, on a queue with a place per database. */
async function dbos(): Promise<Subject> {
  const step = (name: string) => DBOS.runStep(() => Promise.resolve(name), { name });
  const carryOut = DBOS.registerWorkflow(
    async () => {
      for (const name of ["record running", "observe again", "record begin", "run", "seal", "record end"])
        await step(name);
    },
    { name: "carry out" },
  );
  DBOS.registerWorkflow(
    async (database: string) => {
      for (const name of ["record running", "observe", "decide"]) await step(name);
      await DBOS.startWorkflow(carryOut, {
        queueName: "operations",
        enqueueOptions: { queuePartitionKey: database },
      })();
    },
    { name: "prepare" },
  );
  const database = await openDatabase(url);
  const settings = { systemDatabaseUrl: url, systemDatabaseSchemaName: "dbos" };
  DBOS.setConfig({ name: "bare", ...settings, applicationVersion: "1", logLevel: "error" });
  await DBOS.launch(); // creates its tables
  await DBOS.shutdown();
  const client = await DBOSClient.create(settings);
  return {
    queue: (name) => client.enqueue({ queueName: "preparations", workflowName: "prepare", appVersion: "1" }, name),
    begin: async () => {
      await DBOS.launch();
      // Looks as often as pays: with more its own looks take longer, with less its places stay empty.
      const polled = { minPollingIntervalMs: 20 };
      await DBOS.registerQueue("preparations", { workerConcurrency: preparationsAtOnceMax, ...polled });
      await DBOS.registerQueue("operations", {
        workerConcurrency: operationsAtOnceMax,
        partitionConcurrency: 1,
        ...polled,
      });
    },
    ended: () =>
      count(database, "select count(*) from dbos.workflow_status where name = 'carry out' and status = 'SUCCESS'"),
  };
}

const count = async (database: Database, sql: string) =>
  Number((await database.query<{ count: string }>(sql))[0]?.count);

async function main(): Promise<void> {
  process.noDeprecation = true;
  const subject = await (which === "dbos" ? dbos() : shipshape());
  const names = Array.from({ length: Number(queued) }, (_, i) => `database-${i}`);
  if (names.length < 2) {
    await subject.begin();
    await sleep(queued === "0" ? 65_000 : 5000); // the durable engine looks more often in its first minute
  }
  const enqueue = async () => {
    while (names.length > 0) await Promise.all(names.splice(0, 8).map((name) => subject.queue(name)));
  };
  if (names.length > 1) await enqueue();
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6 + cpuSecondsOfFamily(Number(postmaster));
  };
  const [began, cpuBefore] = [performance.now(), cpu()];
  if (queued === "0") await sleep(idleSeconds * 1000);
  else if (queued === "1") await enqueue();
  else await subject.begin();
  while ((await subject.ended()) < Number(carriedOut)) await sleep(queued === "1" ? 2 : 50);
  const taken: Taken = { seconds: (performance.now() - began) / 1000, cpuSeconds: cpu() - cpuBefore };
  process.stdout.write(`${JSON.stringify(taken)}\n`);
  process.exit(0);
}

void main();
