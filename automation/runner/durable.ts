/**
 * The only file that imports DBOS: durable workflows, steps and the queue, in the control plane's own PostgreSQL.
 *
 * A dead worker blocks nothing: the others notice (liveness.ts; DBOS's core has no heartbeat) and recover its runs.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { DBOS, DBOSClient, Error as DbosErrors } from "@dbos-inc/dbos-sdk";
import { runTransactionalInternalStep } from "@dbos-inc/dbos-sdk/internal/dbos";
import { DBOSExecutor } from "@dbos-inc/dbos-sdk/internal/dbos-executor";
import { ensureSystemDatabase } from "@dbos-inc/dbos-sdk/internal/system_database";
import { GlobalLogger } from "@dbos-inc/dbos-sdk/internal/telemetry/logs";
import { wfQueueRunner } from "@dbos-inc/dbos-sdk/internal/wfqueue";
import type pg from "pg";
import { connections, joined, translateConnectionErrors, type Database } from "../database";
import { ShipshapeError } from "../errors";
import { poll } from "../poll";
import {
  cleanUpPollMilliseconds,
  clientEngineConnectionsMax,
  coordinationsAtOnceMax,
  durableCallSeconds,
  engineNotifyMilliseconds,
  engineSchedulePollMilliseconds,
  maintenancePollMilliseconds,
  operationsAtOnceMax,
  preparationsAtOnceMax,
  queuePollMilliseconds,
  recoveriesMax,
  runsPerDatabaseMax,
  schemaLockPollMilliseconds,
  schemaLockWaitSeconds,
  stepBackoffFactor,
  stepBackoffSeconds,
  workerEngineConnectionsMax,
  workerStopWaitSeconds,
  workflowsForgottenMax,
  workflowsKeptDays,
} from "./limits";
import { PART_OF_REQUEST, unneededWorkflows } from "./ended-workflows";
import { keepDoing } from "./keep-doing";
import { Liveness, MAINTENANCE, notifyWorkers, type LivenessSettings } from "./liveness";
import type { Step, StepSettings, Work } from "./operation";
import { putBack, setAside } from "./other-versions";
import { lookWhenAsked, type QueueLoop, type QueueLooks } from "./queue-looks";
import { Waits, type Look } from "./waits";

const SCHEMA = "dbos";
/**
 * A preparation only reads, and waits for nothing; a run has the database to itself; one that has none coordinates
 * others, and mostly waits for them.
 */
const queues = { prepare: "preparations", "carry-out": "operations", coordinate: "coordination" } as const;
/** The engine's own, in which a clean-up waits that its worker did not end. */
const ENGINE_QUEUE = "_dbos_internal_queue";
/**
 * Raise it when a change to the lifecycle's own order of steps would break runs in flight; older runs then wait for a
 * worker of their version. An operation has a version of its own, which is part of the names of its workflows.
 */
const WORKFLOW_VERSION = "2";

/** `preparation` counts the plans of a request, from 1. */
export type Workflow = (requestId: string, preparation: number) => Promise<void>;

export interface Lifecycle {
  prepare: Workflow;
  carryOut: Workflow;
  cleanUp(requestId: string): Promise<void>;
}

/** Which operation a workflow belongs to, and in which version: it ends with the version it began with. */
export type VersionedOperation = { operation: string; version: number };

type VersionedRequest = VersionedOperation & { id: string };

const nameOf = ({ operation, version }: VersionedOperation, part: string) => `${operation}.v${version}.${part}`;

/** Workflow ids. The request's id is that of its first preparation. */
export const preparationId = (requestId: string, preparation: number): string =>
  preparation === 1 ? requestId : `${requestId}-prepare-${preparation}`;
export const carryOutId = (requestId: string, preparation: number): string =>
  preparation === 1 ? `${requestId}-carry-out` : `${requestId}-carry-out-${preparation}`;

/** The request that a workflow belongs to. */
const requestOf = (workflowId: string): string => workflowId.replace(new RegExp(PART_OF_REQUEST), "");

export interface Workflows {
  /** The names of all workflows that this worker has. */
  readonly names: readonly string[];
  /**
   * Starts the clean-up of a run under that id, unless it was already started. `ended` resolves when it has ended.
   * Errors: operation-version-missing.
   */
  startCleanUp(request: VersionedRequest, workflowId: string): { ended: Promise<void> };
}

