/** The effects of a train itself: it looks at the fleet, keeps its rings, and asks whether what was patched is well. */
import type { FleetDatabase, StackHome, StacksAnswer, TargetDatabase } from "../../fleet-records";
import { identityOf } from "../../fleet-records";
import { reasonOf } from "../../errors";
import { blueGreenObstacles, obstacles, replicasAmong, unproven, type Obstacle } from "../../patches/obstacles";
import type { SignedRehearsal } from "../../rehearsal-records";
import type { SealedRun } from "../../sealed-records";
import { askBackend } from "../../runner/backend-stacks";
import { bakeRing, beginRing, concludeRing, openTrain, readRing, readTrain } from "../../runner/trains";
import { replacedOf, standingIn } from "../../runner/replaced-instances";
import { throwawayOf } from "../../runner/throwaways";
import { atOnce } from "../../at-once";
import { awsClients } from "../../targets/aws-access";
import { findDatabase, targetOf } from "../../targets/database-instance";
import { askFleets } from "../../targets/fleet";
import { accessTo } from "../../targets/locations";
import { snapshotQuota } from "../../targets/snapshot-quota";
import { fleetVersions, type VersionsAnswer } from "../../targets/offered-versions";
import type { GateResult, Probe, RingState, Train } from "../../train-records";
import type { OfferedVersions, RunningVersion } from "../../version-records";
import { foundVersion } from "../database-patch/steps";
import { runsVersion } from "../database-patch/verify";
import type { OperationContext } from "../operation-context";
import { extensionsIn } from "../patch-rehearsal/declared-class";
import { alarmSteps, type Asked } from "./alarm-steps";
import { cleanUpSteps } from "./clean-up-steps";
import { probesAtOnceMax, recoveriesAtOnceMax } from "./limits";
import { loadSteps } from "./load-steps";
import type { ObservedTrain, TrainCandidate, TrainPlan } from "./plan";
import type { RingedPatchRequest } from "./request";
import { rehearsalOf, unrehearsed, type FoundRehearsal } from "./rehearsed";
import type { PlannedDatabase } from "./rings";
import { placesOf, type Place, type PlacedQuota } from "./snapshot-quotas";
import { teamProbes } from "./team-check-steps";
import { readTeamChecks } from "./team-checks";
import { secondsUntilOpen } from "./windows";

export type RingedPatchSteps = ReturnType<typeof ringedPatchSteps>;

