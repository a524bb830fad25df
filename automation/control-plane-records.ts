/**
 * The half of the control plane's entry that only reads records, or writes a person's answer. It loads neither the
 * durable engine nor an operation, which take longer to load than such a command takes.
 */
import type { Standard } from "../components/standards/standard";
import { openDatabase, type ControlPlaneDatabase } from "./database";
import { ShipshapeError } from "./errors";
import { publications, type Publication } from "./evidence/publisher";
import type { Signer } from "./evidence/ledger";
import type { PopulationStatement } from "./evidence/population-statement";
import type { LogContent } from "./evidence/reading";
import { fleetStatus, type FleetStatus } from "./fleet";
import { latestAlerts, unsentAlerts, type SentAlert } from "./observability/notifications";
import type { SweepSchedule } from "./observability/due-sweeps";
import type { DatabaseRecovery } from "./observability/recoverability";
import {
  accessInForce,
  authorize,
  isEmbedded,
  latestRefusals,
  type PublishedAccess,
  type Refusal,
} from "./policy/access";
import { recordFleet, sealPopulationOf, type AskedPopulation } from "./population";
import { readDecision } from "./policy/decisions";
import { readToil, type Toil } from "./policy/toil";
import type {
  DatabaseLook,
  DifferenceFilter,
  DifferenceFinding,
  DifferenceTrend,
  FindingEvent,
} from "./difference-records";
import type { ExpectedChange, FleetAnswer, Ownership, Targets } from "./fleet-records";
import type { Decision, OperationRequest, PlanBasis, Run, WorkerRecord } from "./records";
import { recoveryStatus } from "./recovery-status";
import { readRequest, requireComment } from "./request/requests";
import { answerFinding, answersOf, followedFinding, openFindings, type Answer, type Finding } from "./review/findings";
import {
  countOpenDifferences,
  differenceTrend,
  eventsOfRun,
  latestLooks,
  openDifferences,
} from "./review/open-differences";
import { awaitedChanges, expectedChangesOf } from "./runner/expected-changes";
import { workersAlive } from "./runner/liveness";
import { pausesNow, type Pause } from "./runner/pauses";
import { boundStates, type BoundState } from "./runner/places";
import type { StackContext } from "./runner/stack-state";
import { replacedOf } from "./runner/replaced-instances";
import { latestRuns, openTrains, runsAwaitingApproval, runsOfChildren, type RunFilter } from "./runner/run-lists";
import { busyRuns, readRun } from "./runner/runs";
import { readTrain } from "./runner/trains";
import type { OpenTrain } from "./patches/next-train";
import { openTrainsMax } from "./patches/limits";
import type { Train } from "./train-records";
import type { Prices } from "./observability/drill-cost";
import { scheduleOf } from "./schedule";
import { scheduledSweeps } from "./scheduled-sweeps";
import { previewUnderWay, recordShowing, type PreviewAsked, type ShowingAsked } from "./shown-rows";