/** Registers the workflows of each operation. Call once per process, before a worker starts. */
export function registerWorkflows(
  operations: { name: string; version: number }[],
  { prepare, carryOut, cleanUp }: Lifecycle,
): Workflows {
  const cleanUps = new Map<string, Lifecycle["cleanUp"]>();
  const names: string[] = [];
  for (const { name: operation, version } of operations) {
    const registered = <Arguments extends unknown[]>(part: string, work: (...all: Arguments) => Promise<void>) => {
      const name = nameOf({ operation, version }, part);
      names.push(name);
      const worked = (...all: Arguments) => work(...all).finally(lookOnceEnded);
      return DBOS.registerWorkflow(worked, { name, maxRecoveryAttempts: recoveriesMax });
    };
    registered("prepare", prepare);
    registered("carry-out", carryOut);
    cleanUps.set(nameOf({ operation, version }, "clean-up"), registered("clean-up", cleanUp));
  }
  return {
    names,
    startCleanUp: (request, workflowId) => {
      const registered = cleanUps.get(nameOf(request, "clean-up"));
      if (!registered) throw new ShipshapeError("operation-version-missing", { ...request });
      const ended = async () => {
        const handle = await DBOS.startWorkflow(registered, { workflowID: workflowId })(request.id);
        await handle.getResult({ pollingIntervalMs: cleanUpPollMilliseconds });
      };
      return { ended: ended() };
    },
  };
}

export interface Worker {
  readonly id: string;
  /**
   * Takes no new runs, and waits this long for those in progress. The next worker continues the rest.
   * @default a few seconds
   */
  stop(drainSeconds?: number): Promise<void>;
}

/** The worker of this process: DBOS also has one per process. */
let liveness: Liveness | undefined;

/** Ends this process if it is a worker that others may have replaced. Must be called before any effect. */
export const requireLease = (): void => liveness?.requireHeld();

/** Of this process's worker. */
let waits = new Waits();
const WAKE = "wake ";

/** Has the run look again for what it waits for, once the transaction commits. */
export const wakeRun = (transaction: Database, requestId: string): Promise<unknown> =>
  notifyWorkers(transaction, `${WAKE}${requestId}`);

/**
 * Looks until there is something, whenever the run is woken. Workers come and go during a long wait: that a run was
 * continued so often does not count against it.
 */
export async function waitUntil<Found>(
  database: Database,
  requestId: string,
  signal: AbortSignal,
  look: () => Promise<Look<Found>>,
): Promise<Found> {
  const workflowId = DBOS.workflowID ?? "";
  await database.query("update dbos.workflow_status set recovery_attempts = 1 where workflow_uuid = $1", [workflowId]);
  return waits.until(requestId, signal, look).catch((error: unknown) => {
    if (error instanceof DbosErrors.DBOSWorkflowConflictError) left.add(workflowId);
    throw error;
  });
}

/** The workflows whose waits a worker of this process has left when it stopped: another worker continues them. */
const left = new Set<string>();

/** The engine would wait for the results of these, and complain when it is shut down. */
function leaveWaits(here: Waits): void {
  const engine = DBOSExecutor.globalInstance?.systemDatabase;
  const resultOf = engine?.awaitWorkflowResult.bind(engine);
  const error = new DbosErrors.DBOSWorkflowConflictError("a workflow that waits, whose worker stops");
  if (engine && resultOf)
    engine.awaitWorkflowResult = (id, ...more) => (left.has(id) ? Promise.reject(error) : resultOf(id, ...more));
  here.leave(error);
}

/**
 * Starts a worker in this process: it runs what is queued, takes over the runs of dead workers, and calls `maintain`
 * regularly.
 */
