import { autonameResource, type Naming } from "./autoname";
import { joinPath } from "./property-path";
import type { CheckFailure, Properties, Property, ResourceType } from "./resource";
import { elementOf, isZero } from "./values";
import { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";

export interface Checked {
  inputs: PropertyValues;
  failures: CheckFailure[];
}

/**
 * Inputs as state keeps them: values in the type of their row, names and defaults filled in, and `__defaults` naming
 * what was filled in. Like the bridge, it does not write zero defaults; unknown values are not checked.
 */
export function checkResource(
  type: ResourceType<Value>,
  oldInputs: PropertyValues,
  given: PropertyValues,
  naming: Naming,
): Checked {
  const failures: CheckFailure[] = [];
  const named = { ...given };
  const generated = autonameResource(type.autoname, oldInputs, named, naming, failures);
  const inputs = checkProperties(type.properties, named, "", failures);
  inputs.__defaults = [...new Set([...inputs.__defaults, ...generated])].sort();
  if (failures.length === 0) failures.push(...(type.check?.(inputs) ?? []));
  return {
    inputs,
    failures: failures.map((failure) => ({
      ...failure,
      reason: `${failure.reason}. Examine values at '${naming.logicalName}.${failure.property}'.`,
    })),
  };
}

export function checkProperties(
  properties: Properties,
  given: PropertyValues,
  path: string,
  failures: CheckFailure[],
): PropertyValues {
  const checked: PropertyValues = {};
  const defaults: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const property = properties[name];
    // `__defaults`, `__internal`: markers of the engine and of ours, not properties.
    if (name.startsWith("__")) continue;
    if (!property)
      failures.push({
        property: joinPath(path, name),
        reason: `unknown property ${name}; known are ${settableNames(properties)}`,
      });
    else if (property.outputOnly)
      failures.push({
        property: joinPath(path, name),
        reason: `${name} is decided by the service and cannot be given`,
      });
    else checked[name] = checkValue(property, value, joinPath(path, name), failures);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (checked[name] !== undefined) continue;
    if (property.required)
      failures.push({ property: joinPath(path, name), reason: `Missing required argument ${name}` });
    if (isZero(property.default)) continue;
    checked[name] = property.default;
    defaults.push(name);
  }
  return { ...checked, __defaults: defaults.sort() };
}

function checkValue(property: Property, given: Value, path: string, failures: CheckFailure[]): unknown {
  if (given === UNKNOWN) return given;
  const value = coerce(property, given);
  if (value === UNKNOWN) return value;
  const failed = (reason: string) => failures.push({ property: path, reason });

  if (isWrongType(property, value))
    failed(`expected ${typeNames[property.type]}, got ${Array.isArray(value) ? "array" : typeof value}`);
  else if (Array.isArray(value))
    return value.map((element, index) => checkValue(elementOf(property), element, joinPath(path, index), failures));
  else if (property.type === "object") return checkProperties(property.properties ?? {}, value, path, failures);
  else if (property.type === "map")
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== "__defaults")
        .map(([key, inner]) => [key, checkValue(elementOf(property), inner, joinPath(path, key), failures)]),
    );
  else if (property.oneOf && !property.oneOf.includes(value))
    failed(`expected ${path} to be one of ${JSON.stringify(property.oneOf)}, got ${value}`);
  else if (property.min !== undefined && value < property.min)
    failed(`expected ${path} to be at least (${property.min}), got ${value}`);
  else if (property.max !== undefined && value > property.max)
    failed(`expected ${path} to be at most (${property.max}), got ${value}`);
  else if (property.json && !isJson(value)) failed(`expected ${path} to be a JSON document`);
  return value;
}

const typeNames: Record<Property["type"], string> = {
  string: "string",
  int: "whole number",
  number: "number",
  bool: "boolean",
  list: "array",
  set: "array",
  map: "object",
  object: "object",
};

/** The bridge accepts "5" as a number and 5 as a string, so programs contain both. */
export function coerce(property: Property, value: Value): Value {
  // A policy may be written as an object; with an unknown inside, the whole text is unknown.
  if (property.json && typeof value === "object")
    return isUnknown(value) ? UNKNOWN : JSON.stringify(withoutMarkers(value));
  if (isUnknown(value)) return value;
  if (property.type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  if (typeof value !== "string") return value;
  if (property.type === "int" && /^-?\d+$/.test(value)) return Number(value);
  if (property.type === "number" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  if (property.type === "bool" && /^(true|false)$/.test(value)) return value === "true";
  return value;
}

function isWrongType(property: Property, value: unknown): boolean {
  switch (property.type) {
    case "string":
      return typeof value !== "string";
    case "int":
      return !Number.isInteger(value);
    case "number":
      return typeof value !== "number";
    case "bool":
      return typeof value !== "boolean";
    case "list":
    case "set":
      return !Array.isArray(value);
    case "map":
    case "object":
      return typeof value !== "object" || value === null || Array.isArray(value);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const settableNames = (properties: Properties): string =>
  Object.keys(properties)
    .filter((name) => !properties[name]?.outputOnly)
    .join(", ");

/** Inputs as handlers see them: without the markers, at every depth. */
export function withoutMarkers(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutMarkers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "__defaults")
      .map(([name, inner]) => [name, withoutMarkers(inner)]),
  );
}
