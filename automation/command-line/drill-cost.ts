/** How the costs of drills are shown. */
import type { CostedDrill, CostOfDay, DrillCost } from "../observability/drill-cost";
import { printable } from "../printable";
import { costlyDrillsNamedMax } from "./limits";

const amount = (hundredths: number) => (hundredths / 100).toFixed(2);

export const costCell = ({ hundredths, currency }: DrillCost): string => `${amount(hundredths)} ${currency}`;

/** As wide as its cells, so that names get the columns that are left. */
export const costHeading = (drills: CostedDrill[]): string =>
  "COST".padEnd(Math.max(0, ...drills.map(({ cost }) => (cost ? costCell(cost).length : 0))));

/** What the estimate is made of. */
export const costText = ({ hours, isMeasured, unpriced }: DrillCost): string[] => [
  `a copy for ${hours.toFixed(1)} h, ${isMeasured ? "as in earlier drills" : "as its tier allows"}`,
  ...unpriced.map((name) => `${name || "an unknown class or storage"} has no price: the highest listed one is assumed`),
];

/** What is left today. */
export function costOfDay(day: CostOfDay | undefined): string {
  if (!day) return "the cost of drills is unknown: shipshape.yaml has no `prices`; the budget only counts drills";
  const spent = `the drills of the last 24 hours cost about ${amount(day.spent)} ${day.currency}`;
  if (!day.budget) return `${spent}; shipshape.yaml has no \`costPerDay\`: the budget only counts drills`;
  return `${spent}, and ${amount(day.budget.left)} of ${amount(day.budget.perDay)} are left`;
}

/** Which due drills wait because of what they cost, and what to do about those that no day has room for. */
export function heldLines(drills: CostedDrill[], day: CostOfDay | undefined): string[] {
  if (!day?.budget) return [];
  const namesOf = (held: CostedDrill["held"]) =>
    drills.filter((one) => one.held === held).map(({ recovery }) => printable(recovery.database.identifier));
  const [waiting, overBudget] = [namesOf("no-room"), namesOf("over-budget")];
  return [
    ...(waiting.length > 0
      ? [`due, and waiting until the drills of 24 hours leave room in \`costPerDay\`: ${listed(waiting)}`]
      : []),
    ...(overBudget.length > 0
      ? [
          `never requested by the schedule, as one drill costs more than \`costPerDay\` allows: ${listed(overBudget)}; raise it, or request them: \`npx shipshape request restore-drill --database ${overBudget[0]} --reason "over the schedule's daily cost"\``,
        ]
      : []),
  ];
}

function listed(names: string[]): string {
  const more = names.length - costlyDrillsNamedMax;
  return more > 0 ? `${names.slice(0, costlyDrillsNamedMax).join(", ")} and ${more} more` : names.join(", ");
}

/** The same as JSON, in units of the currency. */
export const costRecord = (cost: DrillCost, held: CostedDrill["held"], { spent, budget }: CostOfDay) => ({
  estimate: cost.hundredths / 100,
  currency: cost.currency,
  hours: cost.hours,
  measured: cost.isMeasured,
  unpriced: cost.unpriced,
  held: held ?? null,
  ofLastDay: spent / 100,
  left: budget ? budget.left / 100 : null,
});