export async function startWorker(
  settings: Omit<LivenessSettings, "workerId" | "notified">,
  maintain: (liveness: Liveness) => Promise<void>,
): Promise<Worker> {
  const id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const looks = (looking = lookWhenAsked(wfQueueRunner as unknown as QueueLoop, queuePollMilliseconds));
  let maintainNow = () => {};
  const here = (waits = new Waits());
  const notified = (what: string) => {
    if (what === MAINTENANCE) maintainNow();
    else if (what.startsWith(WAKE)) here.wake(what.slice(WAKE.length));
    else looks.look(what);
  };
  const own = (liveness = await Liveness.open({ ...settings, workerId: id, notified }));
  const pool = connections(settings.url, workerEngineConnectionsMax);
  DBOS.setConfig({
    name: "shipshape",
    systemDatabaseUrl: settings.url,
    systemDatabaseSchemaName: SCHEMA,
    executorID: id,
    applicationVersion: WORKFLOW_VERSION,
    logLevel: "error",
    systemDatabasePool: pool,
    schedulerPollingIntervalMs: engineSchedulePollMilliseconds,
    notificationCoalesceMs: engineNotifyMilliseconds,
  });
  await DBOS.launch();
  const polled = { minPollingIntervalMs: queuePollMilliseconds };
  await DBOS.registerQueue(queues.prepare, { workerConcurrency: preparationsAtOnceMax, ...polled });
  await DBOS.registerQueue(queues["carry-out"], {
    workerConcurrency: operationsAtOnceMax,
    partitionConcurrency: runsPerDatabaseMax,
    ...polled,
  });
  await DBOS.registerQueue(queues.coordinate, { workerConcurrency: coordinationsAtOnceMax, ...polled });
  await looks.lookAtNew(DBOSExecutor.globalInstance, Object.values(queues));
  const maintenance = keepDoing("the sweep of runs", maintenancePollMilliseconds, async () => {
    await takeOverFromDead(own);
    await maintain(own);
  });
  maintainNow = maintenance.now;
  return {
    id,
    stop: async (drainSeconds = workerStopWaitSeconds) => {
      await maintenance.stop();
      leaveWaits(here);
      await DBOS.shutdown({ workflowCompletionTimeoutMS: drainSeconds * 1000 });
      looks.stop();
      await Promise.all([own.close(), pool.end()]);
    },
  };
}

/** Of this process's worker. */
let looking: QueueLooks | undefined;
const lookAtAll = () => Object.values(queues).forEach((queue) => looking?.look(queue));

/** A workflow that has ended leaves its place to the next one, once DBOS has recorded that. */
function lookOnceEnded(): void {
  const running = DBOSExecutor.globalInstance?.systemDatabase.runningWorkflowMap.get(DBOS.workflowID ?? "") ?? [];
  for (const { promise, queueName } of running) if (queueName) void promise.then(() => looking?.look(queueName));
}

async function takeOverFromDead(own: Liveness): Promise<void> {
  await own.endSilent();
  const pending = await DBOS.listWorkflows({
    status: "PENDING",
    applicationVersion: WORKFLOW_VERSION,
    loadInput: false,
    loadOutput: false,
  });
  const others = new Set(
    pending.map((w) => w.executorId).filter((id): id is string => id !== undefined && id !== own.workerId),
  );
  for (const id of others)
    await own.ifDead(id, async () => {
      await DBOSExecutor.globalInstance?.recoverPendingWorkflows([id]); // those of a queue are queued again
      lookAtAll();
    });
}

/**
 * The steps of the running workflow. `observer` is notified of each attempt; if it refuses one, nothing is done. Without
 * it the steps only keep records: they create nothing that a clean-up would have to wait for.
 */
export function stepsOf(requestId: string, observer?: StepObserver): Step {
  const used = new Set<string>();
  const run = async <T>(name: string, settings: StepSettings, work: Work<T>): Promise<T> => {
    // Records and progress are stored by name: a second step of the same name would overwrite the first.
    if (used.has(name)) throw new ShipshapeError("step-repeated", { id: requestId, step: name });
    used.add(name);
    let attempts = 0;
    const attempt = () => work(attemptSignal(), (share) => observer?.progressed(name, share));
    const known = observer ? () => inFlight(requestId, () => observed(name, observer, attempt)) : attempt;
    return DBOS.runStep(known, {
      name,
      retriesAllowed: settings.attemptsMax > 1,
      maxAttempts: settings.attemptsMax,
      // Every attempt is handled here: DBOS would wrap the error of the last attempt in its own, losing the code and
      // hint.
      shouldRetry: (error) => ++attempts < settings.attemptsMax && mayPass(error),
      intervalSeconds: stepBackoffSeconds,
      backoffRate: stepBackoffFactor,
      timeoutMS: settings.timeoutSeconds * 1000,
    });
  };
  const steps = (key?: string): Step =>
    Object.assign(
      <T>(name: string, settings: StepSettings, work: Work<T>) =>
        run(key === undefined ? name : `${name} (${key})`, settings, work),
      { requestId, keyed: (inner: string) => steps(inner), sleep: (seconds: number) => DBOS.sleepSeconds(seconds) },
    );
  return steps();
}

