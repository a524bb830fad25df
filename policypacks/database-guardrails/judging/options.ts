/** What follows from the options of a rule: its settings, and what Pulumi and `shipshape guard` check a config by. */
import { z } from "zod";
import type { Rule, RuleSettings, SettingsOf } from "./rule";

export type AnySettings = SettingsOf<z.ZodRawShape>;

/** A rule's settings: those of all rules, those from the config, and its defaults for the rest. */
export const settingsOf = (rule: Rule, settings: RuleSettings, given: object = {}): AnySettings => ({
  ...(rule.options && z.object(rule.options).parse(given)),
  ...settings,
});

/** What is wrong with an option in a config. */
export function optionProblem({ options = {} }: Rule, name: string, value: unknown): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) return `unknown option "${name}"; allowed: ${Object.keys(options).join(", ") || "none"}`;
  if (z.safeParse(option, value).success) return undefined;
  return `${name} is ${JSON.stringify(value)}; allowed: ${allowedOf(option)}`;
}

export const allowedOf = (option: z.ZodRawShape[string]): string => z.globalRegistry.get(option)?.description ?? "";
export const purposeOf = (option: z.ZodRawShape[string]): string => z.globalRegistry.get(option)?.title ?? "";
/** The default if the config has no value. */
export const defaultOf = (option: z.ZodRawShape[string]): unknown => z.safeParse(option, undefined).data;

/** For Pulumi, which checks a config before the pack sees it. */
export function configSchemaOf({ options = {} }: Rule): { properties: Record<string, object> } {
  const { properties = {} } = z.toJSONSchema(z.object(options), { target: "draft-7", io: "input" });
  return { properties: properties as Record<string, object> };
}

/** A list that keeps one value whatever a config says. */
export const listWith = <Item extends z.ZodType>(item: Item, kept: z.output<Item>) =>
  z
    .array(item)
    .refine((list) => list.includes(kept))
    .meta({ contains: { const: kept } }); // the same in words that Pulumi reads
