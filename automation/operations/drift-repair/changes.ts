/** Pure: what an `up` would change, property by property: from what the cloud has to what is declared, and when. */
import { isDeepStrictEqual } from "node:util";
import { healsFrom } from "../../../components/healing";
import type { PlannedStep } from "../../runner/planned-steps";
import { instanceType, type Difference, type InstanceNow } from "../drift-detection/differences";
import { nameOf, type KnownDifference } from "../drift-detection/known-differences";
import { answeredClasses } from "../drift-detection/compared";
import { shown } from "../drift-detection/shown";

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
    const { actual, desired } = shown(onceKnown(to), from);
    return { name: nameOf({ urn, property }), urn, type, property, from: actual, to: desired, takes, isDrift };
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

const headOf = (path: string): string => path.split(/[.[]/)[0]!;

/** The same of a stack whose program others have: what differs now is what their `up` puts back. */
export const changesFromDifferences = (differences: KnownDifference[], now: InstanceNow): RepairChange[] =>
  differences
    .filter((one) => one.class === "drift" && one.source === "resources" && !isAskedFor(one, now))
    .map(({ urn, type, property, desired, actual }) => {
      const takes = property === null ? "at once" : takesOf(type, property, valueOf(actual), valueOf(desired));
      return { name: nameOf({ urn, property }), urn, type, property, from: actual, to: desired, takes, isDrift: true };
    });

/** A detection names some parts of a property: `privileges.USAGE`. */
export const isAbout = ({ name, urn, property }: RepairChange, one: KnownDifference): boolean =>
  property === null ? urn === one.urn : nameOf(one) === name || nameOf(one).startsWith(`${name}.`);

export const isPending = ({ class: kind }: Difference): boolean => kind === "pending";
export const isAhead = ({ class: kind }: Difference): boolean => kind === "ahead";
export const isAnswered = ({ class: kind }: Difference): boolean => answeredClasses.includes(kind);

/** Outside, and RDS has not applied it yet: no `up` takes it back, as what runs is as declared. */
export const isAskedFor = ({ type, property, actual, class: kind }: Difference, { pending }: InstanceNow): boolean =>
  kind === "drift" &&
  type === instanceType &&
  property !== null &&
  Object.hasOwn(pending, property) &&
  shown(null, pending[property]).actual === actual;

export function takesOf(type: string, property: string, from: unknown, to: unknown): Takes {
  if (type !== instanceType) return "at once";
  if (property === "port") return "restart at once";
  if (property === "parameterGroupName") return "at the next restart";
  const head = headOf(property);
  const heals = healsFrom(head === "tagsAll" ? "tags" : head, from, { allocatedStorage: Number(to) });
  if (heals === "needs: a call by hand") return "by hand";
  if (heals.startsWith("needs:")) return "never";
  if (heals === "with a restart") return "restart in the window";
  return heals as Takes;
}

/** The engine's value for what only the `up` itself can give. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const onceKnown = (value: unknown): unknown =>
  JSON.stringify(value ?? null).includes(unknown) ? "known once it is created" : value;

/** From a text that is shown back to what it was. */
export function valueOf(text: string): string | number | boolean | null {
  if (text === "nothing") return null;
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
