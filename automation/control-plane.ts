/** The control plane: the only entry to its stages, which do not know each other; `stages.ts` wires them. */
import { hostname } from "node:os";
import type { Standard } from "../components/standards/standard";
import { addOwnDestinations, startAlerts, type Alerting } from "./alerts";
import { answerPlan, resume } from "./answers";
import { openRecords, type ControlPlaneRecords } from "./control-plane-records";
import type { ControlPlaneDatabase, Database } from "./database";
import { runEnds } from "./endings";
import { ShipshapeError } from "./errors";
import { requireSigner } from "./evidence/ledger";
import { Publisher } from "./evidence/publisher";
import { startExpecting } from "./expected-changes";
import { carryOut, cleanUp, prepare } from "./lifecycle";
import { workerSilentSecondsMax } from "./limits";
import { authorize, publishAccess, requireKnown } from "./policy/access";
import { publishStandard } from "./policy/standards";
import { decide, factsOf, type Admission } from "./policy/decisions";
import type { Access } from "./policy/roles";
import { areSamePerson } from "./principals";
import type { DatabaseRecovery } from "./observability/recoverability";
import type { TelemetrySettings } from "./observability/telemetry-export";
import type { FleetAnswer, PropertiesAnswer } from "./fleet-records";
import type { Decision, Message, PlanBasis } from "./records";
import type { PublicationTarget } from "./publication-records";
import { startPublishing } from "./publishing";
import { newRequestId, readRequest, validInput } from "./request/requests";
import { answerFinding } from "./review/findings";
import { DurableClient, registerWorkflows, requireLease, startWorker, wakeRun, type Worker } from "./runner/durable";
import type { AnyOperation, OperationOf } from "./runner/operation";
import { fillPlaces } from "./places";
import { addPause, EVERY_OPERATION } from "./runner/pauses";
import { previewSteps } from "./runner/preview-steps";
import type { StackContext } from "./runner/stack-state";
import { addMessage } from "./runner/messages";
import { readRun, unstick } from "./runner/runs";
import { firstCleanUpId, sweeper } from "./runner/sweep";
import { submitDueDrills, type DrillsSubmitted, type DueDrills } from "./schedule";
import { submitDueRemovals, type DueRemovals, type SubmittedRemoval } from "./expired-copies";
import { submitDueSweeps, type SubmittedSweep } from "./scheduled-sweeps";
import { sealed, stagesOf, sweepActions, untilRunIsOver, withRecovery, type RecoveryOf, type Sealing } from "./stages";
import { submitInto } from "./submission";
import { decideOnTrain, type TrainDecisionAsked } from "./train-decisions";

/** Each call for a person takes their principal. Errors of all of these: role-missing, principal-embedded. */
export interface ControlPlane extends ControlPlaneRecords {
  /**
   * Checks the input against the operation's schema and queues the request. Resolves to its id. Errors:
   * operation-unknown, request-invalid.
   */
  submit(operation: string, input: unknown, by: { requestedBy: string; reason: string }): Promise<string>;
  /**
   * Submits the request that fixes a finding, and answers the finding with it: both or neither. The reason is the
   * comment. Errors: those of `submit`, finding-unknown.
   */
  followUp(
    findingId: string,
    operation: string,
    input: unknown,
    by: { requestedBy: string; reason: string },
  ): Promise<string>;
  /**
   * What a request would lead to today: observes, plans and decides, in this process and with its permissions. Stores
   * and queues nothing. Errors: those of `submit`, preview-overdue, and what the operation reports when it observes.
   */
  preview(operation: string, input: unknown, by: { requestedBy: string; reason: string }): Promise<Preview>;
  /**
   * Runs queued operations in this process until it is stopped. The worker holds a lease (a lock and a heartbeat, see
   * `runner/liveness.ts`); when it loses it, `lost` must end the process: other workers may continue its runs.
   */
  work(lost: (error: ShipshapeError) => void): Promise<Worker>;
  /**
   * Records a person's consent to the plan of a request. The approval that completes what the decision asks for
   * enqueues the run, in the same transaction. Errors: request-unknown, approval-not-needed, plan-another,
   * approval-own-request, approval-of-others, approval-repeated, approval-too-late, comment-invalid.
   */
  approve(requestId: string, by: { principal: string; plan: string; comment: string }): Promise<Decision>;
  /** Ends a request that waits for approval. The same errors, but that people may reject their own request. */
  reject(requestId: string, by: { principal: string; plan: string; comment: string }): Promise<Decision>;
  /**
   * Holds every run of an operation, or of `all`, that has not begun, until the pause ends; runs in progress end as they
   * would. Errors: operation-unknown.
   */
  pause(operation: string, by: { principal: string; reason: string }): Promise<void>;
  /**
   * Ends a pause. What it held is planned and decided again. Resolves to the number of these runs. Errors:
   * pause-unknown.
   */
  resume(operation: string, principal: string): Promise<number>;
  /** Submits the drills that are due at that moment, the oldest evidence first; the same one never twice. */
  submitDueDrills(recoveries: DatabaseRecovery[], fleet: FleetAnswer, due: DueDrills): Promise<DrillsSubmitted>;
  /** Submits the drift detections that are due at that moment, one for each tier; the same one never twice. */
  submitDueSweeps(due: { now: Date; requestedBy: string }): Promise<SubmittedSweep[]>;
  /** Submits the removal of each masked copy that has expired by that moment, unless one is open or failed today. */
  submitDueRemovals(fleet: FleetAnswer, due: DueRemovals): Promise<SubmittedRemoval[]>;
  /**
   * Stops a run before its next step; a worker removes what it created. Requesters may cancel their own. Errors:
   * request-unknown, run-over.
   */
  cancel(requestId: string, principal: string): Promise<void>;
  /**
   * Tells a run that waits for it, or will, something on a topic (`RunStep.waitFor`). Errors: request-unknown, run-over.
   */
  send(requestId: string, topic: string, message: Message): Promise<void>;
  /** Records what a person decides on a train, and wakes it. Errors: those of `decideOnTrain`. */
  decideTrain(requestId: string, decision: TrainDecisionAsked): Promise<number>;
  /** Queues another attempt of a stuck clean-up; a worker runs it. Errors: request-unknown, clean-up-not-stuck. */
  cleanUpAgain(requestId: string, principal: string): Promise<void>;
}

