/** The effects of a train itself: it looks at the fleet, keeps its rings, and asks whether what was patched is well. */
import type { FleetAnswer, StacksAnswer, TargetDatabase } from "../../fleet-records";
import { identityOf } from "../../fleet-records";
import { reasonOf } from "../../errors";
import { obstacles, unproven, type Obstacle } from "../../patches/obstacles";
import type { SealedRun } from "../../sealed-records";
import { askBackend } from "../../runner/backend-stacks";
import { bakeRing, beginRing, concludeRing, openTrain, readRing, readTrain } from "../../runner/trains";
import { throwawayOf } from "../../runner/throwaways";
import { atOnce } from "../../at-once";
import { awsClients } from "../../targets/aws-access";
import { findDatabase } from "../../targets/database-instance";
import { askFleets } from "../../targets/fleet";
import { accessTo } from "../../targets/locations";
import { fleetVersions } from "../../targets/offered-versions";
import { pendingOf } from "../../targets/pending-changes";
import type { GateResult, Probe, RingState, Train } from "../../train-records";
import type { OfferedVersions, RunningVersion } from "../../version-records";
import { serverOf } from "../database-patch/steps";
import { runsVersion } from "../database-patch/verify";
import type { OperationContext } from "../operation-context";
import { probesAtOnceMax, sealedReadAtOnce } from "./limits";
import type { ObservedTrain, TrainCandidate, TrainPlan } from "./plan";
import type { RingedPatchRequest } from "./request";
import type { PlannedDatabase } from "./rings";
import { secondsUntilOpen } from "./windows";

export type RingedPatchSteps = ReturnType<typeof ringedPatchSteps>;

