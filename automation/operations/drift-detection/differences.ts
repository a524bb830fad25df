/** Pure: from what a refresh read to what differs, property by property, and what each difference is. */
import { isDeepStrictEqual } from "node:util";
import type { Severity } from "../../../policypacks/database-guardrails/judging/rule";
import { instance as instanceType } from "../../../policypacks/database-guardrails/vocabulary/types";
import { resourceIdIn } from "../../runner/declared-databases";
import type { ReadResource } from "../../runner/pulumi-stack";
import { noiseOf } from "./noise";
import { isAudited, severityOf } from "./protection";
import { isSecret, scalars, shown, windowText, type Scalar } from "./shown";

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
  /** The same as they are, where each is one value. */
  values?: { desired: Scalar; actual: Scalar };
  class: DriftClass;
  /** Why it has that class. */
  reason: string;
  severity: Severity;
  /** The guardrails that the actual value breaks and the declared one does not. */
  breaks: string[];
  /** What to do about it, where its class does not say. */
  remedy?: string;
}

/** What the RDS API says of an instance and the provider does not. */
export interface InstanceNow {
  /** When it was asked, before anything else was read. */
  askedAt?: string;
  status: string;
  maintenanceWindow: string;
  /** Accepted and not applied yet, by the provider's names. */
  pending: Record<string, unknown>;
  /** "in-sync", or that a restart or an application is missing. */
  parameters: { group: string; status: string }[];
  beyond: InstanceBeyond;
  /** Where RDS did not describe it: why, and whether it says that there is none. All else here is then empty. */
  missing?: { reason: string; isGone: boolean };
}

/** What the provider never reads, or reads and does not compare. */
export interface InstanceBeyond {
  /** Where RDS manages the master's password. */
  masterSecret: { arn: string; key: string | null } | null;
  port: number | null;
  optionGroups: string[];
  /** Identifiers, and ARNs of those in other Regions. */
  replicas: string[];
  /** IAM roles that the database may use, each with what for. */
  roles: { role: string; feature: string }[];
  /** Where its automated backups are copied to, by the ARNs of the copies. */
  backupsCopiedTo: string[];
}

export { instanceType };

/** An instance of its own, or of an Aurora cluster. */
export const isInstance = (type: string): boolean => type in resourceIdIn;

/** Whether it is the instance with that resource id, and not another one of the stack. */
export const isInstanceOf = ({ type, old: { outputs } }: Pick<ReadResource, "type" | "old">, resourceId: string) =>
  isInstance(type) && (outputs[resourceIdIn[type]!] ?? outputs["id"]) === resourceId;

/** Only what differs; empty if the resource is as declared. */
export function differencesOf(
  resource: ReadResource,
  now: InstanceNow | undefined,
  breaks: (property: string) => string[],
): Difference[] {
  const { urn, type, op } = resource;
  if (op === "delete") return [gone(urn, type)];
  return compared(resource).flatMap(({ name, property, desired, actual, isNamed }) => {
    const hasSecret = isSecret(desired) || isSecret(actual);
    // Of what is secret only the provider knows both values.
    if (hasSecret ? !isNamed : isDeepStrictEqual(desired, actual)) return [];
    const { kind, reason } = hasSecret ? changedSecret : classOf(resource, name, desired, actual, now);
    const values = { ...shown(desired, actual), ...scalars(desired, actual) };
    const rest = { class: kind, reason, severity: severityOf(name), breaks: kind === "drift" ? breaks(name) : [] };
    return [{ urn, type, property, ...values, ...rest }];
  });
}

const gone = (urn: string, type: string): Difference => ({
  ...{ urn, type, property: null, desired: "exists", actual: "is gone", class: "drift" },
  ...{ reason: "it was deleted outside Pulumi", severity: "critical", breaks: [] },
});

const changedSecret = {
  kind: "drift",
  reason: "its value was changed outside Pulumi; it is secret, and not shown",
} as const;

/** Two values that should be the same. */
interface Pair {
  /** The property of the resource; for a tag "tags". */
  name: string;
  /** The same, but for a tag: "tags.owner". */
  property: string;
  desired: unknown;
  actual: unknown;
  /** Whether the provider says that it differs. */
  isNamed: boolean;
}