export interface Preview extends Admission {
  plan: PlanBasis;
}

export interface ControlPlaneSettings extends Sealing {
  databaseUrl: string;
  /** What databases are held to. */
  standard: Standard;
  /**
   * Called when something is first submitted or run: no other call loads what operations need. `requireLease` must be
   * called before each effect outside the control plane's database.
   */
  operations: (database: ControlPlaneDatabase, requireLease: () => void) => Promise<AnyOperation[]>;
  /**
   * The roles and teams that a worker puts in force when it starts; undefined if it has no configuration.
   * @default it has none
   */
  access?: () => Promise<Access | undefined>;
  /** For the plans of operations that change a database. @default nothing is known of any */
  recoveryOf?: RecoveryOf;
  /** Where workers publish the evidence log. @default nowhere */
  publication?: () => Promise<PublicationTarget | undefined>;
  /** Where alerts are sent, and what is known of what expires. @default alerts are recorded, and not sent */
  alerting?: (records: ControlPlaneRecords) => Promise<Alerting | undefined>;
  /** What the cloud says, for changes that were delivered. @default it is never asked, and they stay expected */
  instances?: () => Promise<PropertiesAnswer>;
  /** Where the stacks are that declare databases: they say what was made of a delivered rotation. */
  stacks?: StackContext;
  /** What workers report to OpenTelemetry. @default nothing */
  telemetry?: TelemetrySettings | undefined;
  /** A worker that is silent for this long is replaced. @default a minute (limits.ts) */
  workerSilentSecondsMax?: number;
}

