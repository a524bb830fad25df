/** Pure: which differences mean nothing, each rule with the values that it holds for. */
import { isDeepStrictEqual } from "node:util";
import { instance } from "../../../policypacks/database-guardrails/vocabulary/types";

interface Rule {
  type: string;
  property: string;
  /** Whether these two are the same, or nobody changed the one into the other. */
  holds(desired: unknown, actual: unknown, inputs: Record<string, unknown>): boolean;
  reason: string;
}

/** What a refresh with the real provider reports of databases that nobody has touched. */
const rules: Rule[] = [
  {
    ...{ type: instance, property: "latestRestorableTime" },
    holds: (desired, actual) => isMoment(actual) && (isNothing(desired) || isMoment(desired)),
    reason: "RDS moves it on every five minutes",
  },
  {
    ...{ type: instance, property: "allocatedStorage" },
    holds: (desired, actual, { maxAllocatedStorage: cap }) =>
      [desired, actual, cap].every((size) => typeof size === "number") &&
      (desired as number) < (actual as number) &&
      (actual as number) <= (cap as number),
    reason: "RDS lets storage grow up to the declared maximum",
  },
  {
    ...{ type: "aws:cloudwatch/metricAlarm:MetricAlarm", property: "metricQueries" },
    holds: (desired, actual) => isDeepStrictEqual(plain(withoutPeriod(desired)), plain(withoutPeriod(actual))),
    reason: "the provider reads a period of 0 where a query has none",
  },
];

/** Why it is no difference; undefined if it is one. */
export function noiseOf(
  type: string,
  property: string,
  desired: unknown,
  actual: unknown,
  inputs: Record<string, unknown>,
): string | undefined {
  if (isDeepStrictEqual(plain(desired), plain(actual)))
    return "the same, in another notation: null for empty, or another order of a set";
  return rules.find((rule) => rule.type === type && rule.property === property && rule.holds(desired, actual, inputs))
    ?.reason;
}

/** CloudWatch takes no period of 0, so that it can only stand for none. */
const withoutPeriod = (queries: unknown): unknown =>
  Array.isArray(queries)
    ? queries.map((query: unknown) =>
        typeof query === "object" && query !== null && "period" in query && query.period === 0
          ? { ...query, period: null }
          : query,
      )
    : queries;

const isMoment = (value: unknown): boolean => typeof value === "string" && !Number.isNaN(Date.parse(value));

const isNothing = (value: unknown): boolean => plain(value) === null;

/** Nothing for nothing, sets in one order, and a document's members, too. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string") return plainText(value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    return value.map((one) => JSON.stringify(plain(one))).sort();
  }
  const entries = Object.entries(value)
    .map(([name, one]) => [name, plain(one)] as const)
    .filter(([, one]) => one !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** AWS returns the members of a policy in another order than they were sent. */
function plainText(text: string): unknown {
  if (!text.startsWith("{")) return text;
  try {
    // Apart from what is no text, and with the empty ones: a document that is empty is not the same as none.
    return ["a document", JSON.stringify(inOrder(JSON.parse(text)))];
  } catch {
    return text;
  }
}

function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, one]) => [name, inOrder(one)]));
}
