import type { Properties, Property } from "./resource";
import { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";

/** When two values of a property mean the same, and how values are ordered: the rules check, diff and read share. */

const TEXT: Property = { type: "string" };

export const elementOf = (property: Property): Property => property.element ?? TEXT;

export const isComputed = (property: Property): boolean => !!(property.computed || property.outputOnly);

export const isCollection = (property: Property): boolean => property.type === "list" || property.type === "set";

/** Upstream cannot distinguish these from an omitted value. */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The effective input: the program's value, else the schema's default. */
export const wantedValue = (property: Property, value: unknown): unknown =>
  value === undefined ? property.default : value;

export function sameValue(property: Property, old: Value, given: Value, siblings: PropertyValues = {}): boolean {
  if (given === undefined && isComputed(property)) return true;
  const wanted = wantedValue(property, given) as Value;
  if (isUnknown(wanted)) return false;
  if (isZero(old) || isZero(wanted)) return isZero(old) && isZero(wanted);
  switch (property.type) {
    case "list":
      return (
        sameLength(old, wanted) &&
        old.every((element: Value, index: number) => sameValue(elementOf(property), element, wanted[index]))
      );
    case "set":
      return (
        sameLength(old, wanted) && matchElements(elementOf(property), old, wanted).every((index) => index !== undefined)
      );
    case "map":
      return (
        sameKeys(old, wanted) &&
        Object.keys(wanted).every((key) => sameValue(elementOf(property), old[key], wanted[key]))
      );
    case "object":
      return Object.entries(property.properties ?? {}).every(([name, inner]) =>
        sameValue(inner, old[name], wanted[name], wanted),
      );
    default:
      return (
        old === wanted ||
        (property.json === true && sameJson(old, wanted)) ||
        property.equal?.(old, wanted, siblings) === true
      );
  }
}

/** For each wanted element the index of its equal among the old ones; every old element is matched once. */
export function matchElements(
  element: Property,
  old: readonly Value[],
  wanted: readonly Value[],
): (number | undefined)[] {
  const matched = new Set<number>();
  return wanted.map((value) => {
    const index = old.findIndex((candidate, at) => !matched.has(at) && sameValue(element, candidate, value));
    if (index < 0) return undefined;
    matched.add(index);
    return index;
  });
}

/** Sets are sorted in state, so that the order in which the server returns them makes no difference. */
export function sortSet(values: readonly Value[]): Value[] {
  const key = (value: unknown) => (typeof value === "string" ? value : canonicalJson(value));
  return [...values].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Encrypts what the rows mark as secret, even when it is null: the real providers' state has secret nulls. */
export function markSecrets(
  properties: Properties,
  values: PropertyValues,
  secret: (value: unknown) => unknown,
): PropertyValues {
  const marked = { ...values };
  for (const [name, property] of Object.entries(properties)) {
    if (!(name in marked)) continue;
    marked[name] = property.secret ? secret(marked[name] ?? null) : markInside(property, marked[name], secret);
  }
  return marked;
}

function markInside(property: Property, value: Value, secret: (value: unknown) => unknown): Value {
  if (value === UNKNOWN || value === null || typeof value !== "object") return value;
  if (property.type === "object") return markSecrets(property.properties ?? {}, value, secret);
  if (Array.isArray(value)) return value.map((element) => markInside(elementOf(property), element, secret));
  return value;
}

const sameLength = (a: unknown, b: unknown): boolean => Array.isArray(a) && Array.isArray(b) && a.length === b.length;

function sameKeys(a: PropertyValues, b: PropertyValues): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => key in b);
}

function sameJson(a: string, b: string): boolean {
  try {
    return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
  } catch {
    return false;
  }
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([name, inner]) => name !== "__defaults" && inner !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`)
    .join(",")}}`;
}
