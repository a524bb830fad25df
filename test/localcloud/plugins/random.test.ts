import { checkResource } from "../../../localcloud/plugins/adapter/check";
import type { PropertyValues, Context } from "../../../localcloud/plugins/adapter";
import { diffResource } from "../../../localcloud/plugins/adapter/diff";
import { outputsOf } from "../../../localcloud/plugins/adapter/state";
import { provider } from "../../../localcloud/plugins/random/provider";

const typeOf = (name: string) =>
  provider.resources[`random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`]!;
const context = { importing: false } as Context<undefined>;

const checked = (name: string, given: PropertyValues) =>
  checkResource(typeOf(name), {}, given, { logicalName: "x", randomSeed: Buffer.alloc(0) });
const make = async (name: string, given: PropertyValues) => {
  const { inputs, failures } = checked(name, given);
  expect(failures).toEqual([]);
  const { id, properties } = await typeOf(name).create(inputs, context);
  return outputsOf(typeOf(name), properties, id);
};

test("a password has the requested length, alphabets and minimums, and is not its id", async () => {
  const { id, result } = await make("RandomPassword", { length: 40, special: false, minUpper: 10, minNumeric: 10 });
  expect(id).toBe("none");
  expect(result).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(result.match(/[A-Z]/g).length).toBeGreaterThanOrEqual(10);
  expect(result.match(/\d/g).length).toBeGreaterThanOrEqual(10);
  expect((await make("RandomPassword", { length: 40 })).result).not.toBe(result);
});

test("special characters can be chosen, digits switched off by either name", async () => {
  const { result, numeric, number } = await make("RandomString", {
    length: 50,
    overrideSpecial: "_",
    lower: false,
    upper: false,
    number: false,
  });
  expect(result).toBe("_".repeat(50));
  expect({ numeric, number }).toEqual({ numeric: false, number: false });
});

test("an id has four encodings, each with the prefix", async () => {
  const { id, hex, dec, b64Url } = await make("RandomId", {
    byteLength: 4,
    prefix: "db-",
    keepers: { identifier: "orders" },
  });
  expect(hex).toMatch(/^db-[0-9a-f]{8}$/);
  expect(dec).toBe(`db-${Number.parseInt(hex.slice(3), 16)}`);
  expect(b64Url).toBe(`db-${id}`);
});

test("an imported value is unchanged", async () => {
  const { properties } = (await typeOf("RandomId").read("db-,AAAAAQ", {}, { ...context, importing: true }))!;
  expect(properties).toMatchObject({ id: "AAAAAQ", prefix: "db-", byteLength: 4, hex: "db-00000001", dec: "db-1" });
});

test("only a changed keeper generates a new value", async () => {
  const type = typeOf("RandomPassword");
  const old = await make("RandomPassword", { length: 20, keepers: { a: "1" } });
  const { inputs } = checked("RandomPassword", { length: 20, keepers: { a: "1" } });
  expect(diffResource(type, old, inputs, []).diffs).toEqual([]);
  expect(diffResource(type, old, { ...inputs, keepers: { a: "2" } }, [])).toMatchObject({
    detailed: { "keepers.a": "UPDATE_REPLACE" },
    replaces: ["keepers"],
  });
});

test("an impossible value is refused at check", () => {
  expect(checked("RandomPassword", { length: 3, minLower: 2, minUpper: 2 }).failures[0]?.reason).toMatch(
    "the minimums add up to 4, more than the length 3",
  );
  expect(
    checked("RandomString", { length: 3, lower: false, upper: false, special: false, numeric: false }).failures[0]
      ?.reason,
  ).toMatch("at least one of");
  expect(checked("RandomId", {}).failures[0]?.reason).toMatch("Missing required argument byteLength");
});
