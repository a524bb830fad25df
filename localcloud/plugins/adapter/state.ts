import type { Properties, Property, ResourceType } from "./resource";
import { elementOf, isComputed, isZero, matchElements, sameValue, sortSet } from "./values";
import { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";

/** What enters state: outputs, the wanted values of an update, and inputs derived from live values. */

/**
 * Every property by name, unset ones null, as in the real providers' state. In a preview those set by the service are
 * unknown.
 */
export function outputsOf(
  type: ResourceType<Value>,
  live: PropertyValues,
  id: unknown,
  preview = false,
): PropertyValues {
  const outputs: PropertyValues = { id: live.id ?? id };
  for (const [name, property] of Object.entries(type.properties))
    outputs[name] = outputOf(property, live[name], preview) ?? null;
  return outputs;
}

function outputOf(property: Property, value: Value, preview: boolean): Value {
  if (value === undefined || value === null) return preview && isComputed(property) ? UNKNOWN : property.default;
  if (value === UNKNOWN) return value;
  if (property.type === "object") return outputsInside(property.properties ?? {}, value, preview);
  if (property.type === "map") return value;
  if (!Array.isArray(value)) return value;
  // Real providers make a whole collection of plain values unknown when one of them is; in a collection of objects the
  // others stay known.
  if (isUnknown(value) && (property.type === "set" || elementOf(property).type !== "object")) return UNKNOWN;
  const elements = value.map((element) => outputOf(elementOf(property), element, preview));
  return property.type === "set" ? sortSet(elements) : elements;
}

function outputsInside(properties: Properties, value: PropertyValues, preview: boolean): PropertyValues {
  const entries = Object.entries(properties).map(
    ([name, property]) => [name, outputOf(property, value[name], preview)] as const,
  );
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined && inner !== null));
}

/**
 * The target of an update: the program's values, defaults, and the old values of what the program leaves to the
 * service.
 */
export function wantedOf(
  type: ResourceType<Value>,
  old: PropertyValues,
  inputs: PropertyValues,
  ignoreChanges: readonly string[],
): PropertyValues {
  const wanted: PropertyValues = {};
  for (const [name, property] of Object.entries(type.properties)) {
    if (ignoreChanges.includes(name)) wanted[name] = old[name];
    else wanted[name] = inputs[name] ?? (isComputed(property) ? old[name] : property.default);
    // Zero and absent are the same: keep the form in state, so that nothing seems to change.
    if (wanted[name] === undefined && isZero(old[name])) wanted[name] = old[name];
  }
  return wanted;
}

/** After a read: live values of the properties the program set, so that one it omits never becomes an input. */
export function inputsFromLive(
  properties: Properties,
  live: PropertyValues,
  oldInputs: PropertyValues,
): PropertyValues {
  const inputs: PropertyValues = {};
  for (const [name, old] of Object.entries(oldInputs)) {
    const property = properties[name];
    if (name === "__defaults" || !property || live[name] === undefined || live[name] === null) continue;
    inputs[name] = inputFromLive(property, live[name], old);
  }
  const kept = (oldInputs.__defaults ?? []).filter(
    (name: string) => properties[name] && sameValue(properties[name], inputs[name], oldInputs[name]),
  );
  return kept.length > 0 ? { ...inputs, __defaults: kept } : inputs;
}

/** Collections are truncated to the length in the program, as the bridge does; the outputs have all elements. */
function inputFromLive(property: Property, live: Value, old: Value): Value {
  if (property.json && sameValue(property, live, old)) return old;
  if (Array.isArray(live) && Array.isArray(old)) {
    const element = elementOf(property);
    const aligned = property.type === "set" ? alignSet(element, live, old) : live;
    return aligned.slice(0, old.length).map((value, index) => inputFromLive(element, value, old[index]));
  }
  if (property.type === "object" && typeof live === "object" && typeof old === "object") {
    const inside = inputsFromLive(property.properties ?? {}, live, old);
    return old.__defaults ? { ...inside, __defaults: inside.__defaults ?? [] } : inside;
  }
  if (property.type === "map" && typeof live === "object" && typeof old === "object") {
    return Object.fromEntries(
      Object.keys(old)
        .filter((key) => key in live)
        .map((key) => [key, live[key]]),
    );
  }
  return live;
}

/** Live elements in the order of their equals in the program; the others fill the gaps, in sorted order. */
function alignSet(element: Property, live: Value[], old: Value[]): Value[] {
  const sorted = sortSet(live);
  const matches = matchElements(element, sorted, old);
  const rest = sorted.filter((_, index) => !matches.includes(index));
  const aligned = matches.map((index) => (index === undefined ? rest.shift() : sorted[index]));
  return [...aligned.filter((value) => value !== undefined), ...rest];
}

/** After an import: the inputs a program would need to get this resource. */
export function inputsOfImport(properties: Properties, live: PropertyValues): PropertyValues {
  const inputs: PropertyValues = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = live[name];
    if (
      property.outputOnly ||
      (!property.required && (isZero(value) || sameValue({ ...property, computed: false }, value, property.default)))
    )
      continue;
    inputs[name] = importedValue(property, value);
  }
  return { ...inputs, __defaults: [] };
}

function importedValue(property: Property, value: Value): Value {
  if (Array.isArray(value)) {
    const elements = value.map((element) => importedValue(elementOf(property), element));
    return property.type === "set" ? sortSet(elements) : elements;
  }
  if (property.type !== "object" || typeof value !== "object" || value === null) return value;
  return inputsOfImport(property.properties ?? {}, value);
}
