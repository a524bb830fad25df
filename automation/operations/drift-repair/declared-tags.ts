/**
 * Pure: the tags that a database will have once it is as declared. By these it is decided who approves, and how strictly
 * it is judged: those who can tag a database in AWS must not choose that.
 */
import type { PlannedStep } from "../../runner/planned-steps";
import type { DriftDetectionPlan } from "../drift-detection/plan";
import { differencesIn, type DriftDetectionOutcome } from "../drift-detection/verify";
import { changesOf, type RepairChange } from "./changes";

/**
 * Tags of the database that the program declares and nothing outside has changed: either a refresh has put others into
 * the state, or they were declared since. A part would be decided by them and leave them as they are.
 */
export const tagsNotApplied = (plan: DriftDetectionPlan, whole: PlannedStep[] | null): RepairChange[] =>
  changesOf(whole ?? []).filter(
    ({ urn, property, isDrift }) => urn === plan.beyond.instance?.urn && !isDrift && property?.startsWith("tags."),
  );

/** What the state declares of each, and over that what the program does: a refresh may have put drift into the state. */
export function declaredTags(
  plan: DriftDetectionPlan,
  outcome: DriftDetectionOutcome,
  /** Of the whole stack, where we have the program. */
  up: PlannedStep[] | null,
): Record<string, string> {
  const { tags, beyond } = plan;
  const urn = beyond.instance?.urn;
  const drifted = differencesIn(plan, outcome)
    .filter((one) => one.urn === urn && one.class === "drift")
    .map(({ property, values }) => [property, values?.desired] as const);
  const changed = changesOf(up ?? [])
    .filter((one) => one.urn === urn)
    .map(({ property, values }) => [property, values?.to] as const);
  const declared = new Map(Object.entries(tags));
  for (const [property, value] of [...drifted, ...changed]) {
    if (!property?.startsWith("tags.")) continue;
    if (value === null) declared.delete(property.slice("tags.".length));
    else if (value !== undefined) declared.set(property.slice("tags.".length), String(value));
  }
  return Object.fromEntries(declared);
}
