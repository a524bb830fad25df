/** Pure: the rings of a train, and the databases that cannot go, each with the reason: they block nobody. */
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { identityOf, unreachableText, type TargetDatabase, type UnreachableLocation } from "../../fleet-records";
import type { Obstacle } from "../../patches/obstacles";
import { releasedOn } from "../../patches/postgres-releases";
import type { PlanBasis } from "../../records";
import { tierOf } from "../../tier-of";
import { majorOf, minorOf } from "../../version-records";
import { patchOf } from "../database-patch/plan";
import { isInScope, namedScope } from "../fleet-scope";
import { scopeFilters } from "../scope-fields";
import { orderNameOf, patchAfterOf, splitByOrder } from "./declared-order";
import { evidenceValidDays } from "./limits";
import { ageWaiver, tooYoung, type AgeWaiver } from "./minor-age";
import { trainText } from "./plan-text";
import type { FoundRehearsal } from "./rehearsed";
import type { TeamCheck } from "./team-checks";
import type { RingedPatchRequest } from "./request";
import { snapshotShortages, type PlacedQuota, type SnapshotShortage } from "./snapshot-quotas";
import { ringsOf, type Growth, type LeftDatabase, type Ring } from "./rings";

/** A database of the fleet, with why it cannot be patched. */
export interface TrainCandidate extends TargetDatabase {
  from: string;
  /** The one that declares it; null: none, or several. */
  stack: string | null;
  tags: Record<string, string>;
  obstacles: Obstacle[];
  /** Of its patch, on one that is like it; null: there is none that counts today. */
  rehearsal?: FoundRehearsal | null;
  /** Its team's own health checks. @default none */
  teamChecks?: TeamCheck[];
  /** Why it is not patched by blue/green. @default nothing stops it */
  noBlueGreen?: string[];
}

export interface ObservedTrain {
  databases: TrainCandidate[];
  unreachable: UnreachableLocation[];
  /** Whether accounts and Regions are configured: then a request may name one. */
  located: boolean;
  /** `YYYY-MM-DD`. */
  today: string;
  /** Of snapshots, in the accounts and Regions of its databases. @default not known, and not mentioned */
  snapshotQuotas?: PlacedQuota[];
}

export interface TrainPlan extends PlanBasis {
  to: string;
  /** By our table of the community's releases; null if it is not in it. */
  releasedOn: string | null;
  rings: Ring[];
  growth: Growth;
  left: LeftDatabase[];
  /** Databases of the scope that run the version already. */
  patched: number;
  located: boolean;
  /** Of each week, in UTC; null: the maintenance window of each database counts. */
  window: string | null;
  /** Whether the gate also compares the load of each database with that before its patch. */
  comparesLoad: boolean;
  /** Null: each database takes the minor at the age that its tier wants. */
  ageWaiver: AgeWaiver | null;
  /** Where the snapshots of all its patches do not fit, or may not. */
  snapshotShortages: SnapshotShortage[];
  /** Names in `patchAfter` that no database has: nobody is waited for. */
  unknownNames: string[];
  approves: string[];
  text: string;
}

/** Errors: train-empty, train-cycle, train-rings. */
export function planTrain(request: RingedPatchRequest, observed: ObservedTrain, standard: Standard): TrainPlan {
  const { to } = request;
  const inScope = observed.databases.filter((one) => isInScope(request, one, standard));
  const waiver = ageWaiver(to, request.securityFix, observed.today);
  const { candidates, left, unknownNames } = splitUp(inScope, { to, waiver, observed, standard });
  const patched = inScope.filter((one) => one.from === to && one.obstacles.length === 0).length;
  const bakeSeconds = Math.round(request.bakeMinutes * 60);
  const { rings, growth } = ringsOf(candidates, { bakeSeconds, ringsMax: request.ringsMax }, standard);
  const scope = namedScope(request, scopeFilters);
  if (rings.length === 0)
    throw new ShipshapeError("train-empty", {
      ...{ version: to, scope, patched },
      reasons: left.map(({ identifier, detail }) => `${identifier}: ${detail}`).join("; ") || "there is no other",
    });
  const kept = {
    ...{ to, releasedOn: releasedOn(to) ?? null, rings, growth, left, patched },
    ...{ located: observed.located, window: request.window ?? null, ageWaiver: waiver, unknownNames },
    comparesLoad: request.compareLoad ?? false,
    snapshotShortages: snapshotShortages(
      rings.flatMap(({ databases }) => databases),
      observed.snapshotQuotas ?? [],
    ),
  };
  return {
    target: `${to}: ${scope}`,
    tags: {},
    evidenceValidDays,
    ...kept,
    approves: rings.flatMap(({ databases }) => databases.map((one) => patchOf({ ...one, to }))),
    text: trainText({ ...kept, unread: observed.unreachable.map(unreachableText) }, scope),
  };
}

interface Judged {
  to: string;
  waiver: AgeWaiver | null;
  observed: ObservedTrain;
  standard: Standard;
}

/** Those that go, and those that do not, each with its first reason. */
function splitUp(inScope: readonly TrainCandidate[], { to, waiver, observed, standard }: Judged) {
  const left: LeftDatabase[] = [];
  const leave = ({ identifier, account, region }: TrainCandidate, why: Obstacle) =>
    left.push({ identifier, account, region, ...why });
  const able: (TrainCandidate & { stack: string })[] = [];
  for (const one of inScope) {
    const [first] = one.obstacles;
    const { stack } = one;
    const young =
      waiver === null ? tooYoung(to, tierOf(one.tags, standard).objectives.ring, observed.today) : undefined;
    if (first) leave(one, first);
    else if (one.from !== to && stack !== null)
      if (young) leave(one, young);
      else able.push({ ...one, stack });
  }
  const goes = new Set(able.map(identityOf));
  const stays = observed.databases.filter((one) => !goes.has(identityOf(one)) && isOlderMinor(one, to));
  const { going, left: waiting } = splitByOrder(
    able,
    stays.flatMap((one) => orderNameOf(one, standard) ?? []),
    standard,
  );
  for (const [one, before] of waiting)
    leave(one, { kind: "order", detail: `it is patched after ${before}, which is not in this train` });
  const known = new Set(observed.databases.map((one) => orderNameOf(one, standard)));
  return {
    candidates: going.map(({ obstacles: _, ...one }) => one),
    left: left.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
    unknownNames: [
      ...new Set(
        going.flatMap((one) =>
          patchAfterOf(one).flatMap((name) => (known.has(name) ? [] : [`${one.identifier}: ${name}`])),
        ),
      ),
    ].sort(),
  };
}

const keyOf = ({ identifier, account, region }: LeftDatabase): string => `${identifier} ${account} ${region}`;

/** One of another major has a train of its own, and nobody waits for it in this one. */
const isOlderMinor = ({ from }: TrainCandidate, to: string): boolean =>
  majorOf(from) === majorOf(to) && minorOf(from) < minorOf(to);
