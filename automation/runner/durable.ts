/**
 * The only file that imports DBOS: durable workflows, steps and the queue, in the control plane's own PostgreSQL.
 *
 * A worker that dies holds nothing back: the others notice (liveness.ts; DBOS's core has no heartbeat) and recover its runs.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { DBOS, DBOSClient, Error as DbosErrors } from "@dbos-inc/dbos-sdk";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import { ensureSystemDatabase } from "@dbos-inc/dbos-sdk/internal/system_database";
import { GlobalLogger } from "@dbos-inc/dbos-sdk/internal/telemetry/logs";
import type pg from "pg";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { operationsAtOnceMax, recoveriesMax, schemaLockPollMilliseconds, tendPollMilliseconds, workerStopWaitSeconds } from "../limits";
import { Liveness } from "./liveness";
import type { Step, StepSettings } from "./operation";

const SCHEMA = "dbos";
const QUEUE = "operations";
const LIFECYCLE = "lifecycle";
/** Raised when a change to a workflow's order of steps would confuse runs in flight; older runs then wait for a worker of their version. */
const WORKFLOW_VERSION = "1";

export type Workflow = (requestId: string) => Promise<void>;

export interface Workflows {
  /** Starts the clean-up of a run under that id, where it has not been started yet, and resolves when it has ended. */
  cleanUp(requestId: string, workflowId: string): Promise<void>;
}

/** Registers the two workflows. Call once per process, before a worker starts. */
export function registerWorkflows(lifecycle: Workflow, cleanUp: Workflow): Workflows {
  const settings = { maxRecoveryAttempts: recoveriesMax };
  DBOS.registerWorkflow(lifecycle, { name: LIFECYCLE, ...settings });
  const registered = DBOS.registerWorkflow(cleanUp, { name: "clean-up", ...settings });
  return {
    cleanUp: async (requestId, workflowId) => {
      const handle = await DBOS.startWorkflow(registered, { workflowID: workflowId })(requestId);
      await handle.getResult({ pollingIntervalMs: 100 });
    },
  };
}

export interface Worker {
  readonly id: string;
  stop(): Promise<void>;
}

/** The worker of this process: DBOS has one a process too. */
let liveness: Liveness | undefined;

/** Starts a worker in this process: it runs what is queued, takes over what dead workers left, and does `tend` every now and then. */
export async function startWorker(url: string, tend: (liveness: Liveness) => Promise<void>): Promise<Worker> {
  const id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const own = (liveness = await Liveness.open(url, id));
  DBOS.setConfig({
    name: "shipshape",
    systemDatabaseUrl: url,
    systemDatabaseSchemaName: SCHEMA,
    executorID: id,
    applicationVersion: WORKFLOW_VERSION,
    logLevel: "error",
  });
  await DBOS.launch();
  await DBOS.registerQueue(QUEUE, { workerConcurrency: operationsAtOnceMax, partitionConcurrency: 1, minPollingIntervalMs: 100 });
  const tending = keepDoing(async () => {
    await takeOverFromDead(own);
    await tend(own);
  });
  return {
    id,
    stop: async () => {
      await tending.stop();
      await DBOS.shutdown({ workflowCompletionTimeoutMS: workerStopWaitSeconds * 1000 });
      await own.close();
    },
  };
}

function keepDoing(work: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let wake = () => {};
  const loop = (async () => {
    while (!stopped) {
      // What failed is tried again at the next turn; a database that is gone for good ends the worker by its session.
      await work().catch((error: Error) => process.emitWarning(`looking after runs failed, and is tried again: ${error.message}`));
      await new Promise<void>((resolve) => (stopped ? resolve() : ((wake = resolve), setTimeout(resolve, tendPollMilliseconds))));
    }
  })();
  return { stop: async () => ((stopped = true), wake(), loop) };
}

async function takeOverFromDead(own: Liveness): Promise<void> {
  const pending = await DBOS.listWorkflows({ status: "PENDING", applicationVersion: WORKFLOW_VERSION, loadInput: false, loadOutput: false });
  const others = new Set(pending.map((w) => w.executorId).filter((id): id is string => id !== undefined && id !== own.workerId));
  for (const id of others) await own.ifDead(id, async () => DBOSExecutor.globalInstance?.recoverPendingWorkflows([id]));
}

