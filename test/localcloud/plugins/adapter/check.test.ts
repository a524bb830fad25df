import type { Naming } from "../../../../localcloud/plugins/adapter/autoname";
import { checkResource } from "../../../../localcloud/plugins/adapter/check";
import { checkSettings, readSettings } from "../../../../localcloud/plugins/adapter/provider-settings";
import type { ProviderDefinition, ResourceType } from "../../../../localcloud/plugins/adapter/resource";
import { UNKNOWN, type PropertyValues } from "../../../../localcloud/plugins/adapter/wire";

const type: ResourceType<unknown> = {
  properties: {
    name: { type: "string" },
    namePrefix: { type: "string" },
    size: { type: "int", min: 1, max: 9 },
    tier: { type: "string", oneOf: ["gold", "bronze"] },
    limit: { type: "int", default: -1 },
    login: { type: "bool", default: false },
    tags: { type: "map" },
    policy: { type: "string", json: true },
    arn: { type: "string", outputOnly: true },
    parameters: {
      type: "set",
      element: {
        type: "object",
        properties: {
          name: { type: "string", required: true },
          value: { type: "string", required: true },
          applyMethod: { type: "string", default: "immediate" },
        },
      },
    },
  },
  autoname: { property: "name", maxLength: 20, transform: (name) => name.toLowerCase(), unless: ["namePrefix"] },
  create: async () => ({ id: "", properties: {} }),
  read: async () => undefined,
  delete: async () => {},
};

const naming: Naming = { logicalName: "Orders", randomSeed: Buffer.from("seed") };
const check = (given: PropertyValues, oldInputs: PropertyValues = {}, named: Partial<Naming> = {}) =>
  checkResource(type, oldInputs, given, { ...naming, ...named });
const reasons = (given: PropertyValues) =>
  check({ name: "n", ...given }).failures.map(({ property, reason }) => `${property}: ${reason}`);

test("non-zero defaults are filled in and listed; those the program sets itself are not listed", () => {
  expect(check({ name: "n" }).inputs).toEqual({ name: "n", limit: -1, __defaults: ["limit"] });
  expect(check({ name: "n", limit: -1 }).inputs.__defaults).toEqual([]);
});

test("objects inside collections have their own defaults", () => {
  expect(check({ name: "n", parameters: [{ name: "a", value: 1 }] }).inputs.parameters).toEqual([
    { name: "a", value: "1", applyMethod: "immediate", __defaults: ["applyMethod"] },
  ]);
});

test("a generated name is reproducible, short enough, kept for the resource's life, and omitted where a prefix is given", () => {
  const made = check({}).inputs;
  expect(made.name).toMatch(/^orders-[0-9a-f]{7}$/);
  expect(made.__defaults).toContain("name");
  expect(check({}).inputs.name).toBe(made.name);
  expect(check({}, {}, { logicalName: "a-name-that-is-much-too-long" }).inputs.name).toHaveLength(20);
  expect(check({}, made, { randomSeed: Buffer.from("another") }).inputs.name).toBe(made.name);
  expect(check({ namePrefix: "p" }).inputs.name).toBeUndefined();
});

test("the engine's naming configuration is followed", () => {
  expect(check({}, {}, { mode: "propose", proposedName: "proposed" }).inputs.name).toBe("proposed");
  expect(check({}, {}, { mode: "disable" }).failures[0]?.reason).toMatch(/automatic naming is disabled/);
});

test("each failure names its property, the value given and what is allowed", () => {
  expect(reasons({ tier: "silver" })[0]).toMatch('tier: expected tier to be one of ["gold","bronze"], got silver');
  expect(reasons({ size: 0 })[0]).toMatch("size: expected size to be at least (1), got 0");
  expect(reasons({ size: 10 })[0]).toMatch("size: expected size to be at most (9), got 10");
  expect(reasons({ size: 1.5 })[0]).toMatch("size: expected whole number, got number");
  expect(reasons({ tags: ["a"] })[0]).toMatch("tags: expected object, got array");
  expect(reasons({ policy: "{" })[0]).toMatch("policy: expected policy to be a JSON document");
  expect(reasons({ arn: "x" })[0]).toMatch("arn: arn is decided by the service");
  expect(reasons({ sise: 1 })[0]).toMatch(/^sise: unknown property sise; known are name, .*size/);
  expect(reasons({ parameters: [{ name: "a" }] })[0]).toMatch("parameters[0].value: Missing required argument value");
});

test("numbers and booleans may be given as strings", () => {
  expect(check({ name: 5, size: "5", login: "true" }).inputs).toMatchObject({ name: "5", size: 5, login: true });
});

test("unknown values are not checked, at any depth", () => {
  const given = {
    name: UNKNOWN,
    size: UNKNOWN,
    tags: { a: UNKNOWN },
    parameters: [{ name: UNKNOWN, value: UNKNOWN }],
    tier: UNKNOWN,
  };
  expect(check(given)).toMatchObject({ failures: [], inputs: { size: UNKNOWN, tags: { a: UNKNOWN } } });
  expect(check({ name: "n", parameters: UNKNOWN, tags: UNKNOWN })).toMatchObject({
    failures: [],
    inputs: { parameters: UNKNOWN },
  });
});

describe("provider settings", () => {
  const definition: ProviderDefinition<PropertyValues> = {
    name: "test",
    version: "1.0.0",
    settings: {
      port: { type: "int", default: 5432 },
      superuser: { type: "bool" },
      host: { type: "string", required: true },
      defaultTags: { type: "object", properties: { tags: { type: "map" } } },
    },
    configure: async (settings) => settings,
    resources: {},
  };

  test("arrive as JSON text and are parsed to their types", () => {
    const given = {
      host: "h",
      port: "26432",
      superuser: "true",
      defaultTags: '{"tags":{"team":"a"}}',
      version: "1.0.0",
    };
    expect(readSettings(definition.settings, given, [])).toEqual({
      host: "h",
      port: 26432,
      superuser: true,
      defaultTags: { tags: { team: "a" } },
    });
  });

  test("with unknown values are not missing; undefined settings are refused", () => {
    expect(checkSettings(definition, { host: UNKNOWN })).toEqual([]);
    expect(checkSettings(definition, { host: "h", hots: "x" })).toMatchObject([{ property: "hots" }]);
    expect(checkSettings(definition, {})).toMatchObject([{ property: "host" }]);
  });
});
