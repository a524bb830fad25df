import { ownershipKeys, planSubset, subsetProblems } from "../../../automation/masking/subset";
import { parseSubset, subsetDigest } from "../../../automation/masking/subset-file";
import { factsOf, keep, profileOf, tableOf } from "./schemas";

const id = { type: "int4", notNull: true };
const facts = factsOf(
  [
    tableOf("app.region", { id }, { rows: 5 }),
    tableOf("app.customer", { id, region: id, parent: { type: "int4" } }, { rows: 1000 }),
    tableOf("app.orders", { id, customer: id }, { kind: "partitioned", rows: 0 }),
    ...["app.orders_1", "app.orders_2"].map((name) =>
      tableOf(name, { id, customer: id }, { kind: "partition", parents: ["app.orders"], rows: 2000 }),
    ),
    tableOf("app.item", { orders: id, product: { type: "int4" } }, { rows: 12_000 }),
    tableOf("app.product", { id }, { rows: 300 }),
    tableOf("app.log", { line: {} }, { rows: 90 }),
    tableOf("app.country", { code: {} }, { rows: 200 }),
  ],
  {
    foreignKeys: [
      ["app.customer", "region", "app.region"],
      ["app.customer", "parent", "app.customer"],
      ["app.orders", "customer", "app.customer"],
      ["app.item", "orders", "app.orders"],
      ["app.item", "product", "app.product"],
    ].map(([table = "", column = "", to = ""]) => ({
      ...{ name: `${column}_fkey`, table, columns: [column] },
      references: { table: to, columns: ["id"] },
    })),
  },
);
const all = ["id", "region", "parent", "customer", "orders", "product", "line", "code"];
const kept = Object.fromEntries(all.map((name) => [name, keep]));
const names = facts.tables.filter(({ kind }) => kind !== "partition").map(({ name }) => name);
const whole = profileOf(Object.fromEntries(names.map((name) => [name, kept])));
whole.tables["app.country"] = { columns: kept, whole: true };
const basis = { profile: whole, facts };
const subset = (more = "") =>
  parseSubset(
    `version: 1\nsource: orders\nroot: app.customer\nwhere: email = 'ann@example.com'\n${more}`,
    "one.subset.yaml",
  );
const named = { name: "one", digest: "d" };

test("rows belong to what they always refer to, but not to a row of their own table", () => {
  expect(ownershipKeys(basis).map((key) => key.id)).toEqual([
    ...["app.customer(region)", "app.orders(customer)", "app.item(orders)"],
  ]);
});

test("a plan says which tables may get rows, over which keys, and how many by statistics: not the condition", () => {
  const plan = planSubset(subset(), named, basis);
  expect(plan).toMatchObject({
    root: "app.customer",
    down: ["app.item(orders)", "app.orders(customer)"],
    whole: ["app.country"],
    tables: ["app.country", "app.customer", "app.item", "app.orders", "app.product", "app.region"],
    estimate: {
      "app.customer": { rowsInSource: 1000, perRootRow: 1 },
      "app.orders": { rowsInSource: 4000, perRootRow: 4 },
      "app.item": { rowsInSource: 12_000, perRootRow: 12 },
      "app.product": { rowsInSource: 300 },
    },
  });
  expect(JSON.stringify(plan)).not.toContain("ann@");
});

test("keys that are named are followed down instead, and only as far as the root reaches", () => {
  const plan = planSubset(subset("down: [app.customer(parent), app.item(orders)]"), named, basis);
  expect(plan).toMatchObject({
    down: ["app.customer(parent)"],
    tables: ["app.country", "app.customer", "app.region"],
  });
});

test("a root that is not copied and a key that does not exist are problems", () => {
  const other = { ...subset("down: [app.orders(nothing)]"), root: "app.gone" };
  expect(subsetProblems(subset(), basis)).toEqual([]);
  expect(subsetProblems(other, basis)).toEqual([
    "the profile copies no row of the root app.gone",
    "there is no key app.orders(nothing) between tables that are copied",
  ]);
});

test("another condition is another digest", () => {
  expect(subsetDigest(subset())).toBe(subsetDigest(subset("# a remark\nrowsMax: 1000000")));
  expect(subsetDigest({ ...subset(), where: "true" })).not.toBe(subsetDigest(subset()));
});

const secret = "ann@example.com";
test.each([
  ["no YAML", `where: '${secret}\nroot: [`, "line"],
  [
    "a condition as a list",
    `version: 1\nsource: o\nroot: a.b\nwhere: [${secret}]`,
    "line 4: where: give the condition",
  ],
  [
    "a condition whose line is wrong",
    `version: 1\nsource: o\nroot: a.b\nwhere: email =\n${secret}: x`,
    "name that is not known",
  ],
  ["a root without a schema", `version: 1\nsource: o\nroot: ${secret.slice(0, 4)}\nwhere: x`, "line 3: root: give"],
])("%s is refused with its line, and without what is there", (_, text, message) => {
  let thrown: Error | undefined;
  try {
    parseSubset(text, "one.subset.yaml");
  } catch (error) {
    thrown = error as Error;
  }
  expect(thrown?.message).toContain(message);
  expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain("ann@");
});