/** The steps of the running workflow. `observer` is told of each attempt; where it refuses to let one begin, nothing is done. */
export function stepsOf(requestId: string, observer: StepObserver): Step {
  const run = <T>(name: string, settings: StepSettings, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    let attempts = 0;
    return DBOS.runStep(() => inFlight(requestId, () => observed(name, observer, () => work(attemptSignal()))), {
      name,
      retriesAllowed: settings.attemptsMax > 1,
      maxAttempts: settings.attemptsMax,
      // Decided here to the last: DBOS would wrap the error of the last attempt into one of its own, and its code and hint would be lost.
      shouldRetry: (error) => ++attempts < settings.attemptsMax && mayPass(error),
      intervalSeconds: 1,
      backoffRate: 2,
      timeoutMS: settings.timeoutSeconds * 1000,
    });
  };
  return Object.assign(run, { requestId, sleep: (seconds: number) => DBOS.sleepSeconds(seconds) });
}

const inFlight = <T>(requestId: string, work: () => Promise<T>): Promise<T> => (liveness ? liveness.during(requestId, work) : work());

/** What was asked wrongly stays wrong however often it is asked. A conflict, or a failure of others, may pass. */
const mayPass = (error: unknown): boolean => !(error instanceof ShipshapeError) || error.httpStatus >= 500 || error.httpStatus === 409;

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
export const receive = async <T>(topic: string, timeoutSeconds: number): Promise<T | undefined> => (await DBOS.recv<T>(topic, { timeoutSeconds })) ?? undefined;

/** Whether an error says that this workflow was cancelled, or taken over by another worker: it must pass through, since no further step of it can run here. */
export const isNotOurs = (error: unknown): boolean =>
  error instanceof DbosErrors.DBOSWorkflowCancelledError || error instanceof DbosErrors.DBOSWorkflowConflictError;

/** `alive`: queued or running. `lost`: no worker will carry it any further, whatever its records say. */
export type WorkflowState = "absent" | "alive" | "done" | "lost";

/** Talks to the queue from outside a worker. */
export class DurableClient {
  private constructor(private readonly client: DBOSClient) {}

  static async open(url: string, database: Database): Promise<DurableClient> {
    await oneAtATime(database, async () => {
      // DBOS.migrate would tell its progress on standard output, which belongs to the command's result.
      await ensureSystemDatabase(url, new GlobalLogger(undefined, { logLevel: "error" }), undefined, SCHEMA);
    });
    return new DurableClient(await DBOSClient.create({ systemDatabaseUrl: url, systemDatabaseSchemaName: SCHEMA }));
  }

  /** Enqueues a lifecycle inside the caller's transaction: the request and its workflow exist both or not at all. */
  async enqueue(transaction: pg.ClientBase, requestId: string, partition: string): Promise<void> {
    await this.client.enqueueInTransaction(
      transaction,
      { queueName: QUEUE, workflowName: LIFECYCLE, workflowID: requestId, queuePartitionKey: partition, appVersion: WORKFLOW_VERSION },
      requestId,
    );
  }

  cancel(workflowId: string): Promise<void> {
    return this.client.cancelWorkflow(workflowId);
  }

  /** What became of each of these workflows. */
  async states(workflowIds: string[]): Promise<(workflowId: string) => WorkflowState> {
    const found = workflowIds.length === 0 ? [] : await this.client.listWorkflows({ workflowIDs: workflowIds, loadInput: false, loadOutput: false });
    const states = new Map(found.map((w) => [w.workflowID, stateOf(w.status)]));
    return (id) => states.get(id) ?? "absent";
  }

  send(workflowId: string, message: unknown, topic: string): Promise<void> {
    return this.client.send(workflowId, message, topic);
  }

  close(): Promise<void> {
    return this.client.destroy();
  }
}

/**
 * The engine's migrations block each other when two processes begin on an empty database. The lock is tried for, not waited for: they build
 * indexes concurrently, which waits for every statement that was begun before, and so would wait for who waits for them.
 */
function oneAtATime(database: Database, work: () => Promise<void>): Promise<void> {
  return database.transaction(async (t) => {
    for (;;) {
      const [lock] = await t.query<{ taken: boolean }>("select pg_try_advisory_xact_lock(hashtext('shipshape durable engine')) as taken");
      if (lock?.taken) return work();
      await new Promise((resolve) => setTimeout(resolve, schemaLockPollMilliseconds));
    }
  });
}

function stateOf(status: string): WorkflowState {
  if (status === "SUCCESS") return "done";
  return status === "PENDING" || status === "ENQUEUED" || status === "DELAYED" ? "alive" : "lost";
}
