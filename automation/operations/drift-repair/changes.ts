/** Pure: what an `up` would change, property by property: from what the cloud has to what is declared, and when. */
import { isDeepStrictEqual } from "node:util";
import { healsFrom } from "../../../components/healing";
import { parameterGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import type { PlannedStep } from "../../runner/planned-steps";
import { isInstance, type Difference, type InstanceNow } from "../drift-detection/differences";
import { nameOf, type KnownDifference } from "../drift-detection/known-differences";
import { answeredClasses } from "../drift-detection/compared";
import { scalars, shown, type Scalar } from "../drift-detection/shown";

/**
 * at once; in the window: RDS waits for the maintenance window; restart in the window, restart at once: with one;
 * at the next restart: which the repair does not do; by hand: the provider does not send it; never: RDS has no such
 * change.
 */
export type Takes =
  | "at once"
  | "in the window"
  | "restart in the window"
  | "restart at once"
  | "at the next restart"
  | "by hand"
  | "never";

export interface RepairChange {
  /** As a drift detection names it: `<resource>.<property>`, or `<resource>` where it is created. */
  name: string;
  urn: string;
  type: string;
  /** Null: the resource as a whole. */
  property: string | null;
  /** As text that is shown; secrets are never in it. */
  from: string;
  to: string;
  /** The same as they are, where each is one value. */
  values?: { from: Scalar; to: Scalar };
  takes: Takes;
  /** Whether it was changed outside. If not, it was declared and never brought up, or follows from the rest. */
  isDrift: boolean;
  /** Of a resource that is created: its name in the cloud or in the database. */
  creates?: string;
}

/** Of each step that creates or updates. */
export const changesOf = (steps: PlannedStep[]): RepairChange[] =>
  steps.flatMap(changesOfStep).sort((one, other) => (one.name < other.name ? -1 : 1));

function changesOfStep({ urn, type, op, old, new: declared, changes, drifted }: PlannedStep): RepairChange[] {
  const of = (property: string | null, from: unknown, to: unknown, isDrift: boolean): RepairChange => {
    const takes = property === null ? "at once" : takesOf(type, property, from, to);
    const declared = onceKnown(to);
    const { actual, desired } = shown(declared, from);
    const values = declared === to ? typed(scalars(to, from)) : {};
    return {
      name: nameOf({ urn, property }),
      urn,
      type,
      property,
      from: actual,
      to: desired,
      ...values,
      takes,
      isDrift,
    };
  };
  if (op === "create") {
    const creates = declared["name"];
    const created = of(null, drifted === null ? "is gone" : "is not there", "exists", drifted === null);
    return [{ ...created, ...(typeof creates === "string" && { creates }) }];
  }
  const heads = new Set(changes.map(headOf));
  // With the tags of the provider: of no interest where its own say the same.
  if (heads.has("tags")) heads.delete("tagsAll");
  const outside = new Set(drifted?.map(headOf));
  return [...heads].flatMap((head) =>
    parts(head, old[head], declared[head]).map((one) => of(...one, outside.has(head))),
  );
}

/** Tags differ one by one. */
function parts(head: string, from: unknown, to: unknown): [property: string, from: unknown, to: unknown][] {
  if (head !== "tags" && head !== "tagsAll") return [[head, from, to]];
  const [found, declared] = [from ?? {}, to ?? {}] as [Record<string, unknown>, Record<string, unknown>];
  return Object.keys({ ...found, ...declared })
    .filter((key) => !isDeepStrictEqual(found[key], declared[key]))
    .map((key) => [`tags.${key}`, found[key], declared[key]]);
}

const typed = ({ values }: Pick<Difference, "values">): Pick<RepairChange, "values"> =>
  values ? { values: { from: values.actual, to: values.desired } } : {};

const headOf = (path: string): string => path.split(/[.[]/)[0]!;

/** The same of a stack whose program others have: what differs now is what their `up` puts back. */
export const changesFromDifferences = (differences: KnownDifference[], now: InstanceNow): RepairChange[] =>
  differences
    .filter((one) => one.class === "drift" && one.source === "resources" && !isAskedFor(one, now))
    .map(({ urn, type, property, desired, actual, values }) => {
      const takes = property === null ? "at once" : takesOf(type, property, values?.actual, values?.desired);
      const name = nameOf({ urn, property });
      const both = values ? typed({ values }) : {};
      return { name, urn, type, property, from: actual, to: desired, ...both, takes, isDrift: true };
    });

/** Whether a name that people give is about it: that of its resource, of its property, or of a part of that. */
export const isNamed = ({ name }: Pick<RepairChange, "name">, asked: string): boolean =>
  name === asked || name.startsWith(`${asked}.`) || asked.startsWith(`${name}.`);

/** The resources that have what was asked for: an engine brings up no less than one. */
export const targetsOf = (names: readonly string[], changes: readonly RepairChange[]): string[] => [
  ...new Set(changes.filter((one) => names.some((name) => isNamed(one, name))).map(({ urn }) => urn)),
];

/** A detection names some parts of a property: `privileges.USAGE`. */
export const isAbout = ({ name, urn, property }: RepairChange, one: KnownDifference): boolean =>
  property === null ? urn === one.urn : nameOf(one) === name || nameOf(one).startsWith(`${name}.`);

export const isPending = ({ class: kind }: Difference): boolean => kind === "pending";
export const isAhead = ({ class: kind }: Difference): boolean => kind === "ahead";
export const isAnswered = ({ class: kind }: Difference): boolean => answeredClasses.includes(kind);

/** Outside, and RDS has not applied it yet: no `up` takes it back, as what runs is as declared. */
export const isAskedFor = ({ type, property, values, class: kind }: Difference, { pending }: InstanceNow): boolean =>
  kind === "drift" &&
  isInstance(type) &&
  property !== null &&
  Object.hasOwn(pending, property) &&
  pending[property] === values?.actual;

export function takesOf(type: string, property: string, from: unknown, to: unknown): Takes {
  if (type === parameterGroup)
    return property === "parameters" && hasStatic(from, to) ? "at the next restart" : "at once";
  if (!isInstance(type)) return "at once";
  const head = headOf(property);
  const heals = healsFrom(head === "tagsAll" ? "tags" : head, from, { allocatedStorage: Number(to) });
  if (heals === "needs: a call by hand") return "by hand";
  if (heals.startsWith("needs:")) return "never";
  if (heals === "with a restart") return "restart in the window";
  return heals === "with a restart at once" ? "restart at once" : (heals as Takes);
}

/** Of those that differ: RDS sets a static one at once, too, but nothing uses it before a restart. */
function hasStatic(from: unknown, to: unknown): boolean {
  const [found, declared] = [from, to].map(parametersIn) as [Parameter[], Parameter[]];
  const same = (one: Parameter, other: Parameter) => one.name === other.name && one.value === other.value;
  const differing = [
    ...declared.filter((one) => !found.some((other) => same(one, other))),
    ...found.filter(({ name }) => !declared.some((other) => other.name === name)),
  ];
  return differing.some(({ applyMethod }) => applyMethod === "pending-reboot");
}

interface Parameter {
  name: unknown;
  value: unknown;
  applyMethod?: unknown;
}
const parametersIn = (value: unknown): Parameter[] => (Array.isArray(value) ? (value as Parameter[]) : []);

/** The engine's value for what only the `up` itself can give. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const onceKnown = (value: unknown): unknown =>
  JSON.stringify(value ?? null).includes(unknown) ? "known once it is created" : value;
