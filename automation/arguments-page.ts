// Part of `npm run pages`: docs/arguments.md, from the docstrings that editors show and the values that are checked.
import { z } from "zod";
import { builtInStandard, databaseRequestOf, platformRequestOf } from "../components";
import type { ComponentSchema } from "./component-schema";

type Property = ComponentSchema["types"][string]["properties"][string];
type Section = Pick<ComponentSchema["types"][string], "properties" | "required">;

/** Values that the standard or PostgreSQL limits, by argument. */
function allowedValues(): Record<string, string> {
  const checks = [databaseRequestOf(builtInStandard), platformRequestOf(builtInStandard)];
  const named = checks.flatMap((check) => {
    const { properties = {} } = z.toJSONSchema(check, { io: "input", unrepresentable: "any" });
    return Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema as z.core.JSONSchema.BaseSchema)]);
  });
  return Object.fromEntries(named.filter(([, values]) => values !== undefined)) as Record<string, string>;
}

function valuesOf({ enum: all, items }: z.core.JSONSchema.BaseSchema): string | undefined {
  const values = all ?? (Array.isArray(items) || typeof items !== "object" ? undefined : items.enum);
  return values?.map((value) => `\`${String(value)}\``).join(", ");
}

export function argumentsPage(schema: string): string {
  const { resources, types } = JSON.parse(schema) as ComponentSchema;
  const values = allowedValues();
  const component = (name: string): string => {
    const { inputProperties: properties, requiredInputs: required } = resources[`shipshape:index:${name}`]!;
    const nested = Object.entries(properties).flatMap(([argument, property]) => nestedIn(argument, property));
    return [`## ${name}`, "", table({ properties, required }, values), ...nested].join("\n");
  };
  const nestedIn = (path: string, property: Property): string[] => {
    const { $ref } = property.additionalProperties ?? property;
    const type = types[$ref?.replace("#/types/", "") ?? ""];
    if (!type) return [];
    const below = Object.entries(type.properties).flatMap(([name, inner]) => nestedIn(`${path}.${name}`, inner));
    return ["", `### \`${path}\``, "", table(type, {}), ...below];
  };
  return `${introduction}\n${component("StandardDatabase")}\n\n${component("DatabasePlatform")}\n`;
}

const introduction = `# Arguments

Written by \`npm run pages\` from the docstrings of the components, which editors show too. An argument without a default
is required. Names and figures are those of Shipshape's own standard; [yours](standard.md) may have others. What a
database is made of, and how it changes: [standard-database.md](standard-database.md).

Everything that is wrong is reported at once, before anything is created: the path of the argument, why, and what was
given. A value may be another resource's output where the type says so; it is then checked once it is known.
`;

function table({ properties, required }: Section, values: Record<string, string>): string {
  const rows = Object.entries(properties)
    .sort(([one], [other]) => Number(required.includes(other)) - Number(required.includes(one)))
    .map(([name, property]) => `| \`${name}\` | ${typeOf(property)} | ${cell(property.description, values[name])} |`);
  return ["| argument | type | what it is |", "|---|---|---|", ...rows].join("\n");
}

const cell = (description: string, values: string | undefined): string =>
  `${description.replace(/\s+/g, " ")}${values ? ` Values: ${values}.` : ""}`.replaceAll("|", "\\|");

/** In an output, what it contains may be one, too. */
const typeOf = (property: Omit<Property, "description">): string =>
  property.plain ? inWords(property, typeOf) : `${inWords(property, (inner) => inWords(inner))}, or an output`;

function inWords(
  { type, items, additionalProperties, $ref }: Omit<Property, "description">,
  ofInner: (inner: Omit<Property, "description">) => string = typeOf,
): string {
  if (items) return `list: ${ofInner(items)}`;
  if (additionalProperties) return `by name: ${ofInner(additionalProperties)}`;
  if ($ref) return "object";
  return type === "string" ? "text" : type === "boolean" ? "true or false" : "number";
}
