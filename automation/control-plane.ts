/** Wires the control plane: only this file knows all the stages; they do not know each other. */
import type { ControlPlaneDatabase } from "./database";
import { openDatabase } from "./database";
import { describeError, ShipshapeError } from "./errors";
import { requireSigner, type Signer } from "./evidence/ledger";
import { sealTeardown, sealVerdict } from "./evidence/sealing";
import { cleanUp, lifecycle, type Stages } from "./lifecycle";
import { approvalWaitSeconds, recordAttemptsMax, recordSecondsMax, workerSilentSecondsMax } from "./limits";
import { admit, readDecision } from "./policy/decisions";
import type { Concluded, Conclusion } from "./records";
import { readRequest, reasonProblems, submitRequest } from "./request/requests";
import { closeFinding, closeVerdictsOf, openFinding } from "./review/findings";
import {
  DurableClient,
  isCancelledOrTakenOver,
  receive,
  registerWorkflows,
  requireLease,
  startWorker,
  stepsOf,
  type StepObserver,
  type Worker,
  type Workflows,
} from "./runner/durable";
import type { AnyOperation } from "./runner/operation";
import {
  endRun,
  markSealed,
  queueRun,
  readRun,
  setCleanUp,
  setPlan,
  setRunStatus,
  stepRecorder,
  unstick,
} from "./runner/runs";
import { firstCleanUpId, sweeper, type Sweep } from "./runner/sweep";

export interface ControlPlane {
  readonly database: ControlPlaneDatabase;
  /**
   * Checks the input against the operation's schema and queues the request. Resolves to its id. Errors:
   * operation-unknown, request-invalid.
   */
  submit(operation: string, input: unknown, by: { requestedBy: string; reason: string }): Promise<string>;
  /**
   * Runs queued operations in this process until it is stopped. The worker holds a lease (a lock and a heartbeat, see
   * `runner/liveness.ts`); when it loses it, `lost` must end the process: other workers may continue its runs.
   */
  work(lost: (error: ShipshapeError) => void): Promise<Worker>;
  /** The workers that are alive, in all processes. */
  workers(): Promise<string[]>;
  /** Stops a run before its next step; a worker removes what it created. Errors: request-unknown, run-over. */
  cancel(requestId: string, by: string): Promise<void>;
  /** Queues another attempt of a stuck clean-up; a worker runs it. Errors: request-unknown, clean-up-not-stuck. */
  cleanUpAgain(requestId: string): Promise<void>;
  close(): Promise<void>;
}

export interface ControlPlaneSettings {
  databaseUrl: string;
  /** Reads the signing key: only a worker needs it. */
  signer: () => Signer;
  /**
   * Called when something is first submitted or run: no other call loads what operations need. `requireLease` must be
   * called before each effect outside the control plane's database.
   */
  operations: (database: ControlPlaneDatabase, requireLease: () => void) => Promise<AnyOperation[]>;
  toolVersions: Record<string, string>;
  /** A worker that is silent for this long is replaced. @default a minute (limits.ts) */
  workerSilentSecondsMax?: number;
}

/** Errors: operation-unknown. */
type OperationOf = (name: string) => Promise<AnyOperation>;

