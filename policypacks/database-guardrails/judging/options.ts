import { postgresPort } from "../../../components/standards";

/**
 * What a pack's config may tell a rule, and the least that it must say: an option adds to what a rule asks for, and
 * takes nothing from it.
 */
interface Option {
  name: "teams" | "ports";
  allowed: string;
  fits(value: unknown): boolean;
  /** The same for Pulumi, which checks a config before the pack sees it. */
  schema: { type: "array"; items: { type: "string" | "integer" }; minItems: number; contains?: { const: number } };
}

const options: Readonly<Record<string, Option>> = {
  "require-owner-tags": {
    name: "teams",
    allowed: "a list of strings, one team at least",
    fits: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((team) => typeof team === "string" && team.trim() !== ""),
    schema: { type: "array", items: { type: "string" }, minItems: 1 },
  },
  "forbid-open-ingress": {
    name: "ports",
    allowed: `a list of numbers, ${postgresPort} among them`,
    fits: (value) =>
      Array.isArray(value) &&
      value.every((port) => Number.isInteger(port) && port > 0 && port < 65_536) &&
      value.includes(postgresPort),
    schema: { type: "array", items: { type: "integer" }, minItems: 1, contains: { const: postgresPort } },
  },
};

export const optionOf = (rule: string): Option | undefined => options[rule];
export const configSchemaOf = (rule: string): { properties: Record<string, Option["schema"]> } => {
  const option = options[rule];
  return { properties: option ? { [option.name]: option.schema } : {} };
};
