import { isCovered, joinPath, topLevelName } from "./property-path";
import type { Properties, Property, ResourceType } from "./resource";
import { elementOf, isCollection, isComputed, isZero, matchElements, sameValue, wantedValue } from "./values";
import { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";

export type Kind = "ADD" | "DELETE" | "UPDATE" | "ADD_REPLACE" | "DELETE_REPLACE" | "UPDATE_REPLACE";

export interface Difference {
  detailed: Record<string, Kind>;
  diffs: string[];
  replaces: string[];
  stables: string[];
  deleteBeforeReplace: boolean;
}

/**
 * The changes from the outputs in state to the program's inputs, by the rules of the Terraform bridge. On a refresh
 * `old` is what Read returned and `inputs` are those in state; the engine then inverts the kinds.
 */
export function diffResource(
  type: ResourceType<Value>,
  old: PropertyValues,
  inputs: PropertyValues,
  ignoreChanges: readonly string[],
): Difference {
  const detailed = Object.fromEntries(
    [...diffProperties(type.properties, "", old, inputs, false)].filter(([path]) => !isCovered(path, ignoreChanges)),
  );
  const names = (paths: string[]) => [...new Set(paths.map(topLevelName))].sort();
  const replaces = names(Object.keys(detailed).filter((path) => detailed[path]?.endsWith("_REPLACE")));
  const createOnly = Object.keys(type.properties).filter((name) => type.properties[name]?.createOnly);
  return {
    detailed,
    diffs: names(Object.keys(detailed)),
    replaces,
    stables: createOnly.filter((name) => !replaces.includes(name)),
    deleteBeforeReplace: replaces.length > 0 && (type.deleteBeforeReplace === true || hasOwnName(type, inputs)),
  };
}

/** Two resources with the same explicit name cannot exist at once; with generated names they can. */
function hasOwnName(type: ResourceType<Value>, inputs: PropertyValues): boolean {
  const name = type.autoname?.property;
  if (name === undefined || (inputs.__defaults ?? []).includes(name)) return false;
  return inputs[name] !== undefined;
}

function* diffProperties(
  properties: Properties,
  path: string,
  old: PropertyValues,
  wanted: PropertyValues,
  replace: boolean,
): Generator<[string, Kind]> {
  for (const [name, property] of Object.entries(properties))
    yield* diffValue(property, joinPath(path, name), old[name], wanted[name], replace, wanted);
}

function* diffValue(
  property: Property,
  path: string,
  old: Value,
  given: Value,
  parentReplaces: boolean,
  siblings: PropertyValues = {},
): Generator<[string, Kind]> {
  if (given === undefined && isComputed(property)) return;
  if (property.writeOnly && old === undefined) return;
  const wanted = wantedValue(property, given) as Value;
  const replace = parentReplaces || property.createOnly === true;
  const whole = (kind: "ADD" | "DELETE" | "UPDATE", value: unknown): [string, Kind] => [
    path,
    replace || holdsCreateOnly(property, value) ? `${kind}_REPLACE` : kind,
  ];

  if (wanted === UNKNOWN) yield whole(isZero(old) ? "ADD" : "UPDATE", old);
  else if (sameValue(property, old, wanted, siblings)) return;
  else if (isCollection(property) || property.type === "map" || property.type === "object") {
    if (isZero(old)) yield whole("ADD", wanted);
    else if (isZero(wanted)) yield whole("DELETE", old);
    else if (property.type === "map") yield* diffMap(property, path, old, wanted, replace);
    else if (property.type === "object") yield* diffProperties(property.properties ?? {}, path, old, wanted, replace);
    else yield* diffCollection(property, path, old, wanted, replace);
  } else yield whole(old === undefined ? "ADD" : wanted === undefined ? "DELETE" : "UPDATE", wanted);
}

function* diffMap(
  property: Property,
  path: string,
  old: PropertyValues,
  wanted: PropertyValues,
  replace: boolean,
): Generator<[string, Kind]> {
  for (const key of [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort()) {
    yield* diffElement(elementOf(property), joinPath(path, key), old[key], wanted[key], replace);
  }
}

/** Unlike a property, an element that is "" or 0 exists: only its absence counts. */
function* diffElement(
  element: Property,
  path: string,
  old: Value,
  wanted: Value,
  replace: boolean,
): Generator<[string, Kind]> {
  if (old !== undefined && wanted !== undefined) return yield* diffValue(element, path, old, wanted, replace);
  const replaces = replace || holdsCreateOnly(element, old ?? wanted);
  if (old === undefined) yield [path, replaces ? "ADD_REPLACE" : "ADD"];
  else yield [path, replaces ? "DELETE_REPLACE" : "DELETE"];
}

/**
 * Compares two collections: removed elements are reported at their old index, added ones at their index in the program;
 * both at one index is a change of that element, reported inside it when it is an object. Lists of objects are compared
 * position by position.
 */
function* diffCollection(
  property: Property,
  path: string,
  old: Value[],
  wanted: Value[],
  replace: boolean,
): Generator<[string, Kind]> {
  const element = elementOf(property);
  const byPosition = property.type === "list" && element.type === "object";
  // An unknown element has no identity: where elements are identified by value, the whole collection changes.
  if (!byPosition && isUnknown(wanted))
    return yield [path, replace || holdsCreateOnly(property, wanted) ? "UPDATE_REPLACE" : "UPDATE"];

  const kept = byPosition
    ? { old: [], wanted: [] }
    : property.type === "set"
      ? keptInSet(element, old, wanted)
      : keptInList(element, old, wanted);
  for (let index = 0; index < Math.max(old.length, wanted.length); index++) {
    const before = kept.old[index] ? undefined : old[index];
    const after = kept.wanted[index] ? undefined : wanted[index];
    if (before === undefined && after === undefined) continue;
    yield* diffElement(element, joinPath(path, index), before, after, replace);
  }
}

interface Kept {
  old: boolean[];
  wanted: boolean[];
}

function keptInSet(element: Property, old: Value[], wanted: Value[]): Kept {
  const matches = matchElements(element, old, wanted);
  return { old: old.map((_, index) => matches.includes(index)), wanted: matches.map((index) => index !== undefined) };
}

/** The elements of an ordered list that stayed: the longest common subsequence. */
function keptInList(element: Property, old: Value[], wanted: Value[]): Kept {
  const kept: Kept = { old: old.map(() => false), wanted: wanted.map(() => false) };
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(wanted.length + 1).fill(0));
  const longest = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  const same = (i: number, j: number) => sameValue(element, old[i], wanted[j]);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = wanted.length - 1; j >= 0; j--)
      lengths[i]![j] = same(i, j) ? longest(i + 1, j + 1) + 1 : Math.max(longest(i + 1, j), longest(i, j + 1));
  }
  for (let i = 0, j = 0; i < old.length && j < wanted.length;) {
    if (same(i, j)) kept.old[i++] = kept.wanted[j++] = true;
    else if (longest(i + 1, j) >= longest(i, j + 1)) i++;
    else j++;
  }
  return kept;
}

/** Adding or removing a whole object is a replacement when a property given inside it requires one. */
function holdsCreateOnly(property: Property, value: Value): boolean {
  if (property.createOnly) return true;
  if (Array.isArray(value)) return value.some((element) => holdsCreateOnly(elementOf(property), element));
  if (typeof value !== "object" || value === null) return false;
  if (property.type === "map") return Object.values(value).some((inner) => holdsCreateOnly(elementOf(property), inner));
  return Object.entries(property.properties ?? {}).some(
    ([name, inner]) => !isZero(value[name]) && holdsCreateOnly(inner, value[name]),
  );
}