/**
 * A step of the running workflow that only changes records: what it does and that it was done are one transaction,
 * which the engine repeats while the database cannot be reached.
 */
export const recordStep = <T>(
  name: string,
  work: (transaction: Database, connection: pg.ClientBase) => Promise<T>,
): Promise<T> =>
  runTransactionalInternalStep((connection) => work(joined(connection!, requireLease), connection!), name);

const inFlight = <T>(requestId: string, work: () => Promise<T>): Promise<T> =>
  liveness ? liveness.during(requestId, work) : work();

/**
 * A wrong request stays wrong however often it is repeated, and a run that has ended stays ended. A conflict or a
 * failure elsewhere may be transient.
 */
const mayPass = (error: unknown): boolean =>
  !(error instanceof ShipshapeError) ||
  (error.code !== "run-over" && (error.httpStatus >= 500 || error.httpStatus === 409));

export interface StepObserver {
  /** Resolves to the number of the attempt, from 1. */
  begun(name: string, workerId?: string): Promise<number>;
  progressed(name: string, share: number): void;
  ended(name: string, error: unknown): Promise<void>;
}

async function observed<T>(name: string, observer: StepObserver, work: () => Promise<T>): Promise<T> {
  await observer.begun(name, liveness?.workerId);
  try {
    const result = await work();
    await observer.ended(name, undefined);
    return result;
  } catch (error) {
    // Another worker continues it.
    if (!isCancelledOrTakenOver(error)) await observer.ended(name, error);
    throw error;
  }
}

function attemptSignal(): AbortSignal {
  const signals = [DBOS.stepStatus?.timeoutSignal, DBOS.stepStatus?.cancelSignal].filter(
    (s): s is AbortSignal => s !== undefined,
  );
  return AbortSignal.any(signals);
}

/**
 * Whether an error says that this workflow was cancelled, or taken over by another worker: it must propagate, since no
 * further step of it can run here.
 */
export const isCancelledOrTakenOver = (error: unknown): boolean =>
  error instanceof DbosErrors.DBOSWorkflowCancelledError || error instanceof DbosErrors.DBOSWorkflowConflictError;

/** `alive`: queued or running. `lost`: no worker will continue it, whatever its records say. */
export type WorkflowState = "absent" | "alive" | "done" | "lost";

/** Uses the queue from outside a worker. Errors of every call: control-plane-unreachable. */
export class DurableClient {
  /** The versions of operations that this worker is known to lack. */
  private readonly lacking = new Set<string>();

  private constructor(
    private readonly client: DBOSClient,
    private readonly url: string,
    private readonly database: Database,
  ) {}

  static async open(url: string, database: Database): Promise<DurableClient> {
    return translateConnectionErrors(url, async () => {
      // DBOS.migrate would print its progress to standard output, which is for the command's result.
      await oneAtATime(database, () =>
        ensureSystemDatabase(url, new GlobalLogger(undefined, { logLevel: "error" }), undefined, SCHEMA),
      );
      return new DurableClient(
        await DBOSClient.create({
          systemDatabaseUrl: url,
          systemDatabaseSchemaName: SCHEMA,
          systemDatabasePoolSize: clientEngineConnectionsMax,
        }),
        url,
        database,
      );
    });
  }

  /**
   * Enqueues a preparation inside the caller's transaction: what the transaction records and the workflow exist both or
   * not at all.
   */
  enqueuePreparation(transaction: pg.ClientBase, request: VersionedRequest, preparation: number): Promise<void> {
    const workflowID = preparationId(request.id, preparation);
    return this.enqueue(transaction, "prepare", request, preparation, { workflowID });
  }

  /** The same for a run. Those of one database are carried out one after the other. */
  enqueueRun(
    transaction: pg.ClientBase,
    request: VersionedRequest,
    preparation: number,
    database: string | undefined,
  ): Promise<void> {
    const workflowID = carryOutId(request.id, preparation);
    if (database === undefined) return this.enqueue(transaction, "coordinate", request, preparation, { workflowID });
    return this.enqueue(transaction, "carry-out", request, preparation, { workflowID, queuePartitionKey: database });
  }