export function ringedPatchSteps(s: OperationContext) {
  return {
    /** Errors: fleet-unreadable, configuration-invalid. */
    async observe({ to }: RingedPatchRequest): Promise<ObservedTrain> {
      const locations = s.access.locations?.() ?? [];
      const [{ databases, offers, unreachable }, stacks, fleet, throwaway] = await Promise.all([
        fleetVersions(locations, s.access),
        askBackend(s.stacks),
        askFleets(locations, undefined, s.access),
        throwawayOf(s.database),
      ]);
      const offerOf = ({ account, region }: TargetDatabase) =>
        offers.find((one) => one.region === region && (one.account ?? account) === account)?.offered;
      const found: TrainCandidate[] = [];
      for (const one of databases.filter((database) => !throwaway(database)))
        found.push(await candidate(one, to, offerOf(one), stacks, fleet));
      return { databases: found, unreachable, located: locations.length > 0 };
    },

    open: ({ rings, window }: TrainPlan, trainId: string): Promise<void> =>
      s.database.transaction((transaction) =>
        openTrain(transaction, trainId, {
          rings: rings.map(({ number, databases }) => ({ number, identities: databases.map(identityOf) })),
          window,
        }),
      ),

    /** Waits for nothing: "waiting" says that the ring before is not promoted. */
    begin: (trainId: string, ring: number): Promise<RingState> =>
      s.database.transaction((transaction) => beginRing(transaction, trainId, ring)),

    /** The identities of those that people have not skipped. */
    wanted: async (trainId: string, ring: number): Promise<string[]> => {
      const { databases } = await readTrain(s.database, trainId);
      return databases.filter((one) => one.ring === ring && one.waiver === null).map(({ identity }) => identity);
    },

    /** Whether the next database of a ring may begin, by its state and by the window. */
    mayBegin: async (trainId: string, ring: number, window: string | null) => {
      const { state } = await readRing(s.database, trainId, ring);
      return { state, opensInSeconds: secondsUntilOpen(window, new Date()) };
    },

    bake: (trainId: string, ring: number): Promise<RingState> =>
      s.database.transaction((transaction) => bakeRing(transaction, trainId, ring)),

    look: async (trainId: string, ring: number) => {
      const { state, seconds } = await readRing(s.database, trainId, ring);
      return { state, seconds };
    },

    /** Of each database: what API and server say. One that cannot be asked is an error, and no pass. */
    probe: async ({ to }: TrainPlan, databases: PlannedDatabase[]): Promise<Probe[]> =>
      (await atOnce(databases, probesAtOnceMax, (one) => probesOf(one, to))).flat(),

    /** People are told once, with the decision. */
    conclude: (trainId: string, ring: number, gate: GateResult): Promise<RingState> =>
      s.database.transaction(async (transaction) => {
        const { state, isNew } = await concludeRing(transaction, trainId, ring, gate);
        const why = gate.found.map(({ name, explanation }) => `${name}: ${explanation}`).join("; ");
        if (isNew && state === "halted")
          await s.tellPeople(transaction, trainId, `ring ${ring} is halted (${gate.verdict}): ${why}`);
        return state;
      }),

    read: (trainId: string): Promise<Train> => readTrain(s.database, trainId),

    async sealed(requestIds: string[]): Promise<SealedRun[]> {
      const all: SealedRun[] = [];
      for (let at = 0; at < requestIds.length; at += sealedReadAtOnce)
        all.push(...(await s.sealedRuns(requestIds.slice(at, at + sealedReadAtOnce))));
      return all;
    },
  };

  async function candidate(
    one: RunningVersion,
    version: string,
    offered: OfferedVersions | undefined,
    stacks: StacksAnswer,
    fleet: FleetAnswer,
  ): Promise<TrainCandidate> {
    const { identifier, resourceId, arn, account, region, engineVersion: from, tags } = one;
    const known = { identifier, resourceId, arn, account, region, from, tags };
    const stack = onlyStackOf(one, stacks);
    const found = obstacles(one, version, offered);
    if (from === version) return { ...known, stack: typeof stack === "string" ? stack : null, obstacles: found };
    if (typeof stack !== "string") return { ...known, stack: null, obstacles: [...found, stack] };
    const { ownership } = await s.homeOfStack(stack);
    if (ownership !== "ours") found.push({ kind: "stack", detail: delivered(stack, ownership) });
    // The evidence of those that cannot go anyway is not read.
    if (found.length === 0) found.push(...(await recovery(one, fleet)));
    return { ...known, stack, obstacles: found };
  }

  async function recovery(one: TargetDatabase, fleet: FleetAnswer): Promise<Obstacle[]> {
    const found = fleet.asked ? fleet.databases.find((other) => identityOf(other) === identityOf(one)) : undefined;
    if (found) return unproven(await s.recoveryOf(found));
    return [{ kind: "unproven", detail: "its backups could not be read" }];
  }

  async function probesOf(database: PlannedDatabase, to: string): Promise<Probe[]> {
    const { identifier, resourceId } = database;
    const named = (name: string) => `${identifier}: ${name}`;
    try {
      const clients = awsClients(accessTo(s.access, database));
      const instance = await findDatabase(clients, identifier);
      if (instance?.DbiResourceId !== resourceId)
        return [
          { name: named("is-there"), verdict: "fail", explanation: "RDS has another database of that name, or none" },
        ];
      const { EngineVersion: version = "", DBInstanceStatus: status = "" } = instance;
      const api = { version, status, pending: pendingOf(instance).changes.map(({ property }) => property) };
      const found = { api, server: await serverOf(s, clients, identifier) };
      return runsVersion(to, found).map((check) => ({
        ...{ name: named(check.name), verdict: check.verdict, explanation: check.explanation },
      }));
    } catch (error) {
      return [{ name: named("can-be-asked"), verdict: "error", explanation: reasonOf(error) }];
    }
  }
}

/** The one stack that declares it, or why there is none. */
function onlyStackOf(one: TargetDatabase, answer: StacksAnswer): string | Obstacle {
  const because = (detail: string): Obstacle => ({ kind: "stack", detail });
  if (!answer.asked) return because(`the stacks could not be read: ${answer.reason}`);
  const declaring = answer.stacks.filter(({ databases }) =>
    databases.some((database) => identityOf(database) === identityOf(one)),
  );
  if (declaring.length === 1) return declaring[0]!.name;
  if (declaring.length > 1) return because(`${declaring.map(({ name }) => name).join(" and ")} declare it`);
  const unread = answer.unread.map(({ stack }) => stack).join(", ");
  return because(
    unread ? `no stack that could be read declares it, and ${unread} could not be` : "no stack declares it",
  );
}

const delivered = (stack: string, ownership: string): string =>
  ownership === "unknown"
    ? `the folder of stack ${stack} could not be read`
    : `stack ${stack} is another team's: request database-patch of it, which delivers them the change`;
