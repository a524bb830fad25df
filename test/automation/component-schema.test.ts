import { z } from "zod";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { argumentsPage } from "../../automation/arguments-page";
import { componentSchema } from "../../automation/component-schema";
import { builtInStandard, databaseRequestOf, platformRequestOf } from "../../components";

interface Property {
  description: string;
  plain?: boolean;
  $ref?: string;
}
interface Schema {
  types: Record<string, { properties: Record<string, Property>; required: string[] }>;
  resources: Record<
    string,
    { inputProperties: Record<string, Property>; requiredInputs: string[]; properties: Record<string, Property> }
  >;
}

const schema = componentSchema();
const { resources, types } = JSON.parse(schema) as Schema;
const database = resources["shipshape:index:StandardDatabase"]!;
const platform = resources["shipshape:index:DatabasePlatform"]!;

test("every argument, output and property of a type is described", () => {
  const all = [
    ...Object.values(resources).flatMap(({ inputProperties, properties }) => [inputProperties, properties]),
    ...Object.values(types).map(({ properties }) => properties),
  ].flatMap((properties) => Object.entries(properties));
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(([, { description }]) => description.trim() === "").map(([name]) => name)).toEqual([]);
});

// What comes from other resources is checked apart from the request.
test.each([
  ["StandardDatabase", database, databaseRequestOf(builtInStandard), ["platform", "reachableFrom"], ["platform"]],
  [
    "DatabasePlatform",
    platform,
    platformRequestOf(builtInStandard),
    ["vpcId", "subnetIds", "workerSecurityGroupIds"],
    ["vpcId", "subnetIds"],
  ],
] as const)("the arguments of %s are those that are checked, and as required", (_, resource, request, also, needed) => {
  const { properties = {}, required = [] } = z.toJSONSchema(request, { io: "input", unrepresentable: "any" });
  expect(Object.keys(resource.inputProperties).sort()).toEqual([...Object.keys(properties), ...also].sort());
  expect([...resource.requiredInputs].sort()).toEqual([...required, ...needed].sort());
});

test("only what other resources may give is an input, and outputs never are plain", () => {
  const inputs = ({ inputProperties }: { inputProperties: Record<string, Property> }) =>
    Object.keys(inputProperties).filter((name) => !inputProperties[name]!.plain);
  expect(inputs(platform).sort()).toEqual(["costCenter", "owner", "subnetIds", "vpcId", "workerSecurityGroupIds"]);
  expect(inputs(database).sort()).toEqual(["costCenter", "owner"]);
  expect(Object.values(types["shipshape:index:PlatformReference"]!.properties).some(({ plain }) => plain)).toBe(false);
  for (const { properties } of [database, platform])
    expect(Object.values(properties).some(({ plain }) => plain)).toBe(false);
});

test("docs/arguments.md is what `npm run pages` writes", () => {
  expect(readFileSync(join(__dirname, "../../docs/arguments.md"), "utf8")).toBe(argumentsPage(schema));
});

test("every type that is referred to exists", () => {
  const referred = [...schema.matchAll(/"#\/types\/([^"]+)"/g)].map(([, token]) => token!);
  expect(referred).toContain("shipshape:index:PlatformReference");
  expect(referred.filter((token) => !(token in types))).toEqual([]);
});
