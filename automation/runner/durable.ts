/**
 * The only file that imports DBOS: durable workflows, steps and the queue, in the control plane's own PostgreSQL.
 *
 * A worker that dies holds nothing back: every worker keeps a session advisory lock named after itself, and a worker that can take the lock
 * of another knows that one dead and recovers its runs. (DBOS's core has no heartbeat; PostgreSQL's sessions are one.)
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { DBOS, DBOSClient, Error as DbosErrors } from "@dbos-inc/dbos-sdk";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import { ensureSystemDatabase } from "@dbos-inc/dbos-sdk/internal/system_database";
import { GlobalLogger } from "@dbos-inc/dbos-sdk/internal/telemetry/logs";
import pg from "pg";
import { operationsAtOnceMax, takeoverPollMilliseconds, workerStopWaitSeconds } from "../limits";
import type { Step, StepSettings } from "./operation";

const SCHEMA = "dbos";
const QUEUE = "operations";
const LIFECYCLE = "lifecycle";
/** Raised when a change to a workflow's order of steps would confuse runs in flight; older runs then wait for a worker of their version. */
const WORKFLOW_VERSION = "1";
const LOCK_CLASS = 0x53_48_49_50; // "SHIP": sets our advisory locks apart from others in the same database

export type Workflow = (requestId: string) => Promise<void>;

/** Registers the two workflows. Call once per process, before a worker starts. Returns them as callable from inside a workflow. */
export function registerWorkflows(lifecycle: Workflow, cleanUp: Workflow): { cleanUp: (requestId: string, workflowId: string) => Promise<void> } {
  DBOS.registerWorkflow(lifecycle, { name: LIFECYCLE });
  const registered = DBOS.registerWorkflow(cleanUp, { name: "clean-up" });
  return {
    cleanUp: async (requestId, workflowId) => {
      const handle = await DBOS.startWorkflow(registered, { workflowID: workflowId })(requestId);
      await handle.getResult({ pollingIntervalMs: 100 });
    },
  };
}

