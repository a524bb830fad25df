/**
 * Wires the stages: what each does for the lifecycle and for the sweep. Only this file and `control-plane.ts` know them
 * all; they do not know each other.
 */
import type pg from "pg";
import type { Standard } from "../components/standards/standard";
import { raiseFinding } from "./alerts";
import type { ControlPlaneDatabase, Database } from "./database";
import { coordinating, coordinationOf } from "./coordination";
import { runEnds } from "./endings";
import { describeError, ShipshapeError } from "./errors";
import type { Signer } from "./evidence/ledger";
import { sealTeardown, sealVerdict } from "./evidence/sealing";
import type { TargetDatabase } from "./fleet-records";
import type { Stages } from "./lifecycle";
import { approvalWaitSeconds, recoveryStep, sealAttemptsMax, sealSecondsMax } from "./limits";
import { decided, leftQueue, runEnded } from "./observability/telemetry";
import { isApproved } from "./policy/approvals";
import { admit, admitAgain, factsOf, readDecision } from "./policy/decisions";
import { accessInForce } from "./policy/access";
import { beginRun, fillPlaces } from "./places";
import {
  planDigestOf,
  type Concluded,
  type Conclusion,
  type OperationRequest,
  type PlanBasis,
  type RecoveryEvidence,
  type Run,
} from "./records";
import { readRequest } from "./request/requests";
import { concludeFindings } from "./run-findings";
import { closeFinding, followedFinding } from "./review/findings";
import {
  isCancelledOrTakenOver,
  recordStep,
  stepsOf,
  type DurableClient,
  type Workflow,
  type Workflows,
} from "./runner/durable";
import type { AnyOperation, OperationOf } from "./runner/operation";
import { goOn } from "./runner/pauses";
import { markSealed, nextPreparation, queuePlannedRun, readRun, setCleanUp, setPlan } from "./runner/runs";
import { stepRecorder } from "./runner/step-recorder";
import type { Sweep } from "./runner/sweep";
import { tracedSteps } from "./traced-steps";

export interface Sealing {
  /** The signing key: only a worker needs it. */
  signer: () => Promise<Signer>;
  toolVersions: Record<string, string>;
}

/** What is known about the recovery of a database: from signed statements, and from the cloud. */
export type RecoveryOf = (database: TargetDatabase) => Promise<RecoveryEvidence>;

export const withRecovery =
  (recoveryOf: RecoveryOf): Stages["withRecovery"] =>
  async ({ effect }, plan, step) => {
    const { database } = plan;
    if (effect !== "changes" || !database) return plan;
    const read = () => recoveryOf(database);
    return { ...plan, recovery: await step("read the evidence of its recovery", recoveryStep, read) };
  };

/** The decision or the approval that allows a run enqueues it, inside its transaction. */
export async function enqueueRun(
  transaction: Database,
  connection: pg.ClientBase,
  durable: DurableClient,
  request: OperationRequest,
  { preparation, plan }: Pick<Run, "preparation" | "plan">,
): Promise<void> {
  await queuePlannedRun(transaction, request.id);
  const bounds = (await accessInForce(transaction))?.limits ?? {};
  await beginRun(transaction, connection, durable, request, { preparation, plan }, bounds);
}

/**
 * What each stage does for the lifecycle, as durable steps. A step that seals also does what a transaction does not undo
 * (a signature, the memory of the head), and is tried a few times.
 */