export function ringedPatchSteps(s: OperationContext) {
  const alarms = alarmSteps(s);
  return {
    ...loadSteps(s),
    ...cleanUpSteps(s),

    /** Errors: fleet-unreadable, configuration-invalid. */
    async observe({ to }: RingedPatchRequest): Promise<ObservedTrain> {
      const locations = s.access.locations?.() ?? [];
      const [{ databases, offers, unreachable }, stacks, fleet, throwaway, replaced, rehearsals] = await Promise.all([
        fleetVersions(locations, s.access),
        askBackend(s.stacks),
        askFleets(locations, undefined, s.access),
        throwawayOf(s.database),
        replacedOf(s.database),
        s.signedRehearsals(),
      ]);
      const today = new Date().toISOString().slice(0, 10);
      const known: Known = {
        ...{ offerOf: offersByPlace(offers), stackOf: onlyStackOf(stacks), homeOf: await s.homesOfStacks() },
        replicasOf: (one) => replicasAmong(one, databases),
        fleet: new Map(fleet.asked ? fleet.databases.map((one) => [identityOf(one), one]) : []),
        ...{ extensionsOf: declaredExtensions(stacks), rehearsals, today },
      };
      // A database and its replicas are one: those that are known are patched with their source.
      const withSource = new Set(databases.flatMap((one) => replicasAmong(one, databases)));
      // What a switchover has replaced is kept until a request deletes it, and nobody patches it.
      const isKept = (one: RunningVersion) => replaced(one) !== undefined && typeof known.stackOf(one) !== "string";
      const ours = databases.filter((one) => !throwaway(one) && !withSource.has(one) && !isKept(one));
      const found = await atOnce(ours, recoveriesAtOnceMax, (one) => candidate(one, to, known));
      const snapshotQuotas = await atOnce(placesOf(ours), probesAtOnceMax, quotaIn);
      return { databases: found, unreachable, located: locations.length > 0, today, snapshotQuotas };
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

    noteAlarms: alarms.noteAlarms,

    /** Of each database: what API, server and alarms say. One that cannot be asked is an error, and no pass. */
    probe: async (trainId: string, { to }: TrainPlan, databases: PlannedDatabase[]): Promise<Asked> => {
      const ofEach = await atOnce(databases, probesAtOnceMax, async (one) => [
        ...(await probesOf(one, to)),
        ...(await teamProbes(s, one)),
      ]);
      const { probes, notes } = await alarms.compareAlarms(trainId, databases);
      return { probes: [...ofEach.flat(), ...probes], notes };
    },

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

    sealed: (requestIds: string[]): Promise<SealedRun[]> => s.sealedRuns(requestIds),
  };

  async function quotaIn(place: Place): Promise<PlacedQuota> {
    try {
      return { ...place, ...(await snapshotQuota(awsClients(accessTo(s.access, place)))) };
    } catch (error) {
      return { ...place, unread: reasonOf(error) };
    }
  }

  async function candidate(one: RunningVersion, version: string, is: Known): Promise<TrainCandidate> {
    const { identifier, resourceId, arn, account, region, engineVersion: from, tags } = one;
    const known = { identifier, resourceId, arn, account, region, from, tags };
    const stack = is.stackOf(one);
    const found = obstacles(one, version, is.offerOf(one), is.replicasOf(one));
    if (from === version) return { ...known, stack: typeof stack === "string" ? stack : null, obstacles: found };
    if (typeof stack !== "string") return { ...known, stack: null, obstacles: [...found, stack] };
    const { ownership } = is.homeOf(stack);
    if (ownership !== "ours") found.push({ kind: "stack", detail: delivered(stack, ownership) });
    // The evidence of those that cannot go anyway is not read.
    if (found.length === 0) found.push(...(await recovery(is.fleet.get(identityOf(one)))));
    const checks = readTeamChecks(s.assertionsFolder, identifier);
    if ("problem" in checks)
      found.push({ kind: "checks", detail: `its team's checks cannot be used: ${checks.problem}` });
    const teamChecks = "problem" in checks ? [] : checks;
    const rehearsal = rehearsalFor(one, version, is);
    const able = { ...known, stack, obstacles: found, teamChecks, noBlueGreen: blueGreenObstacles(one, true) };
    if (typeof rehearsal !== "string") return { ...able, rehearsal };
    found.push(...unrehearsed(rehearsal, tags, s.standard));
    return { ...able, rehearsal: null };
  }

  /** Or why there is none. */
  function rehearsalFor(one: RunningVersion, to: string, is: Known): FoundRehearsal | string {
    const [found, extensions] = [is.fleet.get(identityOf(one)), is.extensionsOf(one)];
    if (!found || extensions === null) return "none: its class or its extensions are not known";
    const { instanceClass } = found.size;
    return rehearsalOf({ from: one.engineVersion, to, instanceClass, extensions }, is.rehearsals, is.today);
  }

  async function recovery(found: FleetDatabase | undefined): Promise<Obstacle[]> {
    if (found) return unproven(await s.recoveryOf(found));
    return [{ kind: "unproven", detail: "its backups could not be read" }];
  }

  async function probesOf(database: PlannedDatabase, to: string): Promise<Probe[]> {
    const { identifier } = database;
    const named = (name: string) => `${identifier}: ${name}`;
    try {
      const clients = awsClients(accessTo(s.access, database));
      const instance = await findDatabase(clients, identifier);
      // A switchover of ours has moved the name.
      const expected = await standingIn(s.database, identityOf(database));
      if (!instance || identityOf(targetOf(instance)) !== expected)
        return [
          { name: named("is-there"), verdict: "fail", explanation: "RDS has another database of that name, or none" },
        ];
      return runsVersion(to, await foundVersion(s, clients, instance)).map((check) => ({
        ...{ name: named(check.name), verdict: check.verdict, explanation: check.explanation },
      }));
    } catch (error) {
      return [{ name: named("can-be-asked"), verdict: "error", explanation: reasonOf(error) }];
    }
  }
}

/** What is known of the fleet when each of its databases is judged. */
interface Known {
  offerOf(one: TargetDatabase): OfferedVersions | undefined;
  stackOf(one: TargetDatabase): string | Obstacle;
  homeOf(stack: string): StackHome;
  replicasOf(one: RunningVersion): RunningVersion[];
  /** By their identities. */
  fleet: ReadonlyMap<string, FleetDatabase>;
  /** Null: no stack says it. */
  extensionsOf(one: TargetDatabase): string[] | null;
  rehearsals: readonly SignedRehearsal[];
  today: string;
}

function declaredExtensions(answer: StacksAnswer): Known["extensionsOf"] {
  const all = answer.asked ? answer.stacks.flatMap(({ databases }) => databases) : [];
  const declared = new Map(all.map((one) => [identityOf(one), extensionsIn(one.decided?.shape)]));
  return (one) => declared.get(identityOf(one)) ?? null;
}

function offersByPlace(offers: VersionsAnswer["offers"]): Known["offerOf"] {
  const byPlace = new Map(offers.map(({ account = "", region, offered }) => [`${account} ${region}`, offered]));
  // Of a place whose account is not known, the Region is.
  return ({ account, region }) => byPlace.get(`${account} ${region}`) ?? byPlace.get(` ${region}`);
}

/** The one stack that declares a database, or why there is none. */
function onlyStackOf(answer: StacksAnswer): Known["stackOf"] {
  const because = (detail: string): Obstacle => ({ kind: "stack", detail });
  if (!answer.asked) return () => because(`the stacks could not be read: ${answer.reason}`);
  const declaring = new Map<string, Set<string>>();
  for (const { name, databases } of answer.stacks)
    for (const identity of databases.map(identityOf))
      declaring.set(identity, (declaring.get(identity) ?? new Set()).add(name));
  const unread = answer.unread.map(({ stack }) => stack).join(", ");
  return (one) => {
    const [stack, ...others] = declaring.get(identityOf(one)) ?? [];
    if (stack !== undefined && others.length === 0) return stack;
    if (stack !== undefined) return because(`${[stack, ...others].join(" and ")} declare it`);
    return because(
      unread ? `no stack that could be read declares it, and ${unread} could not be` : "no stack declares it",
    );
  };
}

const delivered = (stack: string, ownership: string): string =>
  ownership === "unknown"
    ? `the folder of stack ${stack} could not be read`
    : `stack ${stack} is another team's: request database-patch of it, which delivers them the change`;
