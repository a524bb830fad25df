/** Pure: whether what was changed outside is as declared again, and nothing else has come up. */
import { parameterGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import { verdictOf, type Check, type Verdict } from "../../records";
import type { Committed } from "../../runner/git-folder";
import type { PlannedStep } from "../../runner/planned-steps";
import { nameOf, shortName, type KnownDifference } from "../drift-detection/known-differences";
import { differencesIn } from "../drift-detection/verify";
import { deliveredCheck } from "../stack-changes";
import { isAbout, isAnswered, isPending, type RepairChange } from "./changes";
import { foreseen, type DriftRepairPlan, type ObservedDrift } from "./plan";
import { listed } from "./refusals";

/** What is observed once the stack was brought up. */
export type RepairOutcome =
  | { deliveredUntil: string }
  /** `waitsUntil`: until when the fleet should show what RDS does in its window. */
  | (ObservedDrift & { committed: Committed; waitsUntil?: string });

export function verifyRepair(plan: DriftRepairPlan, outcome: RepairOutcome): Verdict {
  if ("deliveredUntil" in outcome) return verdictOf([deliveredCheck(plan, outcome.deliveredUntil)]);
  const found = differencesIn(outcome.detection.plan, outcome.detection.outcome);
  const next = foreseen(outcome).changes;
  return verdictOf([
    ...plan.changes.map((change) => isPutBack(plan, change, found, next)),
    upChangesNothing(outcome.up, next, plan),
    nothingElseAppeared(plan, found),
    ...(found.some(isLeft(plan, true)) ? [leftAsAsked(plan, found)] : []),
    ...(found.some(isLeft(plan, false)) ? [leftToPeople(plan, found)] : []),
  ]);
}

function isPutBack(
  { maintenanceWindow }: DriftRepairPlan,
  change: RepairChange,
  found: KnownDifference[],
  next: RepairChange[],
): Check {
  const { name, from, to } = change;
  const differing = found.filter((one) => isAbout(change, one));
  const drifted = differing.find(isAnswered);
  const again = next.find((one) => one.name === name);
  const waits = differing.find(isPending) ?? found.find((one) => isParameters(change) && isNotInEffect(one));
  const of = (verdict: Check["verdict"], explanation: string): Check => ({ name, verdict, explanation, figures: {} });
  if (drifted) return of("fail", `declared ${drifted.desired}, still ${drifted.actual}: ${drifted.reason}`);
  // Until then another `up` would ask for it again.
  if (waits)
    return of("inconclusive", `accepted, not done: ${from} → ${to}; ${waits.reason}, window ${maintenanceWindow} UTC`);
  if (again) return of("fail", `another \`up\` would change it again: ${again.from} → ${again.to}`);
  return of("pass", `${from} → ${to}`);
}

/** A static parameter is set at once, and takes effect at the next restart of the instance. */
const isParameters = ({ type, property }: RepairChange): boolean =>
  type === parameterGroup && property === "parameters";
const isNotInEffect = (one: KnownDifference): boolean => isPending(one) && one.property === "parameterGroupName";

/** The engine has read the resources and, with the program's login, the database. */
function upChangesNothing(up: PlannedStep[] | null, next: RepairChange[], { changes }: DriftRepairPlan): Check {
  const others = (up ?? []).filter(({ op }) => op !== "create" && op !== "update").map(({ urn }) => shortName(urn));
  const named = [...new Set([...next.map(({ name }) => name), ...others])];
  return {
    name: "another-up-changes-nothing",
    verdict: up === null ? "inconclusive" : named.length > 0 ? "fail" : "pass",
    explanation:
      up === null
        ? "it was not previewed"
        : named.length > 0
          ? `it would change ${listed(named)}`
          : `the engine has read every resource, and those in the database: nothing differs from the program`,
    figures: { changes: named.length, planned: changes.length },
  };
}

const planned = ({ changes }: DriftRepairPlan, one: KnownDifference): boolean =>
  changes.some((change) => isAbout(change, one));

const isLeft =
  (plan: DriftRepairPlan, isExcluded?: boolean) =>
  (one: KnownDifference): boolean =>
    isAnswered(one) &&
    !planned(plan, one) &&
    plan.left.some(
      (left) => left.name === nameOf(one) && (isExcluded === undefined || isExcluded === (left.isExcluded === true)),
    );

function nothingElseAppeared(plan: DriftRepairPlan, found: KnownDifference[]): Check {
  const others = found.filter((one) => isAnswered(one) && !planned(plan, one) && !isLeft(plan)(one));
  return {
    name: "nothing-else-differs",
    verdict: others.some((one) => one.class !== "unreadable") ? "fail" : others.length > 0 ? "inconclusive" : "pass",
    explanation:
      others.length > 0
        ? listed(others.map((one) => `${nameOf(one)}: declared ${one.desired}, actual ${one.actual}`))
        : "a drift detection found nothing that the plan does not name",
    figures: { others: others.length },
  };
}

/** Nobody asked for it: its finding stays open. */
function leftAsAsked(plan: DriftRepairPlan, found: KnownDifference[]): Check {
  const names = found.filter(isLeft(plan, true)).map(nameOf);
  return {
    name: "left-as-it-is",
    verdict: "pass",
    explanation: `not asked for, and still so: ${listed(names)}`,
    figures: { left: names.length },
  };
}

function leftToPeople(plan: DriftRepairPlan, found: KnownDifference[]): Check {
  const names = new Set(found.filter(isLeft(plan, false)).map(nameOf));
  const left = plan.left.filter(({ name }) => names.has(name));
  return {
    name: "left-to-people",
    verdict: "inconclusive",
    explanation: listed(left.map(({ name, remedy }) => `${name}: ${remedy}`)),
    figures: { left: left.length },
  };
}
