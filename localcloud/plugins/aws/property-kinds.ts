import type { Property, Properties } from "../adapter/resource";

/**
 * The vocabulary of the tables in this folder. A row reads as upstream's schema does:
 * `createOnly(computed(text))` is Optional + Computed + ForceNew.
 */
export const text: Property = { type: "string" };
export const whole: Property = { type: "int" };
export const decimal: Property = { type: "number" };
export const flag: Property = { type: "bool" };
export const texts: Property = { type: "list", element: text };
export const textSet: Property = { type: "set", element: text };
export const textMap: Property = { type: "map", element: text };
/** A policy or another JSON document. */
export const document: Property = { type: "string", json: true };

export const object = (properties: Properties): Property => ({ type: "object", properties });
export const objects = (properties: Properties): Property => ({ type: "list", element: object(properties) });
export const objectSet = (properties: Properties): Property => ({ type: "set", element: object(properties) });

export const required = (property: Property): Property => ({ ...property, required: true });
/** The service sets it when the program omits it. */
export const computed = (property: Property): Property => ({ ...property, computed: true });
/** Only the service sets it. */
export const output = (property: Property): Property => ({ ...property, outputOnly: true, computed: true });
/** A change requires a replacement. */
export const createOnly = (property: Property): Property => ({ ...property, createOnly: true });
export const secret = (property: Property): Property => ({ ...property, secret: true });
export const withDefault = (property: Property, value: unknown): Property => ({ ...property, default: value });
export const oneOf = (property: Property, ...values: (string | number)[]): Property => ({ ...property, oneOf: values });
export const between = (property: Property, min: number, max?: number): Property => ({ ...property, min, max });

/** Upstream's text where AWS requires a description and the program gives none. */
export const managedByPulumi = withDefault(text, "Managed by Pulumi");

/** Every regional type has it from version 7 on: the resource's Region, by default the provider's. */
export const region: Property = createOnly(computed(text));

/** The program's tags, and the resource's tags once the provider's `defaultTags` are added. */
export const tagged: Properties = { tags: textMap, tagsAll: computed(textMap) };

/** A name generated from a prefix when the program gives a prefix instead of the name. */
export const named: Properties = { name: createOnly(computed(text)), namePrefix: createOnly(computed(text)) };