export interface ControlPlaneRecords {
  /** For the evidence log, which clients read themselves. */
  readonly database: ControlPlaneDatabase;
  /** What databases are held to. */
  readonly standard: Standard;
  /** Errors: request-unknown. */
  request(id: string): Promise<OperationRequest>;
  /** The run of a request. Errors: request-unknown. */
  run(id: string): Promise<Run>;
  /**
   * Checks that a principal may read; clients call it before they read for someone. Errors: role-missing,
   * principal-embedded.
   */
  authorizeReading(principal: string): Promise<void>;
  /** The roles in force; undefined if everyone has all. */
  access(): Promise<PublishedAccess | undefined>;
  /** Calls of the last days that were refused for a missing role, the latest first. */
  refusals(countMax: number): Promise<Refusal[]>;
  /** Whether it is the control plane of an embedded cloud. */
  isEmbedded(): Promise<boolean>;
  /** The latest runs, newest first. */
  runs(countMax: number, filter?: RunFilter): Promise<Run[]>;
  /** The runs of a request's children, in the order in which they were requested. */
  children(requestId: string): Promise<Run[]>;
  /** The runs that wait for people, the oldest first. */
  waiting(countMax: number, targets?: Targets): Promise<Run[]>;
  /** What is paused. */
  pauses(): Promise<Pause[]>;
  /** How many runs there are at once, where there are any, and how many there may be. */
  bounds(): Promise<BoundState[]>;
  /** The workers that are alive, in all processes. */
  workers(): Promise<WorkerRecord[]>;
  /** How many runs need a worker; runs that wait for people do not. */
  busy(): Promise<number>;
  /** The latest decision on a request; undefined until it has a plan. */
  decision(id: string): Promise<Decision | undefined>;
  /** What a person must answer, the latest first. */
  findings(countMax: number, targets?: Targets): Promise<Finding[]>;
  /** How databases differ from what is declared, the worst first, and of these those that are open longest. */
  differences(countMax: number, filter?: DifferenceFilter): Promise<DifferenceFinding[]>;
  /** How many there are, by severity. */
  differenceCounts(filter?: DifferenceFilter): ReturnType<typeof countOpenDifferences>;
  /** How many were opened and closed since. */
  differenceTrend(since: Date, filter?: DifferenceFilter): Promise<DifferenceTrend>;
  /** The findings about differences that a run has opened, seen with another value and closed, the worst first. */
  findingEvents(requestId: string, countMax: number): Promise<FindingEvent[]>;
  /** When each database was last compared with what is declared. */
  looks(): Promise<DatabaseLook[]>;
  /** The rings of a train, and what was decided; none, if it has not begun. Errors: request-unknown, train-unknown. */
  train(requestId: string): Promise<Train>;
  /** Those that have a plan and have not ended, the first requested first. */
  openTrains(): Promise<OpenTrain[]>;
  /** Says of a database whether a switchover has replaced it, and it is kept until a request deletes it. */
  replacedOf(): ReturnType<typeof replacedOf>;
  /** The approved plan of a preview whose rows a person may look at. Errors: those of `previewUnderWay`. */
  previewUnderWay(requestId: string, asked: PreviewAsked): Promise<PlanBasis>;
  /** Records that rows are shown to a person, before they are read. Errors: preview-over, preview-used-up. */
  recordShowing(requestId: string, asked: ShowingAsked): Promise<void>;
  /** What people have answered to the findings of a request, the first first. */
  answers(requestId: string): ReturnType<typeof answersOf>;
  /** What the delivered change of a request is to bring about. */
  expectedChanges(requestId: string): Promise<ExpectedChange[]>;
  /** What delivered changes have not brought about yet, the first to be late first. */
  awaitedChanges(countMax: number, targets?: Targets): Promise<ExpectedChange[]>;
  /** The finding that a request is the follow-up of; undefined if it is none. */
  followedFinding(requestId: string): Promise<string | undefined>;
  /** What people were told, the latest first, with what became of it at each destination. */
  alerts(countMax: number): Promise<SentAlert[]>;
  /** How many alerts of the last days were not sent, although a destination was configured. */
  unsentAlerts(): Promise<number>;
  /** How many requests needed a person, among those decided on from one moment until before another. */
  toil(from: Date, until: Date): Promise<Toil[]>;
  /**
   * Records a person's answer to a finding, and closes it. Errors: comment-invalid, finding-unknown, request-unknown,
   * role-missing, principal-embedded.
   */
  answer(answer: Answer): Promise<void>;
  /** What is known about the recovery of each database, from the signed log and what the cloud reports. */
  recovery(log: LogContent, fleet: FleetAnswer, now: Date): Promise<DatabaseRecovery[]>;
  /** When each database that the cloud has today is drilled next, for what, and how many drills a day tiers demand. */
  schedule(
    recoveries: DatabaseRecovery[],
    fleet: FleetAnswer,
    now: Date,
    prices?: Prices,
  ): ReturnType<typeof scheduleOf>;
  /** When the databases of each tier are next compared with what is declared. */
  sweeps(now: Date): Promise<SweepSchedule[]>;
  /** Every database that the cloud has or a stack declares, with what is known about it. */
  fleet(
    log: LogContent,
    cloud: FleetAnswer,
    stacks: StackContext & { ownershipOf: (stack: string) => Ownership },
    now: Date,
  ): Promise<FleetStatus>;
  /** How far the evidence log is published, and what prevents the rest. */
  publications(): Promise<Publication[]>;
  /** Seals which databases the cloud has, if that is new or the first time today. Resolves to whether it was sealed. */
  recordFleet(signer: Signer, log: LogContent, fleet: FleetAnswer, now: Date): Promise<boolean>;
  /** Seals what the log says about a period: every database, and every drill that was due. */
  sealPopulation(signer: Signer, log: LogContent, asked: AskedPopulation, now: Date): Promise<PopulationStatement>;
  close(): Promise<void>;
}