export async function openControlPlane(settings: ControlPlaneSettings): Promise<ControlPlane> {
  const records = await openRecords(settings.databaseUrl, settings.standard, requireLease);
  const { database, standard } = records;
  const durable = await DurableClient.open(settings.databaseUrl, database);
  let loaded: Promise<AnyOperation[]> | undefined;
  const operations = () => (loaded ??= settings.operations(database, requireLease));
  const operationOf: OperationOf = async (name, request) => {
    const all = await operations();
    const versions = all.filter((o) => o.name === name).sort((one, other) => other.version - one.version);
    if (!versions[0])
      throw new ShipshapeError("operation-unknown", {
        operation: name,
        known: [...new Set(all.map((o) => o.name))].join(", "),
      });
    const operation = request ? versions.find((o) => o.version === request.version) : versions[0];
    if (!operation) throw new ShipshapeError("operation-version-missing", { operation: name, ...request! });
    return operation;
  };
  const recoveryOf = settings.recoveryOf ?? nothingKnown;
  const submitIn = async (
    into: Database,
    name: string,
    given: unknown,
    by: { requestedBy: string; reason: string },
  ) => {
    const operation = await operationOf(name);
    return submitInto(into, durable, operation, { ...by, input: validInput(operation, given, by.reason) });
  };
  const submittingBy = async (principal: string) => {
    await authorize(database, principal, "request operations");
    return { database, standard, submit: submitIn };
  };
  return {
    ...records,
    submit: async (name, given, by) => {
      await authorize(database, by.requestedBy, "request operations");
      return submitIn(database, name, given, by);
    },
    followUp: async (findingId, name, given, by) => {
      await authorize(database, by.requestedBy, "request operations");
      await authorize(database, by.requestedBy, "answer findings");
      return database.transaction(async (transaction) => {
        const followUpRequestId = await submitIn(transaction, name, given, by);
        const answer = { findingId, status: "follow-up" as const, reviewer: by.requestedBy, comment: by.reason };
        await answerFinding(transaction, { ...answer, followUpRequestId });
        return followUpRequestId;
      });
    },
    preview: async (name, given, { requestedBy: principal, reason }) => {
      await authorize(database, principal, "request operations");
      const operation = await operationOf(name);
      const input = validInput(operation, given, reason);
      const id = newRequestId();
      const steps = previewSteps(id);
      const bare = operation.plan(input, await operation.observe(input, steps), id) as PlanBasis;
      const plan = await withRecovery(recoveryOf)(operation, bare, steps);
      const request = { input, reason };
      return {
        plan,
        ...decide(await factsOf(database, { requestId: id, request, operation, plan, standard, principal })),
      };
    },
    work: async (lost) => {
      await requireSigner(database, await settings.signer()); // a worker that cannot sign must not begin what it cannot seal
      await publishStandard(database, standard);
      const access = await settings.access?.();
      if (access) await publishAccess(database, access, `a worker on ${hostname()}`);
      const alerting = await settings.alerting?.(records);
      const telemetry =
        settings.telemetry &&
        (await import("./observability/telemetry-export")).startTelemetry(settings.telemetry, settings.toolVersions);
      const all = await operations(); // here, and not hours later: the files may be a newer version's by then
      const stages = stagesOf(settings, standard, database, durable, operationOf, recoveryOf);
      const workflows = registerWorkflows(all, {
        prepare: untilRunIsOver(prepare(stages)),
        carryOut: untilRunIsOver(carryOut(stages)),
        cleanUp: cleanUp(stages),
      });
      stages.startCleanUp = (request) => workflows.startCleanUp(request, firstCleanUpId(request.id)).ended;
      const actions = sweepActions(database, durable, workflows, (c) => sealed(settings, database, c, "sweep"));
      const lease = {
        url: settings.databaseUrl,
        silentSecondsMax: settings.workerSilentSecondsMax ?? workerSilentSecondsMax,
        lost,
      };
      const target = await settings.publication?.();
      const publishing = target && (await startPublishing(new Publisher(database, await settings.signer(), target)));
      if (alerting) await addOwnDestinations(database, alerting);
      const worker = await startWorker(lease, sweeper(actions));
      const alerts = alerting && startAlerts(database, alerting);
      const expecting = settings.instances && startExpecting(database, settings.instances, settings.stacks);
      return {
        id: worker.id,
        stop: async (drainSeconds) => {
          await Promise.all([worker.stop(drainSeconds), expecting?.stop()]);
          // Last: what the runs have sealed, told and measured.
          await Promise.all([publishing?.stop(), alerts?.stop(), telemetry?.stop()]);
        },
      };
    },
    pause: async (operation, { principal, reason }) => {
      await authorize(database, principal, "pause and resume operations");
      if (operation !== EVERY_OPERATION) await operationOf(operation);
      await addPause(database, { operation, reason, pausedBy: principal });
    },
    resume: async (operation, principal) => {
      await authorize(database, principal, "pause and resume operations");
      return resume(database, durable, operation);
    },
    submitDueDrills: async (recoveries, fleet, due) =>
      submitDueDrills(await submittingBy(due.requestedBy), recoveries, fleet, due),
    submitDueSweeps: async (due) => submitDueSweeps(await submittingBy(due.requestedBy), due),
    submitDueRemovals: async (fleet, due) => submitDueRemovals(await submittingBy(due.requestedBy), fleet, due),
    approve: (requestId, by) => answerPlan(database, durable, requestId, { ...by, answer: "approved" }),
    reject: (requestId, by) => answerPlan(database, durable, requestId, { ...by, answer: "rejected" }),
    cancel: async (requestId, by) => {
      await requireKnown(database, by);
      if (!areSamePerson((await readRequest(database, requestId)).requestedBy, by))
        await authorize(database, by, "cancel the requests of others");
      const { preparation } = await readRun(database, requestId);
      const error = new ShipshapeError("run-cancelled", { id: requestId, by });
      // Recorded first: then no workflow of it takes another step, not even one that an approval enqueues right now.
      const children = await database.transaction(async (transaction, connection) => {
        const ended = await runEnds(transaction, requestId, { status: "cancelled", error });
        await fillPlaces(transaction, connection, durable);
        return ended;
      });
      if (!children) throw new ShipshapeError("run-over", { id: requestId });
      for (const run of [{ requestId, preparation }, ...children]) await durable.cancel(run.requestId, run.preparation);
      await durable.askForMaintenance();
    },
    send: async (requestId, topic, message) => {
      await authorize(database, message.sentBy, "send messages to runs");
      await readRun(database, requestId);
      await database.transaction(async (transaction) => {
        await addMessage(transaction, requestId, topic, message);
        await wakeRun(transaction, requestId);
      });
    },
    decideTrain: (requestId, decision) => decideOnTrain(database, requestId, decision),
    cleanUpAgain: async (requestId, principal) => {
      await authorize(database, principal, "start clean-ups again");
      const { cleanUp: status } = await readRun(database, requestId);
      if (!(await unstick(database, requestId)))
        throw new ShipshapeError("clean-up-not-stuck", { id: requestId, status });
      await durable.askForMaintenance();
    },
    close: async () => {
      await durable.close();
      await records.close();
    },
  };
}

const nothingKnown: RecoveryOf = () =>
  Promise.resolve({ recoverability: "unknown", reason: "nothing is known about it", drill: null });
