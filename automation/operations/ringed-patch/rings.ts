/** Pure: which databases are patched together. Each tier begins with one, and the next ring is larger by a factor. */
import { environmentsOf, tiersOf, type Standard } from "../../../components/standards/standard";
import type { TargetDatabase } from "../../fleet-records";
import type { Obstacle } from "../../patches/obstacles";
import { tierOf } from "../../tier-of";
import { databasesAtOnceMax, patchSecondsPlanned, ringGrowth, ringSizeMax } from "./limits";

/** A database that can be patched. */
export interface Candidate extends TargetDatabase {
  from: string;
  stack: string;
  tags: Record<string, string>;
}

export interface PlannedDatabase extends TargetDatabase {
  from: string;
  stack: string;
  tier: string;
  environment: string;
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

export function ringsOf(candidates: readonly Candidate[], bakeSeconds: number, standard: Standard): Ring[] {
  const rings: Ring[] = [];
  for (const databases of byTier(candidates, standard)) {
    let size = 1;
    for (let at = 0; at < databases.length; size = Math.min(size * ringGrowth, ringSizeMax)) {
      const together = databases.slice(at, at + size);
      const atOnce = Math.min(together.length, databasesAtOnceMax);
      const patching = Math.ceil(together.length / atOnce) * patchSecondsPlanned;
      rings.push({
        ...{ number: rings.length + 1, databases: together, atOnce, bakeSeconds },
        wayBackLossSecondsMax: bakeSeconds + patching,
      });
      at += together.length;
    }
  }
  return rings;
}

/** The least strict comes first: its tier's ring, then its environment, then its tier. */
function byTier(candidates: readonly Candidate[], standard: Standard): PlannedDatabase[][] {
  const [environments, tiers]: string[][] = [environmentsOf(standard), tiersOf(standard)];
  const ranked = candidates.map(({ tags, ...one }) => {
    const { tier, environment, objectives } = tierOf(tags, standard);
    const rank = [objectives.ring, -environments!.indexOf(environment), -tiers!.indexOf(tier)];
    return { rank, database: { ...one, tier, environment } };
  });
  ranked.sort((one, other) => {
    const differs = one.rank.findIndex((value, at) => value !== other.rank[at]);
    if (differs !== -1) return one.rank[differs]! - other.rank[differs]!;
    return nameOf(one.database) < nameOf(other.database) ? -1 : 1;
  });
  const groups = new Map<number, PlannedDatabase[]>();
  for (const { rank, database } of ranked) {
    const group = groups.get(rank[0]!);
    if (group) group.push(database);
    else groups.set(rank[0]!, [database]);
  }
  return [...groups.values()];
}

const nameOf = ({ identifier, account, region }: TargetDatabase): string => `${identifier} ${account} ${region}`;