  private async enqueue(
    transaction: pg.ClientBase,
    queue: keyof typeof queues,
    request: VersionedRequest,
    preparation: number,
    where: { workflowID: string; queuePartitionKey?: string },
  ): Promise<void> {
    const workflowName = nameOf(request, queue === "prepare" ? "prepare" : "carry-out");
    const workflow = { queueName: queues[queue], workflowName, appVersion: WORKFLOW_VERSION };
    await this.bounded(
      this.client.enqueueInTransaction(transaction, { ...workflow, ...where }, request.id, preparation),
    );
    await notifyWorkers(transaction, queues[queue]);
  }

  /** Has a worker look now for what ended runs left behind. */
  async askForMaintenance(): Promise<void> {
    await notifyWorkers(this.database, MAINTENANCE);
  }

  /** Ends a request's workflows before their next step. */
  async cancel(requestId: string, preparation: number): Promise<void> {
    await this.bounded(
      this.client.cancelWorkflows([preparationId(requestId, preparation), carryOutId(requestId, preparation)]),
    );
  }

  /** The state of each of these workflows. */
  async states(workflowIds: string[]): Promise<(workflowId: string) => WorkflowState> {
    const list = () => this.client.listWorkflows({ workflowIDs: workflowIds, loadInput: false, loadOutput: false });
    const found = workflowIds.length === 0 ? [] : await this.bounded(list());
    const states = new Map(found.map((w) => [w.workflowID, stateOf(w.status)]));
    return (id) => states.get(id) ?? "absent";
  }

  /**
   * Hands back what was assigned to this worker although it lacks that version of the operation, and takes back what it
   * has. Warns once of each version that it lacks.
   */
  async handOver(workerId: string, names: readonly string[]): Promise<void> {
    const polled = [...Object.values(queues), ENGINE_QUEUE];
    const assigned = { workerId, names, queues: polled, applicationVersion: WORKFLOW_VERSION };
    for (const { workflowId, name } of await setAside(this.database, assigned)) {
      const [, operation = name, version = ""] = /^(.*)\.v(\d+)\.[^.]*$/.exec(name) ?? [];
      if (!this.lacking.has(`${operation} ${version}`)) {
        const id = requestOf(workflowId);
        const missing = new ShipshapeError("operation-version-missing", { id, operation, version });
        process.emitWarning(`${missing.message}; ${missing.hint}`);
      }
      this.lacking.add(`${operation} ${version}`);
    }
    // Before workers that lack it look there.
    for (const { queue } of await putBack(this.database, assigned)) looking?.look(queue);
  }

  /** Has the engine forget some of the workflows that nothing needs any more. */
  async forgetUnneeded(): Promise<void> {
    const ids = await unneededWorkflows(this.database, workflowsKeptDays, workflowsForgottenMax);
    if (ids.length > 0) await this.bounded(this.client.deleteWorkflows(ids));
  }

  close(): Promise<void> {
    return this.client.destroy();
  }

  /** The engine's own calls retry without end while their database is unreachable; a command must end with an error. */
  private bounded<T>(call: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = Object.assign(new Error(`no answer within ${durableCallSeconds} s`), { code: "ETIMEDOUT" });
      timer = setTimeout(() => reject(error), durableCallSeconds * 1000);
    });
    return translateConnectionErrors(this.url, () => Promise.race([call, late]).finally(() => clearTimeout(timer)));
  }
}

/**
 * The engine's migrations block each other if two processes begin on an empty database. The lock is polled, not waited
 * for: the migrations build indexes concurrently, which waits for every earlier statement, so a waiting statement would
 * deadlock.
 */
function oneAtATime(database: Database, work: () => Promise<void>): Promise<void> {
  return database.transaction(async (t) => {
    const taken = await poll({ every: schemaLockPollMilliseconds, seconds: schemaLockWaitSeconds }, async () => {
      const [lock] = await t.query<{ taken: boolean }>(
        "select pg_try_advisory_xact_lock(hashtext('shipshape durable engine')) as taken",
      );
      return lock?.taken || undefined;
    });
    if (!taken) throw new ShipshapeError("control-plane-busy", { seconds: schemaLockWaitSeconds });
    return work();
  });
}

function stateOf(status: string): WorkflowState {
  if (status === "SUCCESS") return "done";
  return status === "PENDING" || status === "ENQUEUED" || status === "DELAYED" ? "alive" : "lost";
}
