/** Pure: a retirement is judged by what is gone, and by what stays. */
import { verdictOf, type Check, type Verdict } from "../../records";
import type { RetirePlan } from "./plan";
import type { FoundRetired } from "./steps";

export interface RetireOutcome {
  found: FoundRetired;
}

export function verifyRetirement(plan: RetirePlan, { found }: RetireOutcome): Verdict {
  const { database, successor, snapshot } = plan;
  const of = (name: string, holds: boolean, explanation: string): Check => ({
    ...{ name, verdict: holds ? "pass" : "fail", explanation, figures: {} },
  });
  return verdictOf([
    of(
      "instance-is-gone",
      found.status === "gone",
      `${database.identifier} (${database.resourceId}) is ${found.status}, as DescribeDBInstances says`,
    ),
    of("last-snapshot-is-kept", found.snapshot === "available", `snapshot ${snapshot} is ${found.snapshot}`),
    of(
      "its-successor-is-untouched",
      found.successor === "available",
      `${successor.identifier} (${successor.resourceId}) is ${found.successor}`,
    ),
  ]);
}