/** `beforeQuery` throws if this process may no longer act. Errors: control-plane-unreachable. */
export async function openRecords(
  databaseUrl: string,
  standard: Standard,
  beforeQuery?: () => void,
): Promise<ControlPlaneRecords> {
  const database = await openDatabase(databaseUrl, beforeQuery);
  return {
    database,
    standard,
    request: (id) => readRequest(database, id),
    run: (id) => readRun(database, id),
    previewUnderWay: (id, asked) => previewUnderWay(database, id, asked),
    recordShowing: (id, asked) => recordShowing(database, id, asked),
    train: async (id) => {
      const { operation } = await readRun(database, id);
      if (operation !== "ringed-patch") throw new ShipshapeError("train-unknown", { id });
      return readTrain(database, id);
    },
    openTrains: async () =>
      Promise.all(
        (await openTrains(database, openTrainsMax)).map(async (run) => ({
          run,
          train: await readTrain(database, run.requestId),
        })),
      ),
    replacedOf: () => replacedOf(database),
    authorizeReading: (principal) => authorize(database, principal, "read the control plane's records"),
    access: () => accessInForce(database),
    refusals: (countMax) => latestRefusals(database, countMax),
    isEmbedded: () => isEmbedded(database),
    runs: (countMax, filter) => latestRuns(database, countMax, filter),
    children: (requestId) => runsOfChildren(database, requestId),
    waiting: (countMax, targets) => runsAwaitingApproval(database, countMax, targets),
    pauses: () => pausesNow(database),
    bounds: async () => boundStates(database, (await accessInForce(database))?.limits ?? {}),
    workers: () => workersAlive(database),
    busy: () => busyRuns(database),
    decision: (id) => readDecision(database, id),
    findings: (countMax, targets) => openFindings(database, countMax, targets),
    differences: (countMax, filter) => openDifferences(database, countMax, filter),
    differenceCounts: (filter) => countOpenDifferences(database, filter),
    differenceTrend: (since, filter) => differenceTrend(database, since, filter),
    findingEvents: (requestId, countMax) => eventsOfRun(database, requestId, countMax),
    looks: () => latestLooks(database),
    answers: (requestId) => answersOf(database, requestId),
    expectedChanges: (requestId) => expectedChangesOf(database, requestId),
    awaitedChanges: (countMax, targets) => awaitedChanges(database, countMax, targets),
    followedFinding: (requestId) => followedFinding(database, requestId),
    alerts: (countMax) => latestAlerts(database, countMax),
    unsentAlerts: () => unsentAlerts(database),
    toil: (from, until) => readToil(database, from, until),
    answer: async (answer) => {
      await authorize(database, answer.reviewer, "answer findings");
      requireComment(answer.comment);
      if (answer.followUpRequestId !== undefined) await readRun(database, answer.followUpRequestId);
      await answerFinding(database, answer);
    },
    recovery: (log, fleet, now) => recoveryStatus(database, log, fleet, now),
    schedule: (...given) => scheduleOf(database, standard, ...given),
    sweeps: (now) => scheduledSweeps(database, standard, now),
    fleet: (...given) => fleetStatus(database, standard, ...given),
    publications: () => publications(database),
    recordFleet: (signer, log, fleet, now) => recordFleet(database, standard, signer, log, fleet, now),
    sealPopulation: (signer, log, asked, now) => sealPopulationOf(database, signer, log, asked, now),
    close: () => database.close(),
  };
}
