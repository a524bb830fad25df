/** Pure: the rings of a train, and the databases that cannot go, each with the reason: they block nobody. */
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { unreachableText, type TargetDatabase, type UnreachableLocation } from "../../fleet-records";
import type { Obstacle } from "../../patches/obstacles";
import { releasedOn } from "../../patches/postgres-releases";
import type { PlanBasis } from "../../records";
import { patchOf } from "../database-patch/plan";
import { isInScope, namedScope, scopeFilters } from "../fleet-scope";
import { evidenceValidDays } from "./limits";
import { trainText } from "./plan-text";
import type { RingedPatchRequest } from "./request";
import { ringsOf, type LeftDatabase, type Ring } from "./rings";

/** A database of the fleet, with why it cannot be patched. */
export interface TrainCandidate extends TargetDatabase {
  from: string;
  /** The one that declares it; null: none, or several. */
  stack: string | null;
  tags: Record<string, string>;
  obstacles: Obstacle[];
}

export interface ObservedTrain {
  databases: TrainCandidate[];
  unreachable: UnreachableLocation[];
  /** Whether accounts and Regions are configured: then a request may name one. */
  located: boolean;
}

export interface TrainPlan extends PlanBasis {
  to: string;
  /** By our table of the community's releases; null if it is not in it. */
  releasedOn: string | null;
  rings: Ring[];
  left: LeftDatabase[];
  /** Databases of the scope that run the version already. */
  patched: number;
  located: boolean;
  /** Of each week, in UTC; null: the maintenance window of each database counts. */
  window: string | null;
  approves: string[];
  text: string;
}

/** Errors: train-empty. */
export function planTrain(request: RingedPatchRequest, observed: ObservedTrain, standard: Standard): TrainPlan {
  const { to } = request;
  const inScope = observed.databases.filter((one) => isInScope(request, one, standard));
  const going = inScope.filter((one) => one.from !== to && one.obstacles.length === 0);
  const left = inScope.flatMap(({ identifier, account, region, obstacles: [first] }): LeftDatabase[] =>
    first ? [{ identifier, account, region, ...first }] : [],
  );
  const patched = inScope.filter((one) => one.from === to && one.obstacles.length === 0).length;
  const candidates = going.flatMap(({ obstacles: _, stack, ...one }) => (stack === null ? [] : [{ ...one, stack }]));
  const rings = ringsOf(candidates, Math.round(request.bakeMinutes * 60), standard);
  const scope = namedScope(request, scopeFilters);
  if (rings.length === 0)
    throw new ShipshapeError("train-empty", {
      ...{ version: to, scope, patched },
      reasons: left.map(({ identifier, detail }) => `${identifier}: ${detail}`).join("; ") || "there is no other",
    });
  const plan = {
    ...{ to, releasedOn: releasedOn(to) ?? null, rings, left, patched },
    ...{ located: observed.located, window: request.window ?? null },
    unread: observed.unreachable.map(unreachableText),
  };
  const { unread: _, ...kept } = plan;
  return {
    target: `${to}: ${scope}`,
    tags: {},
    evidenceValidDays,
    ...kept,
    approves: rings.flatMap(({ databases }) => databases.map((one) => patchOf({ ...one, to }))),
    text: trainText(plan, scope),
  };
}
