/** Pure: from what differs and what an `up` would do to the one change that is approved, or to why there is none. */
import type { Standard } from "../../../components/standards/standard";
import type { ExpectedValue, PlannedChange, TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { planStackChange, type ObservedStack } from "../../runner/stack-change";
import type { PlannedStep } from "../../runner/planned-steps";
import { followsStill } from "../../tier-of";
import type { DriftDetectionPlan } from "../drift-detection/plan";
import type { OneDatabase } from "../drift-detection/request";
import { nameOf } from "../drift-detection/known-differences";
import { differencesIn, type DriftDetectionOutcome } from "../drift-detection/verify";
import { apiNameOf } from "./api-names";
import {
  changesFromDifferences,
  changesOf,
  isAhead,
  isAnswered,
  isPending,
  valueOf,
  type RepairChange,
} from "./changes";
import { losesData, refuse } from "./refusals";
import { leftOf, repairText, type Left } from "./repair-text";
import type { DriftRepairRequest } from "./request";

/**
 * What a drift detection found, the stack, and what an `up` of it would do: null where others have the program, and
 * where the program refuses what is newer than declared.
 */
export interface ObservedDrift {
  detection: { plan: DriftDetectionPlan; outcome: DriftDetectionOutcome };
  stack: ObservedStack;
  up: PlannedStep[] | null;
}

export interface DriftRepairPlan extends PlanBasis {
  database: TargetDatabase;
  change: PlannedChange;
  /** Of the drift detection, before and afterwards. */
  asked: OneDatabase;
  detection: DriftDetectionPlan;
  /** Everything that the `up` changes, drift or not. */
  changes: RepairChange[];
  /** What a detection found and an `up` does not repair, each with what to do. */
  left: Left[];
  /** When RDS applies what waits, UTC. */
  maintenanceWindow: string;
}

/** Errors: those of errors.ts, stack-config-invalid. */
export function planDriftRepair(
  request: DriftRepairRequest,
  { detection, stack, up }: ObservedDrift,
  requestId: string,
): DriftRepairPlan {
  const { database, tags, heldTo, target, evidenceValidDays } = detection.plan;
  const { changes, left } = foreseen({ detection, up });
  const maintenanceWindow = windowAfter(changes, detection.outcome.now.maintenanceWindow);
  const ahead = up ? [] : differencesIn(detection.plan, detection.outcome).filter(isAhead);
  refuse({ request, up, stack: stack.stack, changes, ahead, maintenanceWindow });
  const change = planStackChange({ ...wanted(changes), requestId }, stack);
  return {
    target,
    database,
    tags,
    ...(heldTo && { heldTo }),
    evidenceValidDays,
    change: { ...change, text: `${repairText(changes, left, maintenanceWindow)}\n${change.text}` },
    asked: askedOf(request),
    detection: detection.plan,
    changes,
    left,
    maintenanceWindow,
    ...(changes.some(({ takes }) => takes === "restart at once") && { interrupts: { maintenanceWindow } }),
  };
}

export const askedOf = ({ database, account, region }: DriftRepairRequest): OneDatabase => ({
  database,
  ...(account !== undefined && { account }),
  ...(region !== undefined && { region }),
});

/**
 * What an `up` would change. Left out is what it would not: what the provider does not send, and what RDS has accepted
 * already, for which a repeated `up` asks again until it is done.
 */
export function foreseen({ detection, up }: Omit<ObservedDrift, "stack">): Pick<DriftRepairPlan, "changes" | "left"> {
  const differences = differencesIn(detection.plan, detection.outcome);
  const answered = differences.filter(isAnswered);
  const { now } = detection.outcome;
  const drifted = new Set(answered.map(nameOf));
  const waiting = new Set(differences.filter(isPending).map(nameOf));
  const isDone = ({ name, takes }: RepairChange) => takes === "by hand" || (waiting.has(name) && !drifted.has(name));
  const all = up ? changesOf(up) : changesFromDifferences(differences, now);
  const changes = all.filter((change) => !isDone(change));
  return { changes, left: leftOf(answered, changes, now) };
}

/** The window may have been moved outside, too: RDS waits for the one that it has then. */
const windowAfter = (changes: RepairChange[], now: string): string =>
  changes.find(({ name }) => name.endsWith("-instance.maintenanceWindow"))?.to ?? now;

const wanted = (changes: RepairChange[]) => ({
  set: [],
  why: `What was changed outside is put back: ${changes.map(({ name }) => name).join(", ")}.`,
  expected: expectedOf(changes),
});

/** What the RDS API shows of the instance afterwards. */
const expectedOf = (changes: RepairChange[]): ExpectedValue[] =>
  changes.flatMap(({ type, property, from, to }) => {
    const name = apiNameOf(type, property);
    return name === undefined ? [] : [{ property: name, from: valueOf(from), to: valueOf(to) }];
  });

/** What the `up` has asked for and RDS has not done yet. */
export function waitingOf({ changes }: DriftRepairPlan, { detection }: ObservedDrift): ExpectedValue[] {
  const found = differencesIn(detection.plan, detection.outcome);
  const waiting = new Set(found.filter(isPending).map(nameOf));
  return expectedOf(changes.filter(({ name }) => waiting.has(name)));
}

/** Another database, other tags, another config, or an `up` that would change something else is planned again. */
export function repairStillHolds(plan: DriftRepairPlan, observed: ObservedDrift, standard: Standard): boolean {
  const { changes } = foreseen(observed);
  const { requestId } = plan.change;
  const change = planStackChange({ ...wanted(changes), requestId }, observed.stack);
  const decided = ({ database, tags, stack }: DriftDetectionPlan) => ({ database, tags, stack });
  return (
    followsStill(plan, standard) &&
    // No change of a property: planned again, it is refused.
    !(observed.up ?? []).some(losesData) &&
    canonicalJson([decided(plan.detection), plan.changes]) ===
      canonicalJson([decided(observed.detection.plan), changes]) &&
    canonicalJson({ ...plan.change, text: "" }) === canonicalJson({ ...change, text: "" })
  );
}