export async function openControlPlane(settings: ControlPlaneSettings): Promise<ControlPlane> {
  const database = await openDatabase(settings.databaseUrl, requireLease);
  const durable = await DurableClient.open(settings.databaseUrl, database);
  let loaded: Promise<Map<string, AnyOperation>> | undefined;
  const operations = () =>
    (loaded ??= settings.operations(database, requireLease).then((all) => new Map(all.map((o) => [o.name, o]))));
  const operationOf: OperationOf = async (name) => {
    const known = await operations();
    const operation = known.get(name);
    if (!operation)
      throw new ShipshapeError("operation-unknown", { operation: name, known: [...known.keys()].join(", ") });
    return operation;
  };
  return {
    database,
    submit: async (name, input, by) => {
      const checked = (await operationOf(name)).request.safeParse(input);
      const problems = [
        ...(checked.error?.issues.map((i) => `${i.path.join(".")}: ${i.message}`) ?? []),
        ...reasonProblems(by.reason),
      ];
      if (!checked.success || problems.length > 0)
        throw new ShipshapeError("request-invalid", { operation: name, problems: problems.join("; ") });
      const target = (checked.data as { database: string }).database;
      return submitRequest(
        database,
        { operation: name, input: checked.data, ...by },
        async (transaction, connection, id) => {
          await queueRun(transaction, id);
          await durable.enqueue(connection, id, target);
        },
      );
    },
    work: async (lost) => {
      await requireSigner(database, settings.signer()); // a worker that cannot sign must not begin what it cannot seal
      await operations(); // here, and not hours later, when a newer version may lie where this one was loaded from
      const stages = stagesOf(settings, database, operationOf);
      const workflows = registerWorkflows(lifecycle(stages), cleanUp(stages));
      stages.startCleanUp = (requestId) => workflows.cleanUp(requestId, firstCleanUpId(requestId));
      const leftovers = sweepActions(database, durable, workflows, (c) => sealed(settings, database, c));
      const lease = {
        url: settings.databaseUrl,
        silentSecondsMax: settings.workerSilentSecondsMax ?? workerSilentSecondsMax,
        lost,
      };
      return startWorker(lease, sweeper(leftovers));
    },
    workers: () => durable.workers(),
    cancel: async (requestId, by) => {
      if ((await readRun(database, requestId)).finishedAt) throw new ShipshapeError("run-over", { id: requestId });
      await durable.cancel(requestId);
      await endRun(database, requestId, {
        status: "cancelled",
        error: new ShipshapeError("run-cancelled", { id: requestId, by }),
      });
    },
    cleanUpAgain: async (requestId) => {
      const { cleanUp: status } = await readRun(database, requestId);
      if (!(await unstick(database, requestId)))
        throw new ShipshapeError("clean-up-not-stuck", { id: requestId, status });
    },
    close: async () => {
      await durable.close();
      await database.close();
    },
  };
}

/**
 * What each stage does for the lifecycle, as durable steps. Record keeping is quick and local: few attempts, short
 * limits.
 */
function stagesOf(settings: ControlPlaneSettings, database: ControlPlaneDatabase, operationOf: OperationOf): Stages {
  const noObserver: StepObserver = { begun: async () => {}, ended: async () => {} };
  const recordKeeping = { attemptsMax: recordAttemptsMax, timeoutSeconds: recordSecondsMax };
  const record = <T>(requestId: string, name: string, work: () => Promise<T>) =>
    stepsOf(requestId, noObserver)(name, recordKeeping, work);
  return {
    load: async (requestId, part) => {
      // Written once, never changed: may be read any number of times, outside any step
      const request = await readRequest(database, requestId);
      return {
        request,
        operation: await operationOf(request.operation),
        step: stepsOf(requestId, stepRecorder(database, requestId, part)),
      };
    },
    planned: (id, plan) => record(id, "record plan", async () => void (await setPlan(database, id, plan))),
    admit: (request, plan) =>
      record(request.id, "decide", async () =>
        admit(database, request, plan, (await operationOf(request.operation)).effect),
      ),
    approval: async (decision) => {
      await record(
        decision.requestId,
        "record waiting",
        async () => void (await setRunStatus(database, decision.requestId, "waiting")),
      );
      return (await receive<string>(`approval of ${decision.planDigest}`, approvalWaitSeconds)) !== undefined;
    },
    running: (id) => record(id, "record running", async () => void (await setRunStatus(database, id, "running"))),
    begun: (id, cleansUp) =>
      record(id, "record begin", async () => {
        await setRunStatus(database, id, "running"); // again: it may have been waiting for an approval
        if (cleansUp) await setCleanUp(database, id, "pending");
      }),
    sealVerdict: (c) => record(c.request.id, "seal verdict", () => sealed(settings, database, c)),
    finished: (id, c) =>
      record(id, "record end", async () => {
        const outcome = c.status === "succeeded" ? { outcome: c.outcome } : { error: c.error };
        await endRun(database, id, {
          status: c.status,
          ...outcome,
          verdict: c.verdict.verdict,
          checks: c.verdict.checks,
        });
        const failed = c.verdict.checks.filter((k) => k.verdict !== "pass").map((k) => `${k.name}: ${k.explanation}`);
        if (c.verdict.verdict === "pass") await closeVerdictsOf(database, await readRun(database, id));
        else
          await raise(
            database,
            id,
            "verdict",
            c.status === "failed" ? describeError(c.error).message : failed.join("; "),
          );
      }),
    // `work` sets it: the workflow needs these stages, and they need the workflow.
    startCleanUp: () => Promise.reject(new Error("the workflows are not registered yet")),
    runOf: (id) => readRun(database, id),
    sealTeardown: (request, plan, report) =>
      record(request.id, "seal teardown", () => sealTeardown(database, settings.signer(), request, plan, report)),
    cleaned: (id, status, error) =>
      record(id, "record clean-up", async () => {
        await setCleanUp(database, id, status, error);
        if (status === "stuck")
          await raise(database, id, "clean-up", `the clean-up is stuck: ${describeError(error).message}`);
        else await closeFinding(database, `${id}.clean-up`);
      }),
    isCancelledOrTakenOver: isCancelledOrTakenOver,
  };
}

