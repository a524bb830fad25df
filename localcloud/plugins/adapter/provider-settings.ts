import { checkProperties, coerce, withoutMarkers } from "./check";
import type { CheckFailure, Properties, Property, ProviderDefinition } from "./resource";
import { isUnknown, type PropertyValues, type Value } from "./wire";

/** Provider settings: like a resource's inputs, but everything that is not a string arrives as JSON text. */

/** The engine's own settings, which every provider gets. */
const ENGINES = ["version", "pluginDownloadURL"];

export function checkSettings(definition: ProviderDefinition<Value>, given: PropertyValues): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const settings = readSettings(definition.settings, given, failures);
  if (failures.length === 0) failures.push(...(definition.checkSettings?.(settings) ?? []));
  return failures;
}

/**
 * Settings with their real types and defaults. Unknown values are absent: CheckConfig sees them, Configure never does.
 */
export function readSettings(properties: Properties, given: PropertyValues, failures: CheckFailure[]): PropertyValues {
  const own = Object.entries(given).filter(([name, value]) => !ENGINES.includes(name) && !isUnknown(value));
  const parsed = Object.fromEntries(own.map(([name, value]) => [name, parseSetting(properties[name], value)]));
  const required = Object.entries(properties).map(([name, property]) => [
    name,
    isUnknown(given[name]) ? { ...property, required: false } : property,
  ]);
  return withoutMarkers(checkProperties(Object.fromEntries(required), parsed, "", failures));
}

export function changedSettings(
  properties: Properties,
  old: PropertyValues,
  wanted: PropertyValues,
): Record<string, "ADD" | "DELETE" | "UPDATE"> {
  const names = Object.keys(properties).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(wanted[name]));
  return Object.fromEntries(
    names.map((name) => [name, old[name] === undefined ? "ADD" : wanted[name] === undefined ? "DELETE" : "UPDATE"]),
  );
}

function parseSetting(property: Property | undefined, value: unknown): unknown {
  if (!property || typeof value !== "string" || property.type === "string") return value;
  if (property.type === "int" || property.type === "number" || property.type === "bool") return coerce(property, value);
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