/** What the provider names, and what it never compares: a property that the program does not set drifts unseen. */
function compared(resource: ReadResource): Pair[] {
  const { type, old, new: found, differing } = resource;
  const named = new Set(differing.map((path) => path.split(/[.[]/)[0]!));
  const names = new Set([
    ...named,
    ...Object.keys({ ...old.outputs, ...found.outputs }).filter((name) => isAudited(type, name)),
  ]);
  const hasTags = tagNames.some((name) => names.has(name) || name in found.outputs);
  const pairs = [...names]
    .filter((name) => !tagNames.includes(name))
    .map((name) => {
      const sides = [old.inputs[name], old.outputs[name], found.inputs[name], found.outputs[name]];
      // What the provider takes for the same is written in one form in the program, and in another in AWS.
      const first = named.has(name) ? old.inputs : old.outputs;
      const desired = name in first ? first[name] : { ...old.outputs, ...old.inputs }[name];
      const actual = name in found.outputs ? found.outputs[name] : found.inputs[name];
      // One that only the state's outputs mark as secret is no less so.
      const secret = sides.find(isSecret);
      const values = secret === undefined ? { desired, actual } : { desired: secret, actual: secret };
      return { name, property: name, ...values, isNamed: named.has(name) };
    });
  return [...pairs, ...(hasTags ? comparedTags(resource) : [])].sort((one, other) =>
    one.property < other.property ? -1 : 1,
  );
}

const tagNames = ["tags", "tagsAll"];

/**
 * Tags differ one by one. A provider with tags of its own adds them to `tagsAll`, and some reads have them in `tags`
 * too: what is declared is both together, and so is what is there.
 */
function comparedTags({ old, new: found, differing }: ReadResource): Pair[] {
  const desired = { ...tagsIn(old.outputs["tagsAll"]), ...tagsIn(old.inputs["tags"] ?? old.outputs["tags"]) };
  const actual = { ...tagsIn(found.outputs["tagsAll"]), ...tagsIn(found.outputs["tags"]) };
  const isNamed = (key: string) =>
    differing.some((path) => tagNames.includes(path) || tagNames.some((name) => tagPath(name, path) === key));
  return Object.keys({ ...desired, ...actual }).map((key) => ({
    ...{ name: "tags", property: `tags.${key}`, desired: desired[key], actual: actual[key], isNamed: isNamed(key) },
  }));
}

/** "owner" of `tags.owner` and `tags["shipshape:ring"]`. */
const tagPath = (name: string, path: string): string | undefined =>
  path.startsWith(name) ? path.slice(name.length).replace(/^\.|^\["|"\]$/g, "") : undefined;

const tagsIn = (tags: unknown): Record<string, unknown> =>
  typeof tags === "object" && tags !== null
    ? Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== null && value !== undefined))
    : {};

/**
 * What waits in RDS for the instance, and what its resource does not show: the provider reads a version that is declared
 * and waits as the declared one. `found` is what it read, `known` the properties that are known to differ.
 */
export function waitingOf(
  { urn, type, old: { inputs } }: Pick<ReadResource, "urn" | "type" | "old">,
  now: InstanceNow,
  found: Record<string, unknown> = {},
  known: readonly (string | null)[] = [],
): Difference[] {
  const of = (property: string, desired: unknown, actual: unknown, kind: DriftClass, reason: string): Difference => ({
    ...{ urn, type, property, ...shown(desired, actual), ...scalars(desired, actual) },
    ...{ class: kind, reason, severity: severityOf(property), breaks: [] },
  });
  const waiting = Object.entries(now.pending);
  const isDeclared = ([name, value]: [string, unknown]) => isDeepStrictEqual(inputs[name], value);
  const running = (name: string) => found[`${name}Actual`] ?? found[name];
  return [
    ...waiting
      .filter((one) => isDeclared(one) && !known.includes(one[0]) && running(one[0]) !== undefined)
      .map(([name, value]) => of(name, value, running(name), "pending", accepted(now))),
    ...waiting
      .filter((one) => !isDeclared(one))
      .map(([name, value]) =>
        declaresPassword(name, inputs)
          ? of(name, inputs[name], value, "pending", "the stack sets the master password, and RDS is still changing it")
          : of(name, inputs[name], value, "drift", `RDS was asked for it outside Pulumi, and applies it ${when(now)}`),
      ),
    ...now.parameters
      .filter(({ status }) => status !== "in-sync")
      .map(({ group, status }) =>
        of("parameterGroupName", `${group} in effect`, status, "pending", "its parameters take effect at a restart"),
      ),
  ];
}

/** RDS does not say which password waits; it accepts another one at once, so that none waits for long. */
const declaresPassword = (name: string, inputs: Record<string, unknown>): boolean =>
  name === "password" && ["password", "passwordWo"].some((one) => inputs[one] !== undefined && inputs[one] !== null);

const accepted = (now: InstanceNow): string => `RDS has accepted it, and applies it ${when(now)}`;
const when = ({ maintenanceWindow }: InstanceNow): string =>
  `in the maintenance window${windowText(maintenanceWindow)}`;

function classOf(
  { type, old }: ReadResource,
  name: string,
  desired: unknown,
  actual: unknown,
  now: InstanceNow | undefined,
): { kind: DriftClass; reason: string } {
  const noise = noiseOf(type, name, desired, actual, old.inputs);
  if (noise !== undefined) return { kind: "noise", reason: noise };
  // Nothing waits, and nothing is declared: that is not the same.
  if (isInstance(type) && now && name in now.pending && isDeepStrictEqual(now.pending[name], desired))
    return { kind: "pending", reason: accepted(now) };
  if (isInstance(type) && name.startsWith("engineVersion") && isNewerMinor(String(actual), String(desired)))
    return { kind: "ahead", reason: "a newer minor version than is declared; it is never taken back" };
  return { kind: "drift", reason: "it was changed outside Pulumi" };
}

function isNewerMinor(actual: string, declared: string): boolean {
  const [major, minor = 0] = actual.split(".").map(Number);
  const [declaredMajor, declaredMinor = 0] = declared.split(".").map(Number);
  return major === declaredMajor && minor > declaredMinor;
}
