/** Pure: from what a refresh read to what differs, property by property, and what each difference is. */
import { isDeepStrictEqual } from "node:util";
import type { Severity } from "../../../policypacks/database-guardrails/judging/rule";
import type { ReadResource } from "../../runner/pulumi-stack";
import { shownCharactersMax } from "./limits";
import { isAudited, severityOf } from "./protection";

/**
 * drift: changed outside a run. pending: accepted, and waits for its window or a restart. ahead: a newer minor than is
 * declared. noise: no difference in what it means. unmanaged: nothing declares it. unreadable: it could not be compared.
 */
export type DriftClass = "drift" | "pending" | "ahead" | "noise" | "unmanaged" | "unreadable";

export interface Difference {
  urn: string;
  type: string;
  /** Null: the resource as a whole. */
  property: string | null;
  /** As text that is shown; secrets are never in it. */
  desired: string;
  actual: string;
  class: DriftClass;
  /** Why it has that class. */
  reason: string;
  severity: Severity;
  /** The guardrails that the actual value breaks and the declared one does not. */
  breaks: string[];
}

/** What the RDS API says of an instance and the provider does not. */
export interface InstanceNow {
  status: string;
  maintenanceWindow: string;
  /** Accepted and not applied yet, by the provider's names. */
  pending: Record<string, unknown>;
  /** "in-sync", or that a restart or an application is missing. */
  parameters: { group: string; status: string }[];
}

const instanceType = "aws:rds/instance:Instance";

/** Only what differs; empty if the resource is as declared. */
export function differencesOf(
  resource: ReadResource,
  now: InstanceNow | undefined,
  breaks: (property: string) => string[],
): Difference[] {
  const { urn, type, op, old, new: found } = resource;
  if (op === "delete") return [gone(urn, type)];
  const names = new Set([
    ...resource.differing.map((path) => path.split(/[.[]/)[0]!),
    // The provider compares only what the program gave it; an unset property drifts unseen.
    ...Object.keys({ ...old.outputs, ...found.outputs }).filter((name) => isAudited(type, name)),
  ]);
  // With the tags of the provider: of no interest where its own say the same.
  if (names.has("tags")) names.delete("tagsAll");
  return [...names].sort().flatMap((name) => {
    const desired = name in old.inputs ? old.inputs[name] : old.outputs[name];
    const actual = name in found.outputs ? found.outputs[name] : found.inputs[name];
    if (isDeepStrictEqual(desired, actual)) return [];
    const { kind, reason } = classOf(type, name, desired, actual, now);
    const rest = { class: kind, reason, severity: severityOf(name), breaks: kind === "drift" ? breaks(name) : [] };
    return parts(name, desired, actual).map(([property, one, other]) => ({
      ...{ urn, type, property, desired: shownOf(one), actual: shownOf(other) },
      ...rest,
    }));
  });
}

const gone = (urn: string, type: string): Difference => ({
  ...{ urn, type, property: null, desired: "exists", actual: "is gone", class: "drift" },
  ...{ reason: "it was deleted outside", severity: "critical", breaks: [] },
});

/** Tags differ one by one. */
function parts(
  name: string,
  desired: unknown,
  actual: unknown,
): [property: string, desired: unknown, actual: unknown][] {
  if (name !== "tags" && name !== "tagsAll") return [[name, desired, actual]];
  const [one, other] = [desired ?? {}, actual ?? {}] as Record<string, unknown>[];
  return Object.keys({ ...one, ...other })
    .filter((key) => !isDeepStrictEqual(one![key], other![key]))
    .sort()
    .map((key) => [`tags.${key}`, one![key], other![key]]);
}

/** What waits in RDS for the instance, and what its resource does not show. */
export function waitingOf(urn: string, inputs: Record<string, unknown>, now: InstanceNow): Difference[] {
  const of = (property: string, desired: unknown, actual: unknown, kind: DriftClass, reason: string): Difference => ({
    ...{ urn, type: instanceType, property, desired: shownOf(desired), actual: shownOf(actual) },
    ...{ class: kind, reason, severity: severityOf(property), breaks: [] },
  });
  return [
    ...Object.entries(now.pending)
      .filter(([name, value]) => !isDeepStrictEqual(inputs[name], value))
      .map(([name, value]) =>
        of(
          name,
          inputs[name],
          value,
          "drift",
          `nothing declares it, and RDS applies it in the window ${now.maintenanceWindow}`,
        ),
      ),
    ...now.parameters
      .filter(({ status }) => status !== "in-sync")
      .map(({ group, status }) =>
        of("parameterGroupName", `${group} in effect`, status, "pending", "its parameters take effect at a restart"),
      ),
  ];
}

function classOf(
  type: string,
  name: string,
  desired: unknown,
  actual: unknown,
  now: InstanceNow | undefined,
): { kind: DriftClass; reason: string } {
  if (noise.some((one) => one.type === type && one.property === name))
    return { kind: "noise", reason: noise.find((one) => one.type === type && one.property === name)!.reason };
  if (isDeepStrictEqual(plain(desired), plain(actual)))
    return { kind: "noise", reason: "the same, in another notation: null for empty, or another order of a set" };
  if (type === instanceType && now && isDeepStrictEqual(now.pending[name], desired))
    return { kind: "pending", reason: `RDS applies it in the window ${now.maintenanceWindow}` };
  if (type === instanceType && name.startsWith("engineVersion") && isNewerMinor(String(actual), String(desired)))
    return { kind: "ahead", reason: "a newer minor than is declared; it is never taken back" };
  return { kind: "drift", reason: "it was changed outside" };
}

/** Differences without a meaning, which a first refresh with the real provider reports of every database. */
const noise: { type: string; property: string; reason: string }[] = [
  { type: instanceType, property: "latestRestorableTime", reason: "RDS moves it on every five minutes" },
  { type: instanceType, property: "domainDnsIps", reason: "the provider fills it in at the first read" },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    property: "metricQueries",
    reason: "the provider fills in a period of 0 at the first read",
  },
];

/** Nothing for nothing, and sets in one order. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null || value === "") return null;
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

function isNewerMinor(actual: string, declared: string): boolean {
  const [major, minor = 0] = actual.split(".").map(Number);
  const [declaredMajor, declaredMinor = 0] = declared.split(".").map(Number);
  return major === declaredMajor && minor > declaredMinor;
}

function shownOf(value: unknown): string {
  const text =
    value === undefined || value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > shownCharactersMax ? `${text.slice(0, shownCharactersMax - 1)}…` : text;
}
