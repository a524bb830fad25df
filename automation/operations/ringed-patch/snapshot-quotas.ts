/**
 * Pure: whether the snapshots of a train fit into the quotas of its accounts and Regions: each patch takes one, and all
 * stay until the train is over. A quota can be raised meanwhile, so what does not fit is said, and blocks nobody.
 */
import type { TargetDatabase } from "../../fleet-records";

export type Place = Pick<TargetDatabase, "account" | "region">;

/** Of one account and Region, or why it is not known. */
export type PlacedQuota = Place & ({ used: number; max: number } | { unread: string });

/** One that is too small for the train, or not known. */
export type SnapshotShortage = PlacedQuota & { needed: number };

export function snapshotShortages(databases: readonly Place[], quotas: readonly PlacedQuota[]): SnapshotShortage[] {
  const needed = new Map<string, number>();
  for (const one of databases) needed.set(nameOf(one), (needed.get(nameOf(one)) ?? 0) + 1);
  return quotas.flatMap((quota): SnapshotShortage[] => {
    const count = needed.get(nameOf(quota)) ?? 0;
    const fits = count === 0 || (!("unread" in quota) && quota.used + count <= quota.max);
    return fits ? [] : [{ ...quota, needed: count }];
  });
}

/** Each once. */
export const placesOf = (databases: readonly Place[]): Place[] => [
  ...new Map(databases.map((one) => [nameOf(one), { account: one.account, region: one.region }])).values(),
];

/** A line of the plan. */
export function shortageText(one: SnapshotShortage): string {
  const takes = `takes ${one.needed} snapshot${one.needed === 1 ? "" : "s"} in ${nameOf(one)}`;
  if ("unread" in one) return `It ${takes}, and whether they fit is not known: ${one.unread}`;
  const free = Math.max(0, one.max - one.used);
  return `It ${takes}, where RDS takes ${free} more (${one.used} of ${one.max} are used): with none left a patch fails before anything is changed, and halts the train. Delete some, or raise the quota.`;
}

const nameOf = ({ account, region }: Place): string => `${account} ${region}`.trim();
