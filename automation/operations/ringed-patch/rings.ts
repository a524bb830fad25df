/**
 * Pure: which databases are patched together. Each tier begins with one, and the next ring is larger by a factor.
 * What waits for others, as it declares, comes in a later ring than those.
 */
import { environmentsOf, tiersOf, type Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import type { TargetDatabase } from "../../fleet-records";
import type { Obstacle } from "../../patches/obstacles";
import { tierOf } from "../../tier-of";
import { afterOf, inOrder, orderNameOf, type After } from "./declared-order";
import type { FoundRehearsal } from "./rehearsed";
import type { TeamCheck } from "./team-checks";
import { databasesAtOnceMax, patchSecondsPlanned, ringGrowths, ringSizeMax } from "./limits";
import { methodOf, type ChosenMethod } from "./methods";

/** A database that can be patched. */
export interface Candidate extends TargetDatabase {
  from: string;
  stack: string;
  tags: Record<string, string>;
  rehearsal?: FoundRehearsal | null;
  teamChecks?: TeamCheck[];
  /** Why it is not patched by blue/green. @default nothing stops it */
  noBlueGreen?: string[];
}

export interface PlannedDatabase extends TargetDatabase, ChosenMethod {
  from: string;
  stack: string;
  tier: string;
  environment: string;
  rehearsal?: FoundRehearsal | null;
  teamChecks?: TeamCheck[];
}

/** One that cannot be patched. */
export interface LeftDatabase extends Obstacle, Pick<TargetDatabase, "identifier" | "account" | "region"> {}

export interface Ring {
  number: number;
  databases: PlannedDatabase[];
  atOnce: number;
  bakeSeconds: number;
  /**
   * What a restore to the second before the patch loses at most, until the gate has decided: what is written since. The
   * way forward, to the next minor, loses nothing.
   */
  wayBackLossSecondsMax: number;
}

/** How fast a train grows. */
export interface Growth {
  /** By how much a ring may be larger than the largest that was well. */
  factor: number;
  /** Whether each tier begins with one database, or only the train. */
  canaryOfEach: boolean;
}

export interface RingedTrain {
  rings: Ring[];
  growth: Growth;
}

/** None of them waits for one that is not among them. Errors: train-cycle, train-rings. */
export function ringsOf(
  candidates: readonly Candidate[],
  { bakeSeconds, ringsMax }: { bakeSeconds: number; ringsMax: number | undefined },
  standard: Standard,
): RingedTrain {
  const after = afterOf(candidates, standard);
  const groups = inGroups(candidates, after, standard);
  let fewest = Infinity;
  for (const growth of ringsMax === undefined ? [ringGrowths[0]!] : ringGrowths) {
    const sized = splitGroups(groups, after, growth);
    fewest = Math.min(fewest, sized.length);
    if (ringsMax !== undefined && sized.length > ringsMax) continue;
    const rings = sized.map((together, at) =>
      ringOf(
        at + 1,
        together.map(({ database }) => database),
        bakeSeconds,
      ),
    );
    return { rings, growth };
  }
  throw new ShipshapeError("train-rings", { rings: ringsMax ?? 0, fewest, largest: ringSizeMax });
}

/** Those that are patched together, in order. */
function splitGroups(groups: readonly Ranked[][], after: After, { factor, canaryOfEach }: Growth): Ranked[][] {
  const rings: Ranked[][] = [];
  const toPatch = new Map<string, number>();
  for (const { name } of groups.flat()) if (name !== undefined) toPatch.set(name, (toPatch.get(name) ?? 0) + 1);
  const isFree = ({ name }: Ranked) =>
    name === undefined || (after.get(name) ?? []).every((before) => toPatch.get(before) === 0);
  let size = 1;
  for (const group of groups) {
    let left = group;
    if (canaryOfEach) size = 1;
    while (left.length > 0) {
      const [together, later]: [Ranked[], Ranked[]] = [[], []];
      for (const one of left) (together.length < size && isFree(one) ? together : later).push(one);
      rings.push(together);
      for (const { name } of together) if (name !== undefined) toPatch.set(name, toPatch.get(name)! - 1);
      left = later;
      // What waits for others may make a ring smaller: the next is still larger than one that was well.
      size = Math.min(Math.max(size, together.length * factor), ringSizeMax);
    }
  }
  return rings;
}

function ringOf(number: number, databases: PlannedDatabase[], bakeSeconds: number): Ring {
  const atOnce = Math.min(databases.length, databasesAtOnceMax);
  const patching = Math.ceil(databases.length / atOnce) * patchSecondsPlanned;
  return { number, databases, atOnce, bakeSeconds, wayBackLossSecondsMax: bakeSeconds + patching };
}

interface Ranked {
  rank: number[];
  /** By which others wait for it. */
  name: string | undefined;
  database: PlannedDatabase;
}

/**
 * The least strict comes first: its tier's ring, or that of the strictest that it waits for; then its environment, then
 * its tier.
 */
function inGroups(candidates: readonly Candidate[], after: After, standard: Standard): Ranked[][] {
  const [environments, tiers]: string[][] = [environmentsOf(standard), tiersOf(standard)];
  const ranked = candidates.map((one): Ranked => {
    const { tags, noBlueGreen: obstacles = [], ...declared } = one;
    const known = { ...declared, ...methodOf({ tags, obstacles }) };
    const { tier, environment, objectives } = tierOf(tags, standard);
    const rank = [objectives.ring, -environments!.indexOf(environment), -tiers!.indexOf(tier)];
    return { rank, name: orderNameOf(one, standard), database: { ...known, tier, environment } };
  });
  const ringOfName = latestRings(ranked, after);
  for (const one of ranked)
    one.rank[0] = Math.max(one.rank[0]!, ...(after.get(one.name ?? "") ?? []).map((name) => ringOfName.get(name) ?? 0));
  ranked.sort((one, other) => {
    const differs = one.rank.findIndex((value, at) => value !== other.rank[at]);
    if (differs !== -1) return one.rank[differs]! - other.rank[differs]!;
    return nameOf(one.database) < nameOf(other.database) ? -1 : 1;
  });
  const groups = new Map<number, Ranked[]>();
  for (const one of ranked) {
    const group = groups.get(one.rank[0]!);
    if (group) group.push(one);
    else groups.set(one.rank[0]!, [one]);
  }
  return [...groups.values()];
}

/** Of each name that others wait for: the last ring of the standard that has one of it. */
function latestRings(ranked: readonly Ranked[], after: After): Map<string, number> {
  const rings = new Map<string, number>();
  for (const { name, rank } of ranked)
    if (name !== undefined) rings.set(name, Math.max(rings.get(name) ?? 0, rank[0]!));
  for (const name of inOrder(after))
    rings.set(name, Math.max(rings.get(name) ?? 0, ...(after.get(name) ?? []).map((before) => rings.get(before) ?? 0)));
  return rings;
}

const nameOf = ({ identifier, account, region }: TargetDatabase): string => `${identifier} ${account} ${region}`;