export function stagesOf(
  sealing: Sealing,
  standard: Standard,
  database: ControlPlaneDatabase,
  durable: DurableClient,
  operationOf: OperationOf,
  recoveryOf: RecoveryOf,
): Stages {
  const sealingStep = (requestId: string, name: string, work: () => Promise<void>) =>
    stepsOf(requestId)(name, { attemptsMax: sealAttemptsMax, timeoutSeconds: sealSecondsMax }, work);
  const admissionFacts = (t: Database, request: OperationRequest, operation: AnyOperation, plan: PlanBasis) =>
    factsOf(t, { requestId: request.id, request, operation, plan, standard, principal: request.requestedBy });
  return {
    load: async (requestId, part) => {
      // Written once, never changed: may be read any number of times, outside any step
      const request = await readRequest(database, requestId);
      const recorder = stepRecorder(database, requestId, part === "clean-up" ? "clean-up" : "run");
      return {
        request,
        operation: await operationOf(request.operation, request),
        step: coordinating(
          stepsOf(requestId, tracedSteps(request, recorder)),
          coordinationOf(database, durable, operationOf, request),
        ),
      };
    },
    running: (request, preparation) =>
      recordStep("record running", (transaction) => continues(transaction, request, preparation)),
    withRecovery: withRecovery(recoveryOf),
    decide: async (request, plan, preparation) => {
      let isNew = false;
      const decision = await recordStep("decide", async (transaction, connection) => {
        const operation = await operationOf(request.operation, request);
        const facts = await admissionFacts(transaction, request, operation, plan);
        const made = await admit(transaction, request.id, preparation, facts);
        // The same plan as before, after a pause, has its approvals already.
        const isAllowed = made.status === "allowed" || (made.status === "needs-approval" && isApproved(made));
        const status = isAllowed ? "queued" : made.status === "needs-approval" ? "waiting" : "running";
        isNew = await setPlan(transaction, request.id, preparation, plan, status);
        if (isNew && isAllowed)
          await beginRun(transaction, connection, durable, request, { preparation, plan }, facts.access.limits ?? {});
        return made;
      });
      if (isNew) decided(request.operation, decision);
      return decision;
    },
    decided: async (id, preparation) => {
      // Written once for each preparation
      const [run, decision] = [await readRun(database, id), await readDecision(database, id, preparation)];
      if (!run.plan || !decision) throw new ShipshapeError("run-lost", { id });
      const found = planDigestOf(run.plan);
      if (found !== decision.planDigest)
        throw new ShipshapeError("plan-altered", { id, found, decided: decision.planDigest });
      return { plan: run.plan, decision };
    },
    stillAdmitted: async (request, plan, then) => {
      const operation = await operationOf(request.operation, request);
      if (operation.effect !== "changes") return true;
      return recordStep("admit again", async (transaction) =>
        admitAgain(transaction, then, await admissionFacts(transaction, request, operation, plan)),
      );
    },
    prepareAgain: (request, preparation) =>
      recordStep("prepare again", async (transaction, connection) => {
        if (await nextPreparation(transaction, request.id, preparation))
          await durable.enqueuePreparation(connection, request, preparation + 1);
        await fillPlaces(transaction, connection, durable);
      }),
    begun: (request, preparation, cleansUp) =>
      recordStep("record begin", (transaction) => continues(transaction, request, preparation, cleansUp)),
    sealVerdict: (c) =>
      // One that was cancelled meanwhile is sealed as cancelled, by the sweep.
      sealingStep(c.request.id, "seal verdict", () => sealed(sealing, database, c, "lifecycle")),
    finished: async (id, c) => {
      let ended: Run | undefined;
      await recordStep("record end", async (transaction, connection) => {
        const outcome = c.status === "succeeded" ? { outcome: c.outcome } : { error: c.error };
        const { verdict, checks } = c.verdict;
        if (!(await runEnds(transaction, id, { status: c.status, ...outcome, verdict, checks }))) return;
        ended = await readRun(transaction, id);
        const request = await readRequest(transaction, id);
        const operation = await operationOf(request.operation, request);
        await concludeFindings(transaction, { operation, request, run: ended }, c);
        await fillPlaces(transaction, connection, durable);
      });
      if (ended) runEnded(ended);
    },
    // `work` sets it: the workflow needs these stages, and they need the workflow.
    startCleanUp: () => Promise.reject(new Error("the workflows are not registered yet")),
    runOf: (id) => readRun(database, id),
    sealTeardown: (request, plan, report) =>
      sealingStep(request.id, "seal teardown", async () =>
        sealTeardown(database, await sealing.signer(), request, plan, report),
      ),
    cleaned: (id, status, error) =>
      recordStep("record clean-up", async (transaction, connection) => {
        await setCleanUp(transaction, id, status, error);
        const summary = `the clean-up is stuck: ${describeError(error).message}`;
        if (status === "stuck") await raiseFinding(transaction, id, "clean-up-stuck", summary);
        else await closeFinding(transaction, `${id}.clean-up`);
        await fillPlaces(transaction, connection, durable);
      }),
    // A run that was ended from outside begins no step; what it was doing is not its conclusion.
    isCancelledOrTakenOver: (error) => isCancelledOrTakenOver(error) || isRunOver(error),
  };
}

const isRunOver = (error: unknown) => error instanceof ShipshapeError && error.code === "run-over";