/** Seals the outcome of a run, and records that it owes nothing more. */
async function sealed(settings: ControlPlaneSettings, database: ControlPlaneDatabase, c: Concluded): Promise<void> {
  await sealVerdict(database, settings.signer(), settings.toolVersions, c);
  await markSealed(database, c.request.id);
}

/**
 * What is sealed about a run that was ended from outside its lifecycle: never more than that it is inconclusive. The
 * lifecycle seals its verdict before it records the run as ended; a row with an unsealed verdict was written by someone
 * else.
 */
async function concludedOf(database: ControlPlaneDatabase, requestId: string): Promise<Concluded> {
  const [request, run, decision] = [
    await readRequest(database, requestId),
    await readRun(database, requestId),
    await readDecision(database, requestId),
  ];
  const { code, message, hint } = run.error ?? describeError(new ShipshapeError("run-lost", { id: requestId }));
  const conclusion: Conclusion = {
    status: run.status === "cancelled" ? "cancelled" : "failed",
    error: Object.assign(new Error(message), { code, hint }),
    verdict: { verdict: "inconclusive", checks: [] },
  };
  return { request, plan: run.plan, decision, conclusion, cleansUp: run.cleanUp !== "none" };
}

/** What the sweep does with what it finds, using all stages. */
function sweepActions(
  database: ControlPlaneDatabase,
  durable: DurableClient,
  workflows: Workflows,
  seal: (c: Concluded) => Promise<void>,
): Sweep {
  const end = async (id: string, status: "failed" | "cancelled", error: ShipshapeError) => {
    await endRun(database, id, { status, error });
    await raise(database, id, "verdict", error.message);
  };
  return {
    database,
    durable,
    // its state has the outcome
    startCleanUp: (requestId, workflowId) => void workflows.cleanUp(requestId, workflowId).catch(() => undefined),
    lost: (requestId, error) => end(requestId, "failed", error),
    overdue: async (requestId, error) => {
      await durable.cancel(requestId);
      await end(requestId, "cancelled", error);
    },
    stuck: async (requestId, error) => {
      await setCleanUp(database, requestId, "stuck", error);
      await raise(database, requestId, "clean-up", error.message);
    },
    seal: async (requestId) => seal(await concludedOf(database, requestId)),
    outlived: (requestId, error) => raise(database, requestId, "clean-up", error.message),
  };
}

/** What a human must answer: one finding for a run's verdict, and one for its clean-up. */
async function raise(
  database: ControlPlaneDatabase,
  requestId: string,
  about: "verdict" | "clean-up",
  summary: string,
): Promise<void> {
  const { target = "" } = await readRun(database, requestId);
  await openFinding(database, { id: `${requestId}.${about}`, requestId, target, summary });
}
