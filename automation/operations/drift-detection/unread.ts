/** Pure: what a detection says of a database that could not be read, in part or at all; the rest goes on. */
import { describeError } from "../../errors";
import type { BeyondProvider } from "./beyond-provider";
import type { InstanceNow } from "./differences";
import type { DriftDetectionPlan } from "./plan";
import type { Comparison } from "./verify";

/** A stack that cannot be read is a difference of its own. Whatever else fails fails the run. */
export function stackUnread(error: unknown): Comparison {
  const { code, message, hint } = describeError(error);
  if (code !== "stack-unreadable") throw error;
  return {
    ...{ resources: 0, databaseWasRead: false, unread: [], failure: `${message}; ${hint}` },
    ...{ differences: [], differencesLeftOut: 0 },
  };
}

/** Of a database that RDS does not describe nothing is known, unless the refresh, too, finds it gone. */
export function beyondMissing(
  { beyond }: Pick<DriftDetectionPlan, "beyond">,
  { reason, isGone }: NonNullable<InstanceNow["missing"]>,
  comparison: Comparison | null,
): BeyondProvider {
  // Another instance of its stack may be gone, too.
  const isFound = comparison?.differences.some(
    ({ urn, property }) => urn === beyond.instance?.urn && property === null,
  );
  return { differences: [], unread: isGone && isFound ? [] : [`DescribeDBInstances: ${reason}`] };
}
