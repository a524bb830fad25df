import type { Properties, Property, ResourceType } from "./resource";
import { elementOf, isComputed, isZero, matchElements, sameValue, sortSet } from "./values";
import { isUnknown, UNKNOWN, type PropertyValues, type Value } from "./wire";

/** What enters state: outputs, the wanted values of an update, and inputs made from what is live. */

/**
 * Every property by name, unset ones null, as the real providers' states have them. In a preview the service's are
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
  // Real providers give a collection of plain values up as a whole when one of them is unknown; in one of objects the
  // rest stays visible.
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
 * What an update should bring about: the program's values, defaults, and of what it leaves to the service the old ones.
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
    // Zero and absent are one: keep the form the state has, so that nothing seems to change.
    if (wanted[name] === undefined && isZero(old[name])) wanted[name] = old[name];
  }
  return wanted;
}

/** After a read: live values under the names the program set, so that what it left out never becomes an input. */
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

/** Collections are cut to the length the program gave, as the bridge cuts them: the whole stands in the outputs. */
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

/** Live elements in the order the program gave their equals; what has none fills the gaps, in sorted order. */
function alignSet(element: Property, live: Value[], old: Value[]): Value[] {
  const sorted = sortSet(live);
  const matches = matchElements(element, sorted, old);
  const rest = sorted.filter((_, index) => !matches.includes(index));
  const aligned = matches.map((index) => (index === undefined ? rest.shift() : sorted[index]));
  return [...aligned.filter((value) => value !== undefined), ...rest];
}

/** After an import: what a program would have to say to get this. */
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
