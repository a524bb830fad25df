/** What carries out queued requests: the control plane, and what it is measured against. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { DBOS, DBOSClient } from "@dbos-inc/dbos-sdk";
import { z } from "zod";
import { builtIn } from "../../components/standards/built-in";
import { openControlPlane } from "../../automation/control-plane";
import { openDatabase, type Database } from "../../automation/database";
import { heldKey } from "../../automation/evidence/signing-key";
import { targetDatabase } from "../../automation/fleet-records";
import { verdictOf, type PlanBasis } from "../../automation/records";
import { operationsAtOnceMax, preparationsAtOnceMax } from "../../automation/runner/limits";
import type { Operation } from "../../automation/runner/operation";

export interface Subject {
  queue(name: string): Promise<unknown>;
  begin(): Promise<unknown>;
  /** When each request ended, in milliseconds since 1970. */
  ended(): Promise<number[]>;
  databaseBytes(): Promise<number>;
  /** Frees the space of rows that were updated, which later rows would fill. */
  compact(): Promise<unknown>;
}

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

async function shipshape(url: string): Promise<Subject> {
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
      moments(
        controlPlane.database,
        "select finished_at as at from run where finished_at is not null and status = 'succeeded'",
      ),
    databaseBytes: () => databaseBytes(controlPlane.database),
    compact: () => controlPlane.database.query("vacuum full"),
  };
}

/** What each step of a request does besides being recorded by DBOS. */
type Work = Record<string, (database: string) => Promise<unknown>>;

/** The same steps; the first workflow enqueues the second one, on a queue with a place per database. */
async function dbos(url: string, work: Work = {}): Promise<Subject> {
  const step = (name: string, about: string) => DBOS.runStep(async () => (await work[name]?.(about), name), { name });
  const carryOut = DBOS.registerWorkflow(
    async (about: string) => {
      for (const name of ["record running", "observe again", "record begin", "run", "seal", "record end"])
        await step(name, about);
    },
    { name: "carry out" },
  );
  DBOS.registerWorkflow(
    async (about: string) => {
      for (const name of ["record running", "observe", "decide"]) await step(name, about);
      await DBOS.startWorkflow(carryOut, {
        queueName: "operations",
        enqueueOptions: { queuePartitionKey: about },
      })(about);
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
      moments(
        database,
        "select to_timestamp(completed_at / 1000.0) as at from dbos.workflow_status where name = 'carry out' and status = 'SUCCESS'",
      ),
    databaseBytes: () => databaseBytes(database),
    compact: () => database.query("vacuum full"),
  };
}

/**
 * DBOS with what a request must leave behind besides: the rows that the control plane writes, each by one statement, and
 * one signature. It decides nothing, and proves nothing of what it signs.
 */
async function direct(url: string): Promise<Subject> {
  const database = await openDatabase(url);
  const key = generateKeyPairSync("ed25519").privateKey;
  const write = (sql: string, ...values: unknown[]) => database.query(sql, values);
  await write(
    "create table if not exists bare_run (id text primary key, status text, plan jsonb, steps jsonb default '{}', checks jsonb)",
  );
  for (const table of ["decision", "statement", "node", "head"])
    await write(`create table if not exists bare_${table} (id text primary key, content jsonb)`);
  const plan = (about: string) => JSON.stringify(idle.plan({ database: about }, "seen", about));
  const status = (word: string) => (about: string) =>
    write("insert into bare_run (id, status) values ($1, $2) on conflict (id) do update set status = $2", about, word);
  const recorded = (name: string) => async (about: string) => {
    const step = (word: string) =>
      write(
        "update bare_run set steps = steps || jsonb_build_object($2::text, $3::jsonb) where id = $1",
        about,
        name,
        JSON.stringify({ status: word, at: new Date() }),
      );
    await step("running");
    await step("done");
  };
  const add = (table: string, about: string, content: unknown) =>
    write(`insert into bare_${table} (id, content) values ($1, $2)`, about, JSON.stringify(content));
  return dbos(url, {
    "record running": status("running"),
    observe: recorded("observe"),
    decide: async (about) => {
      await add("decision", about, { status: "allowed", rules: [] });
      await write("update bare_run set plan = $2, status = 'queued' where id = $1", about, plan(about));
    },
    "observe again": recorded("observe again"),
    "record begin": status("running"),
    run: recorded("run"),
    seal: async (about) => {
      const payload = Buffer.from(plan(about));
      await add("statement", about, {
        payload: payload.toString("base64"),
        signature: sign(null, payload, key).toString("base64"),
      });
      await add("node", about, createHash("sha256").update(payload).digest("hex"));
      await add("head", about, about);
      await status("sealed")(about);
    },
    "record end": status("succeeded"),
  });
}

const moments = async (database: Database, sql: string) =>
  (await database.query<{ at: Date }>(sql)).map(({ at }) => at.getTime()).sort((one, other) => one - other);

/** Of tables, indexes and what is stored beside them. */
const databaseBytes = async (database: Database) =>
  Number(
    (
      await database.query<{ bytes: string }>(
        "select sum(pg_total_relation_size(oid)) filter (where relkind = 'r') - sum(pg_relation_size(oid, 'fsm')) - sum(pg_relation_size(oid, 'vm')) as bytes from pg_class where relnamespace::regnamespace::text in ('shipshape', 'dbos') and relkind in ('r', 'i')",
      )
    )[0]?.bytes,
  );

export const subjects = { shipshape, dbos: (url: string) => dbos(url), direct };
export type SubjectName = keyof typeof subjects;
