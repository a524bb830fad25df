/** Pure: what people approve, line by line, and what a repair leaves to them. */
import type { InstanceNow } from "../drift-detection/differences";
import { nameOf, type KnownDifference } from "../drift-detection/known-differences";
import { isAbout, isAskedFor, isNamed, type RepairChange, type Takes } from "./changes";

/** A difference that an `up` does not repair. */
export interface Left {
  name: string;
  desired: string;
  actual: string;
  /** What to do. */
  remedy: string;
  /** It was not asked for. */
  isExcluded?: true;
}

/** @param names what was asked for. @default all of it */
export function leftOf(
  differences: KnownDifference[],
  changes: RepairChange[],
  now: InstanceNow,
  names?: readonly string[],
): Left[] {
  const changesDatabase = changes.some(({ type }) => type.startsWith("postgresql:"));
  return differences
    .filter((one) => !changes.some((change) => isAbout(change, one)))
    .map((one) => ({
      ...{ name: nameOf(one), desired: one.desired, actual: one.actual },
      ...(names && !names.some((name) => isNamed({ name: nameOf(one) }, name))
        ? { remedy: "request it, too", isExcluded: true as const }
        : { remedy: one.source === "access" && changesDatabase ? perhaps : remedyOf(one, now) }),
    }));
}

/** A detection names what is inside a database by roles and objects, the engine by the resources that declare it. */
const perhaps = "the changes in the database may put it back: what is left then is a finding";

function remedyOf(difference: KnownDifference, now: InstanceNow): string {
  if (isAskedFor(difference, now)) return "`npx shipshape pending` prints the command that cancels it";
  if (difference.class !== "drift") return difference.remedy;
  return difference.property === null ? "remove it from the program" : "declare what is there, or set it back by hand";
}

export function repairText(changes: RepairChange[], left: Left[], window: string): string {
  const [excluded, others] = [left.filter((one) => one.isExcluded), left.filter((one) => !one.isExcluded)];
  const text = ({ name, desired, actual }: Left) => `  ${name}: declared ${desired}, actual ${actual}`;
  return [
    "It changes:",
    ...changes.map((one) => `  ${one.name}: ${one.from} → ${one.to}${when(one.takes, window)}${why(one)}`),
    ...(excluded.length > 0 ? ["It leaves as it is, since it was not asked for:"] : []),
    ...excluded.map(text),
    ...(others.length > 0 ? ["It does not repair, or may not:"] : []),
    ...others.map((one) => `${text(one)}; ${one.remedy}`),
    "",
  ].join("\n");
}

const why = ({ isDrift }: RepairChange): string =>
  isDrift ? "" : " (not changed outside: it follows, or was declared and not brought up)";

/** Nothing of what is at once. */
const when = (takes: Takes, window: string): string =>
  ({
    "at once": "",
    "in the window": `, in the window ${window}`,
    "restart in the window": `, with a restart in the window ${window}`,
    "restart at once": ", with a restart at once",
    "at the next restart": ", at the next restart, which this is not",
    "by hand": "",
    never: "",
  })[takes];
