/** The control plane, wired: this file alone knows all the stages; they do not know each other. */
import type { ControlPlaneDatabase } from "./database";
import { openDatabase } from "./database";
import { describeError, ShipshapeError } from "./errors";
import type { Signer } from "./evidence/ledger";
import { sealTeardown, sealVerdict } from "./evidence/sealing";
import { cleanUp, lifecycle, type Stages } from "./lifecycle";
import { approvalWaitSeconds } from "./limits";
import { admit } from "./policy/decisions";
import { readRequest, submitRequest } from "./request/requests";
import { openFinding } from "./review/findings";
import { DurableClient, isCancellation, receive, registerWorkflows, startWorker, stepsOf, type StepObserver, type Worker } from "./runner/durable";
import type { AnyOperation } from "./runner/operation";
import { endRun, readRun, runsToCleanUp, setCleanUp, setPlan, setRunStatus, stepRecorder } from "./runner/runs";

export interface ControlPlane {
  readonly database: ControlPlaneDatabase;
  /** Checks the input against the operation's schema and queues the request. Resolves to its id. Errors: operation-unknown, request-invalid. */
  submit(operation: string, input: unknown, by: { requestedBy: string; reason: string }): Promise<string>;
  /** Runs queued operations in this process until it is stopped. */
  work(): Promise<Worker>;
  cancel(requestId: string): Promise<void>;
  close(): Promise<void>;
}

export interface ControlPlaneSettings {
  databaseUrl: string;
  signer: Signer;
  operations: (database: ControlPlaneDatabase) => AnyOperation[];
  toolVersions: Record<string, string>;
}

export async function openControlPlane(settings: ControlPlaneSettings): Promise<ControlPlane> {
  const database = await openDatabase(settings.databaseUrl);
  const durable = await DurableClient.open(settings.databaseUrl);
  const operations = new Map(settings.operations(database).map((o) => [o.name, o]));
  const operationOf = (name: string) => {
    const operation = operations.get(name);
    if (!operation) throw new ShipshapeError("operation-unknown", { operation: name, known: [...operations.keys()].join(", ") });
    return operation;
  };
  return {
    database,
    submit: async (name, input, by) => {
      const checked = operationOf(name).request.safeParse(input);
      if (!checked.success) throw new ShipshapeError("request-invalid", { operation: name, problems: checked.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ") });
      const target = (checked.data as { database: string }).database;
      return submitRequest(database, { operation: name, input: checked.data, ...by }, async (transaction, id) => {
        await transaction.query("insert into run (request_id, status) values ($1, 'queued')", [id]);
        await durable.enqueue(transaction, id, target);
      });
    },
    work: async () => {
      const stages = stagesOf(settings, database, operationOf);
      const workflows = registerWorkflows(lifecycle(stages), cleanUp(stages));
      stages.cleanUpApart = (requestId) => workflows.cleanUp(requestId, `${requestId}-clean-up`);
      const worker = await startWorker(settings.databaseUrl);
      for (const { request_id } of await runsToCleanUp(database)) void workflows.cleanUp(request_id, `${request_id}-clean-up`).catch(() => {});
      return worker;
    },
    cancel: async (requestId) => {
      await durable.cancel(requestId);
      await endRun(database, requestId, { status: "cancelled" });
    },
    close: async () => {
      await durable.close();
      await database.close();
    },
  };
}

/** What each stage does for the lifecycle, as durable steps. Record keeping is quick and local: few attempts, short bounds. */
function stagesOf(settings: ControlPlaneSettings, database: ControlPlaneDatabase, operationOf: (name: string) => AnyOperation): Stages {
  const quiet: StepObserver = { begun: async () => {}, ended: async () => {} };
  const record = <T>(requestId: string, name: string, work: () => Promise<T>) => stepsOf(requestId, quiet)(name, { attemptsMax: 5, timeoutSeconds: 30 }, work);
  return {
    load: async (requestId) => {
      const request = await readRequest(database, requestId); // written once, never changed: read as often as need be, outside any step
      return { request, operation: operationOf(request.operation), step: stepsOf(requestId, stepRecorder(database, requestId)) };
    },
    planned: (id, plan) => record(id, "record plan", async () => void (await setPlan(database, id, plan))),
    admit: (request, plan) => record(request.id, "decide", () => admit(database, request, plan)),
    approval: async (decision) => {
      await record(decision.requestId, "record waiting", async () => void (await setRunStatus(database, decision.requestId, "waiting")));
      return (await receive<string>(`approval of ${decision.planDigest}`, approvalWaitSeconds)) !== undefined;
    },
    running: (id) => record(id, "record running", async () => void (await setRunStatus(database, id, "running"))),
    begun: (id, cleansUp) =>
      record(id, "record begin", async () => {
        await setRunStatus(database, id, "running");
        if (cleansUp) await setCleanUp(database, id, "pending");
      }),
    sealVerdict: (c) => record(c.request.id, "seal verdict", async () => void (await sealVerdict(database, settings.signer, settings.toolVersions, c))),
    finished: (id, c) =>
      record(id, "record end", async () => {
        const outcome = c.status === "succeeded" ? { outcome: c.outcome } : { error: c.error };
        await endRun(database, id, { status: c.status, ...outcome, verdict: c.verdict.verdict, checks: c.verdict.checks });
        const { target } = await readRun(database, id);
        const failed = c.verdict.checks.filter((k) => k.verdict !== "pass").map((k) => `${k.name}: ${k.explanation}`);
        if (c.verdict.verdict !== "pass") await openFinding(database, { id: `${id}.verdict`, requestId: id, target: target ?? "", summary: c.status === "failed" ? describeError(c.error).message : failed.join("; ") });
      }),
    cleanUpApart: () => Promise.reject(new Error("the workflows are not registered yet")),
    runOf: (id) => readRun(database, id),
    sealTeardown: (request, plan, report) => record(request.id, "seal teardown", async () => void (await sealTeardown(database, settings.signer, request, plan, report))),
    cleaned: (id, status, error) =>
      record(id, "record clean-up", async () => {
        await setCleanUp(database, id, status, error);
        if (status === "stuck") await openFinding(database, { id: `${id}.clean-up`, requestId: id, target: (await readRun(database, id)).target ?? "", summary: `the clean-up is stuck: ${describeError(error).message}` });
      }),
    passOn: isCancellation,
  };
}
