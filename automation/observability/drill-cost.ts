/**
 * Pure: what a drill costs, by the company's own prices, and which due drills a day's budget has room for. An estimate:
 * the copy's instance and storage, for as long as drills of that database keep it.
 */
import type { FleetDatabase } from "../fleet-records";
import { drillSchedule, recentOf, type DrillableDatabase, type DrillSchedule, type RecentDrills } from "./due-drills";
import { copyHoursMin, drillHoursBesideReading, hoursOfMonth } from "./limits";
import type { DatabaseRecovery } from "./recoverability";

/** Section `prices` of `shipshape.yaml`. */
export interface Prices {
  currency: string;
  /** What the drills of 24 hours may cost. @default they are only counted */
  costPerDay?: number | undefined;
  /** By instance class. */
  instanceHour: Readonly<Record<string, number>>;
  /** By storage type. */
  storageGbMonth: Readonly<Record<string, number | undefined>>;
}

export interface DrillCost {
  /** In hundredths of the currency, rounded up: whole numbers add up to the same sum in any order. */
  hundredths: number;
  currency: string;
  hours: number;
  /** Whether earlier drills took that long; otherwise the tier's budget for reading decides. */
  isMeasured: boolean;
  /** What has no price, so that the highest listed one was assumed: a class, a type of storage, or both. */
  unpriced: string[];
}

/** The copy of a drill has the class and the storage of its source, and no standby (restore-drill/plan.ts). */
export function drillCost(
  { instanceClass, storageGib, storageType }: FleetDatabase["size"],
  { beside, decidedBy }: Pick<DatabaseRecovery, "beside" | "decidedBy">,
  readingHoursMax: number,
  prices: Prices,
): DrillCost {
  // The longest of the newest: one that ended early says little about the next.
  const measured = [decidedBy, ...beside].flatMap((drill) => drill?.copyHours ?? []);
  const isMeasured = measured.length > 0;
  const hours = Math.max(copyHoursMin, ...(isMeasured ? measured : [readingHoursMax + drillHoursBesideReading]));
  const unpriced: string[] = [];
  const priceOf = (listed: Readonly<Record<string, number | undefined>>, name: string): number => {
    if (Object.hasOwn(listed, name) && listed[name] !== undefined) return listed[name];
    unpriced.push(name);
    return Math.max(...Object.values(listed).flatMap((price) => price ?? []));
  };
  const anHour =
    priceOf(prices.instanceHour, instanceClass) +
    (storageGib * priceOf(prices.storageGbMonth, storageType)) / hoursOfMonth;
  // Without the noise of binary fractions: 1.1 × 100 is 110.00000000000001.
  return {
    hundredths: Math.ceil(Number((hours * anHour * 100).toFixed(6))),
    currency: prices.currency,
    hours,
    isMeasured,
    unpriced,
  };
}

export interface PricedDatabase extends DrillableDatabase {
  size: FleetDatabase["size"];
  readingHoursMax: number;
}

/** What the last 24 hours have cost, in hundredths of the currency. */
export interface CostOfDay {
  currency: string;
  spent: number;
  /** What 24 hours may cost, and what is left of it; undefined without such a budget. */
  budget: { perDay: number; left: number } | undefined;
}

export interface CostedDrill extends DrillSchedule {
  /** Undefined: unknown without prices. */
  cost: DrillCost | undefined;
  /**
   * Why it is due and not requested now: what others cost leaves no room for it in these 24 hours, or it costs more than
   * they may.
   */
  held: "no-room" | "over-budget" | undefined;
}

/**
 * The schedule with what each drill costs, and what the day's cost holds. Each request of the last 24 hours counts,
 * requested by people or not, as if its drill were made today.
 */
export function costedDrills(
  databases: PricedDatabase[],
  recent: RecentDrills[],
  prices: Prices | undefined,
  now: Date,
): { drills: CostedDrill[]; day: CostOfDay | undefined } {
  const schedules = drillSchedule(databases, recent);
  if (!prices) return { drills: schedules.map((s) => ({ ...s, cost: undefined, held: undefined })), day: undefined };
  const costs = new Map(databases.map((d) => [d.recovery, drillCost(d.size, d.recovery, d.readingHoursMax, prices)]));
  const requestsOf = recentOf(recent);
  let spent = 0;
  for (const [{ database }, { hundredths }] of costs)
    for (const { ofLastDay } of requestsOf(database)) spent += hundredths * ofLastDay;
  const { currency, costPerDay } = prices;
  const perDay = costPerDay === undefined ? Infinity : Math.floor(Number((costPerDay * 100).toFixed(6)));
  const budget = costPerDay === undefined ? undefined : { perDay, left: Math.max(0, perDay - spent) };
  let room = perDay - spent;
  const drills = schedules.map((schedule): CostedDrill => {
    const cost = costs.get(schedule.recovery)!;
    const one = { ...schedule, cost, held: undefined };
    if (!schedule.dueAt || schedule.dueAt > now) return one;
    // One that no day has room for holds no other: people have to decide about it.
    if (cost.hundredths > perDay) return { ...one, held: "over-budget" };
    // The first without room holds those behind it, or cheaper ones would take its place every day.
    if (cost.hundredths > room) {
      room = -Infinity;
      return { ...one, held: "no-room" };
    }
    room -= cost.hundredths;
    return one;
  });
  return { drills, day: { currency, spent, budget } };
}

/** The same once these are requested too. */
export function costOnceRequested({ currency, spent, budget }: CostOfDay, drills: CostedDrill[]): CostOfDay {
  const more = drills.reduce((sum, { cost }) => sum + (cost?.hundredths ?? 0), 0);
  return { currency, spent: spent + more, budget: budget && { ...budget, left: budget.left - more } };
}