export interface Worker {
  readonly id: string;
  /** Resolves when the workflow has ended; rejects with its error. */
  result(workflowId: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a worker in this process: it runs what is queued, and takes over what dead workers left. */
export async function startWorker(url: string): Promise<Worker> {
  const id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  DBOS.setConfig({ name: "shipshape", systemDatabaseUrl: url, systemDatabaseSchemaName: SCHEMA, executorID: id, applicationVersion: WORKFLOW_VERSION, logLevel: "error" });
  await DBOS.launch();
  await DBOS.registerQueue(QUEUE, { workerConcurrency: operationsAtOnceMax, partitionConcurrency: 1, minPollingIntervalMs: 100 });
  const lock = new pg.Client({ connectionString: url, application_name: `shipshape worker ${id}` });
  lock.on("error", () => process.exit(70)); // its lock gone, this worker may be taken for dead: it must not run on beside its successor
  await lock.connect();
  await lock.query("select pg_advisory_lock($1, hashtext($2))", [LOCK_CLASS, id]);
  const takeover = keepTakingOver(lock, id);
  return {
    id,
    result: async (workflowId) => void (await DBOS.retrieveWorkflow(workflowId).getResult({ pollingIntervalMs: 100 })),
    stop: async () => {
      await takeover.stop();
      await DBOS.shutdown({ workflowCompletionTimeoutMS: workerStopWaitSeconds * 1000 });
      lock.removeAllListeners("error").on("error", () => {});
      await lock.end();
    },
  };
}

function keepTakingOver(lock: pg.Client, ownId: string): { stop(): Promise<void> } {
  let stopped = false;
  let wake = () => {};
  const loop = (async () => {
    while (!stopped) {
      await takeOverFromDead(lock, ownId);
      await new Promise<void>((resolve) => (wake = resolve, setTimeout(resolve, takeoverPollMilliseconds)));
    }
  })();
  return { stop: async () => (stopped = true, wake(), loop) };
}

async function takeOverFromDead(lock: pg.Client, ownId: string): Promise<void> {
  const { rows } = await lock.query<{ id: string }>(
    `select distinct executor_id as id from ${SCHEMA}.workflow_status where status = 'PENDING' and executor_id <> $1 and application_version = $2`,
    [ownId, WORKFLOW_VERSION],
  );
  for (const { id } of rows) {
    const { rows: [taken] } = await lock.query<{ dead: boolean }>("select pg_try_advisory_lock($1, hashtext($2)) as dead", [LOCK_CLASS, id]);
    if (!taken?.dead) continue;
    await DBOSExecutor.globalInstance?.recoverPendingWorkflows([id]);
    await lock.query("select pg_advisory_unlock($1, hashtext($2))", [LOCK_CLASS, id]);
  }
}

/** The steps of the running workflow. `observer` is told of each attempt, for progress; it must not throw. */
export function stepsOf(requestId: string, observer: StepObserver): Step {
  const run = <T>(name: string, settings: StepSettings, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    DBOS.runStep(() => observed(name, observer, () => work(attemptSignal())), {
      name,
      retriesAllowed: settings.attemptsMax > 1,
      maxAttempts: settings.attemptsMax,
      intervalSeconds: 1,
      backoffRate: 2,
      timeoutMS: settings.timeoutSeconds * 1000,
    });
  return Object.assign(run, { requestId, sleep: (seconds: number) => DBOS.sleepSeconds(seconds) });
}

export interface StepObserver {
  begun(name: string): Promise<void>;
  ended(name: string, error: unknown): Promise<void>;
}

async function observed<T>(name: string, observer: StepObserver, work: () => Promise<T>): Promise<T> {
  await observer.begun(name);
  try {
    const result = await work();
    await observer.ended(name, undefined);
    return result;
  } catch (error) {
    await observer.ended(name, error);
    throw error;
  }
}

function attemptSignal(): AbortSignal {
  const signals = [DBOS.stepStatus?.timeoutSignal, DBOS.stepStatus?.cancelSignal].filter((s): s is AbortSignal => s !== undefined);
  return AbortSignal.any(signals);
}

/** Waits, durably, for a message to the running workflow. Undefined when none came in time. */
export const receive = async <T>(topic: string, timeoutSeconds: number): Promise<T | undefined> =>
  (await DBOS.recv<T>(topic, { timeoutSeconds })) ?? undefined;

/** Whether an error says that the workflow was cancelled: it must pass through, since no further step of it can run. */
export const isCancellation = (error: unknown): boolean => error instanceof DbosErrors.DBOSWorkflowCancelledError;

/** Talks to the queue from outside a worker. */
export class DurableClient {
  private constructor(private readonly client: DBOSClient) {}

  static async open(url: string): Promise<DurableClient> {
    // DBOS.migrate would tell its progress on standard output, which belongs to the command's result.
    await ensureSystemDatabase(url, new GlobalLogger(undefined, { logLevel: "error" }), undefined, SCHEMA);
    return new DurableClient(await DBOSClient.create({ systemDatabaseUrl: url, systemDatabaseSchemaName: SCHEMA }));
  }

  /** Enqueues a lifecycle inside the caller's transaction: the request and its workflow exist both or not at all. */
  async enqueue(transaction: pg.ClientBase, requestId: string, partition: string): Promise<void> {
    await this.client.enqueueInTransaction(transaction, { queueName: QUEUE, workflowName: LIFECYCLE, workflowID: requestId, queuePartitionKey: partition, appVersion: WORKFLOW_VERSION }, requestId);
  }

  cancel(workflowId: string): Promise<void> {
    return this.client.cancelWorkflow(workflowId);
  }

  send(workflowId: string, message: unknown, topic: string): Promise<void> {
    return this.client.send(workflowId, message, topic);
  }

  close(): Promise<void> {
    return this.client.destroy();
  }
}
