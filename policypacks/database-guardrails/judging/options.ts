/** Derived from a rule's options: its settings, and the schema by which Pulumi and `shipshape guard` check a config. */
import { z } from "zod";
import type { Rule, RuleSettings, SettingsOf } from "./rule";

export type AnySettings = SettingsOf<z.ZodRawShape>;

/** A rule's settings: those common to all rules, those from the config, and its defaults for the rest. */
export const settingsOf = (rule: Rule, common: RuleSettings, given: object = {}): AnySettings => ({
  ...(rule.options && z.object(rule.options).parse(given)),
  ...common,
});

/** What is wrong with an option in a config; undefined if nothing is. */
export function optionProblem({ options = {} }: Rule, name: string, value: unknown): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) return `unknown option "${name}"; allowed: ${Object.keys(options).join(", ") || "none"}`;
  if (z.safeParse(option, value).success) return undefined;
  return `${name} is ${JSON.stringify(value)}; allowed: ${allowedOf(option)}`;
}

export const allowedOf = (option: z.ZodRawShape[string]): string => z.globalRegistry.get(option)?.description ?? "";
export const purposeOf = (option: z.ZodRawShape[string]): string => z.globalRegistry.get(option)?.title ?? "";
/** The value used if the config has none. */
export const defaultOf = (option: z.ZodRawShape[string]): unknown => z.safeParse(option, undefined).data;

/** For Pulumi, which validates a config before passing it to the pack. */
export function configSchemaOf({ options = {} }: Rule): { properties: Record<string, object> } {
  const { properties = {} } = z.toJSONSchema(z.object(options), { target: "draft-7", io: "input" });
  return { properties: properties as Record<string, object> };
}

/** A list that must contain one particular value. */
export const listWith = <Item extends z.ZodType>(item: Item, required: z.output<Item>) =>
  z
    .array(item)
    .refine((list) => list.includes(required))
    .meta({ contains: { const: required } }); // the same, as JSON schema for Pulumi
