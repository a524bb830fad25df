/** Pure: from what differs and what an `up` would do to the one change that is approved, or to why there is none. */
import type { Standard } from "../../../components/standards/standard";
import type { ExpectedValue, PlannedChange, TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { planStackChange, type ObservedStack } from "../../runner/stack-change";
import type { PlannedStep } from "../../runner/planned-steps";
import { followsStill, heldTo } from "../../tier-of";
import type { DriftDetectionPlan } from "../drift-detection/plan";
import type { OneDatabase } from "../drift-detection/request";
import { nameOf } from "../drift-detection/known-differences";
import { differencesIn, type DriftDetectionOutcome } from "../drift-detection/verify";
import { apiNameOf } from "./api-names";
import { changesFromDifferences, changesOf, isAhead, isAnswered, isPending, type RepairChange } from "./changes";
import { declaredTags, tagsNotApplied } from "./declared-tags";
import { protectionOf } from "./protection";
import { losesData, refuse } from "./refusals";
import { leftOf, repairText, type Left } from "./repair-text";
import { namesIn, type DriftRepairRequest } from "./request";

/**
 * What a drift detection found, the stack, and what an `up` of it would do: null where others have the program, and
 * where the program refuses what is newer than declared.
 */
export interface ObservedDrift {
  detection: { plan: DriftDetectionPlan; outcome: DriftDetectionOutcome };
  stack: ObservedStack;
  /** Of the resources in `targets` alone, if there are any. */
  up: PlannedStep[] | null;
  /** Where only a part was asked for: its resources, and what an `up` of the whole stack would do. */
  part?: { targets: string[]; whole: PlannedStep[] | null };
}

export interface DriftRepairPlan extends PlanBasis {
  database: TargetDatabase;
  change: PlannedChange;
  /** Of the drift detection, before and afterwards. */
  asked: OneDatabase;
  /** What is to be put back, by the names that were given. @default all of it */
  names?: string[];
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
  observed: ObservedDrift,
  requestId: string,
  standard: Standard,
): DriftRepairPlan {
  const { detection, stack, up } = observed;
  const { database, target, evidenceValidDays } = detection.plan;
  const names = namesIn(request);
  const { changes, left } = foreseen(observed, names);
  const maintenanceWindow = windowAfter(observed, changes);
  const ahead = up ? [] : differencesIn(detection.plan, detection.outcome).filter(isAhead);
  const unnamed = observed.part ? tagsNotApplied(detection.plan, observed.part.whole) : [];
  refuse({ request, names, up, stack: stack.stack, changes, unnamed, ahead, maintenanceWindow });
  const change = planStackChange({ ...wanted(observed, changes), requestId }, stack);
  const tags = tagsOf(observed);
  const protection = protectionOf(changes);
  return {
    target,
    database,
    tags,
    heldTo: heldTo(tags, standard),
    evidenceValidDays,
    change: { ...change, text: `${repairText(changes, left, maintenanceWindow)}\n${change.text}` },
    asked: askedOf(request),
    ...(names && { names }),
    detection: detection.plan,
    changes,
    left,
    maintenanceWindow,
    ...(protection && { restoresProtection: protection }),
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
export function foreseen(
  { detection, up, part }: Omit<ObservedDrift, "stack">,
  names?: readonly string[],
): Pick<DriftRepairPlan, "changes" | "left"> {
  const differences = differencesIn(detection.plan, detection.outcome);
  const answered = differences.filter(isAnswered);
  const { now } = detection.outcome;
  const drifted = new Set(answered.map(nameOf));
  const waiting = new Set(differences.filter(isPending).map(nameOf));
  const isDone = ({ name, takes }: RepairChange) => takes === "by hand" || (waiting.has(name) && !drifted.has(name));
  const isInPart = ({ urn }: RepairChange) => part === undefined || part.targets.includes(urn);
  const all = up ? changesOf(up) : changesFromDifferences(differences, now);
  const changes = all.filter((change) => isInPart(change) && !isDone(change));
  return { changes, left: leftOf(answered, changes, now, names) };
}

/** As they are declared, also where only a part is brought up. */
const tagsOf = ({ detection: { plan, outcome }, up, part }: ObservedDrift) =>
  declaredTags(plan, outcome, part ? part.whole : up);

/** A stack may have several: what is expected, and when, is of the one that was asked for. */
const ofDatabase = ({ detection }: Pick<ObservedDrift, "detection">, changes: RepairChange[]): RepairChange[] =>
  changes.filter(({ urn }) => urn === detection.plan.beyond.instance?.urn);

/** The window may have been moved outside, too: RDS waits for the one that it has then. */
const windowAfter = (observed: ObservedDrift, changes: RepairChange[]): string =>
  ofDatabase(observed, changes).find(({ property }) => property === "maintenanceWindow")?.to ??
  observed.detection.outcome.now.maintenanceWindow;

const wanted = (observed: ObservedDrift, changes: RepairChange[]) => ({
  set: [],
  why: `What was changed outside is put back: ${changes.map(({ name }) => name).join(", ")}.`,
  expected: expectedOf(ofDatabase(observed, changes)),
  ...(observed.part && { targets: observed.part.targets }),
});

/** What the RDS API shows of the instance afterwards. */
const expectedOf = (changes: RepairChange[]): ExpectedValue[] =>
  changes.flatMap(({ type, property, values }) => {
    const name = apiNameOf(type, property);
    return name === undefined || values === undefined ? [] : [{ property: name, ...values }];
  });

/** What the `up` has asked for and RDS has not done yet. */
export function waitingOf({ changes }: DriftRepairPlan, found: ObservedDrift): ExpectedValue[] {
  const differences = differencesIn(found.detection.plan, found.detection.outcome);
  const waiting = differences.filter(isPending);
  const waits = ({ urn, property }: RepairChange) =>
    waiting.some((one) => one.urn === urn && one.property === property);
  return expectedOf(ofDatabase(found, changes).filter(waits));
}

/** Another database, other tags, another config, or an `up` that would change something else is planned again. */
export function repairStillHolds(plan: DriftRepairPlan, observed: ObservedDrift, standard: Standard): boolean {
  const { changes } = foreseen(observed);
  const tags = tagsOf(observed);
  const { requestId } = plan.change;
  const change = planStackChange({ ...wanted(observed, changes), requestId }, observed.stack);
  const decided = ({ database, tags, stack }: DriftDetectionPlan) => ({ database, tags, stack });
  return (
    followsStill(plan, standard) &&
    // No change of a property: planned again, it is refused.
    !(observed.up ?? []).some(losesData) &&
    canonicalJson([decided(plan.detection), plan.tags, plan.changes]) ===
      canonicalJson([decided(observed.detection.plan), tags, changes]) &&
    canonicalJson({ ...plan.change, text: "" }) === canonicalJson({ ...change, text: "" })
  );
}