/** A run that was ended from outside has nothing left to do: the sweep seals its statement and starts its clean-up. */
export const untilRunIsOver =
  (workflow: Workflow): Workflow =>
  (...given) =>
    workflow(...given).catch((error: unknown) => {
      if (!isRunOver(error)) throw error;
    });

async function continues(
  transaction: Database,
  { id: requestId, operation }: OperationRequest,
  preparation: number,
  cleansUp?: boolean,
): Promise<boolean> {
  const going = await goOn(transaction, { requestId, operation, preparation }, cleansUp);
  if (going && going.queuedSeconds !== null) leftQueue(operation, going.queuedSeconds);
  return going !== undefined;
}

/** Seals the outcome of a run, and records that it owes no verdict. */
export async function sealed(
  sealing: Sealing,
  database: ControlPlaneDatabase,
  c: Concluded,
  by: "lifecycle" | "sweep",
): Promise<void> {
  const mark = (transaction: Database) => markSealed(transaction, c.request.id, by);
  const followUpOf = await followedFinding(database, c.request.id);
  // None begins any more: neither one of a lifecycle that is at its end, nor one of a run that is recorded as ended.
  const { steps } = await readRun(database, c.request.id);
  const begun = c.conclusion.status === "succeeded" ? undefined : Object.keys(steps).sort();
  await sealVerdict(database, await sealing.signer(), sealing.toolVersions, { ...c, followUpOf, begun }, mark);
}

/**
 * What is sealed about a run that was ended from outside its lifecycle: never more than that it is inconclusive. The
 * lifecycle seals its verdict before it records the run as ended; a row with an unsealed verdict was written by someone
 * else.
 */
async function concludedOf(database: ControlPlaneDatabase, requestId: string): Promise<Concluded> {
  const request = await readRequest(database, requestId);
  const run = await readRun(database, requestId);
  const decision = await readDecision(database, requestId, run.preparation);
  const { code, message, hint } = run.error ?? describeError(new ShipshapeError("run-lost", { id: requestId }));
  const conclusion: Conclusion = {
    status: run.status === "cancelled" ? "cancelled" : "failed",
    error: Object.assign(new Error(message), { code, hint }),
    verdict: { verdict: "inconclusive", checks: [] },
  };
  // A plan that is not the one that was decided was altered since, and is not sealed as this run's.
  const plan = decision && decision.planDigest === run.planDigest ? run.plan : undefined;
  return { request, plan, decision, conclusion, cleansUp: run.cleanUp !== "none" };
}

/** What the sweep does with what it finds, using all stages. */
export function sweepActions(
  database: ControlPlaneDatabase,
  durable: DurableClient,
  workflows: Workflows,
  seal: (c: Concluded) => Promise<void>,
): Sweep {
  const end = (
    id: string,
    status: "failed" | "cancelled",
    error: ShipshapeError,
    only?: Pick<Run, "status" | "preparation">,
  ) =>
    database.transaction(async (transaction) => {
      if (!(await runEnds(transaction, id, { status, error }, only))) return;
      await raiseFinding(transaction, id, error.code === "run-lost" ? "run-lost" : "run-failed", error.message);
    });
  return {
    database,
    durable,
    fillPlaces: () => database.transaction((...inside) => fillPlaces(...inside, durable)),
    handOver: (workerId) => durable.handOver(workerId, workflows.names),
    startCleanUp: async (requestId, workflowId) => {
      const { ended } = workflows.startCleanUp(await readRequest(database, requestId), workflowId);
      void ended.catch(() => undefined); // its state has the outcome
    },
    lost: (run, error) => end(run.requestId, "failed", error, run),
    unapproved: (run) => {
      const missing = { id: run.requestId, digest: run.planDigest, waitedHours: approvalWaitSeconds / 3600 };
      return end(run.requestId, "failed", new ShipshapeError("approval-missing", missing), run);
    },
    overdue: async (requestId, error) => {
      await durable.cancel(requestId, (await readRun(database, requestId)).preparation);
      await end(requestId, "cancelled", error);
    },
    stuck: (requestId, error) =>
      database.transaction(async (transaction) => {
        await setCleanUp(transaction, requestId, "stuck", error);
        await raiseFinding(transaction, requestId, "clean-up-stuck", error.message);
      }),
    seal: async (requestId) => {
      await seal(await concludedOf(database, requestId));
      runEnded(await readRun(database, requestId));
    },
    forget: () => durable.forgetUnneeded(),
    outlived: (transaction, requestId, error) =>
      raiseFinding(transaction, requestId, "throwaway-outlived", error.message),
  };
}
