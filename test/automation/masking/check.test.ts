import { checkProfile } from "../../../automation/masking/check";
import { planMasks, prepareMask } from "../../../automation/masking/mask-plan";
import type { DefinitionRule, MaskingProfile, Rule } from "../../../automation/masking/profile";
import { columnOf, masked, valuesOf } from "./columns";
import type { DefinitionFacts, SchemaFacts } from "../../../automation/masking/schema-facts";
import { transformers } from "../../../automation/masking/transformers";
import { factsOf, keep, profileOf, tableOf, unique, use } from "./schemas";

const problems = (profile: MaskingProfile, facts: SchemaFacts) =>
  checkProfile(profile, facts, transformers).map(({ place, reason }) => `${place}: ${reason}`);

const customers = tableOf("public.customers", { id: { type: "int4", declared: "integer" }, email: {}, name: {} });
const orders = tableOf("public.orders", { id: { type: "int4" }, customer_id: { type: "int8" } });
const toCustomers = {
  name: "orders_customer",
  table: "public.orders",
  columns: ["customer_id"],
  references: { table: "public.customers", columns: ["id"] },
};
const covered = { id: keep, email: use("email"), name: use("name") };

test("a profile that classifies every column has no problem", () => {
  expect(problems(profileOf({ "public.customers": covered }), factsOf([customers]))).toEqual([]);
});

test("a column that the profile does not name refuses, and so does a table, and a column left for later", () => {
  const facts = factsOf([customers, orders]);
  const profile = profileOf({ "public.customers": { id: keep, email: { unclassified: "no idea" } } });
  expect(problems(profile, facts)).toEqual([
    "public.customers.email: it is not classified: no idea",
    "public.customers.name: the profile does not classify this column (text)",
    "public.orders: the profile does not have this table, with 2 columns",
  ]);
});

test("what the schema no longer has is to be removed", () => {
  const profile = profileOf(
    { "public.customers": { ...covered, gone: keep }, "public.gone": {} },
    { definitions: { "enum public.gone": { keep: "a test" } } },
  );
  expect(problems(profile, factsOf([customers]))).toEqual([
    "public.customers.gone: the schema has no such column: remove it",
    "public.gone: the schema has no such table: remove it",
    "enum public.gone: the schema has no such definition: remove it",
  ]);
});

test.each<[string, Partial<DefinitionFacts>, boolean]>([
  ["a comment", { kind: "comment", text: "any" }, true],
  ["labels of an enum", { kind: "enum", text: "a\nb" }, true],
  ["a body", { kind: "function", text: "select 1" }, true],
  ["settings", { kind: "setting", text: "a=b" }, true],
  ["a default with a word", { kind: "default", text: "'Miller'::text" }, true],
  ["a check with a list", { kind: "check", text: "CHECK ((kind = ANY (ARRAY['a'::text, 'Acme'::text])))" }, true],
  ["a check with a long number", { kind: "check", text: "CHECK ((account <> 4711000))" }, true],
  ["a bound that is a name", { kind: "partition", text: "FOR VALUES IN ('Anna Schmidt')" }, true],
  ["a quoted quote", { kind: "policy", text: "(name <> 'O''Neill'::text)" }, true],
  ["options of a server", { kind: "server", text: "host=db" }, true],
  ["a default of a sequence", { kind: "default", text: "nextval('public.orders_id_seq'::regclass)" }, false],
  ["a default of now", { kind: "default", text: "now()" }, false],
  ["an empty text", { kind: "default", text: "''::text" }, false],
  ["a check of a range", { kind: "check", text: "CHECK (((a > 0) AND (a < 100)))" }, false],
  [
    "a bound of dates",
    { kind: "partition", text: "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01 00:00:00+00')" },
    false,
  ],
  ["a server without options", { kind: "server", text: "" }, false],
])("%s needs a verdict: %j %s", (_, definition, needed) => {
  const facts = factsOf([customers], { definitions: [{ id: "it", kind: "comment", text: "", ...definition }] });
  const profile = profileOf({ "public.customers": covered });
  expect(problems(profile, facts)).toHaveLength(needed ? 1 : 0);
  expect(problems({ ...profile, definitions: { it: { keep: "a test" } } }, facts)).toEqual([]);
});

test("no problem quotes a definition's text", () => {
  const definitions: DefinitionFacts[] = [{ id: "comment on it", kind: "comment", text: "ask Mrs. Miller" }];
  expect(problems(profileOf({}), factsOf([], { definitions })).join()).not.toContain("Miller");
});

describe("keys", () => {
  const facts = factsOf([customers, orders], {
    foreignKeys: [toCustomers],
    uniques: [unique("public.customers", ["id"], { primary: true })],
  });
  const both = (one: MaskingProfile["tables"][string]["columns"], other: MaskingProfile["tables"][string]["columns"]) =>
    problems(profileOf({ "public.customers": { ...covered, ...one }, "public.orders": { id: keep, ...other } }), facts);

  test("hold if both sides are kept, or get the same mask", () => {
    expect(both({ id: keep }, { customer_id: keep })).toEqual([]);
    expect(both({ id: use("pseudonym") }, { customer_id: use("pseudonym") })).toEqual([]);
  });

  test.each([
    [keep, use("pseudonym")],
    [use("pseudonym"), keep],
    [use("pseudonym"), use("permutation")],
    [use("permutation", { from: 1, to: 10 }), use("permutation", { from: 1, to: 11 })],
  ])("break if one side is masked otherwise: %j, %j", (id, customer_id) => {
    expect(both({ id }, { customer_id })).toEqual([
      "public.orders.customer_id: a key joins it with public.customers.id, which gets another mask: rows would no longer be found",
    ]);
  });

  test("break if the two sides are of different classes", () => {
    expect(
      both(
        { id: use("pseudonym", undefined, { class: "one" }) },
        { customer_id: use("pseudonym", undefined, { class: "two" }) },
      ),
    ).toEqual(["public.customers.id: keys join it with columns of other classes: one, two"]);
  });

  test("break by a mask that is lossy, or other for each row", () => {
    expect(both({ id: use("noise", { absolute: 3 }) }, { customer_id: use("noise", { absolute: 3 }) })).toEqual([
      "public.customers.id: its values are unique (id_key), and noise gives different values the same mask",
    ]);
    expect(both({ id: use("sequence") }, { customer_id: use("sequence") })).toEqual([
      "public.customers.id: keys join it with other columns, and sequence masks the same value differently",
    ]);
  });

  test("break if the rows they refer to are not copied, unless the reference becomes NULL", () => {
    const emptied = (rule: typeof keep) =>
      problems(profileOf({ "public.customers": "empty", "public.orders": { id: keep, customer_id: rule } }), facts);
    expect(emptied(keep)).toEqual([
      expect.stringContaining(
        "public.orders: its key orders_customer refers to public.customers, of which no row is copied",
      ),
    ]);
    expect(emptied(use("null"))).toEqual([]);
  });

  test("of several columns are compared column by column, and along chains, cycles and references to oneself", () => {
    const chained = factsOf(
      [tableOf("s.a", { x: {}, y: {} }), tableOf("s.b", { x: {}, y: {} }), tableOf("s.c", { x: {}, y: {} })],
      {
        foreignKeys: [
          { name: "ab", table: "s.a", columns: ["x", "y"], references: { table: "s.b", columns: ["y", "x"] } },
          { name: "bc", table: "s.b", columns: ["x"], references: { table: "s.c", columns: ["y"] } },
          { name: "ca", table: "s.c", columns: ["y"], references: { table: "s.a", columns: ["y"] } },
          { name: "aa", table: "s.a", columns: ["x"], references: { table: "s.a", columns: ["x"] } },
        ],
      },
    );
    // a.x with b.y; a.y with b.x and c.y; c.x alone.
    const profile = profileOf({
      "s.a": { x: use("pseudonym"), y: keep },
      "s.b": { x: keep, y: use("pseudonym") },
      "s.c": { x: use("email"), y: keep },
    });
    expect(problems(profile, chained)).toEqual([]);
    profile.tables["s.c"]!.columns!["y"] = use("pseudonym");
    expect(problems(profile, chained)).toEqual([expect.stringMatching(/^s\.c\.y: a key joins it with s\.a\.y/)]);
  });

  test("that no foreign key enforces are stated in the profile, and hold like others", () => {
    const virtualKeys = [{ columns: ["public.audit.who"], references: ["public.customers.email"], reason: "a test" }];
    const audited = factsOf([customers, tableOf("public.audit", { who: {} })]);
    const profile = (rule: typeof keep) =>
      profileOf({ "public.customers": covered, "public.audit": { who: rule } }, { virtualKeys });
    expect(problems(profile(use("email")), audited)).toEqual([]);
    expect(problems(profile(keep), audited)).toEqual([
      expect.stringMatching(/^public\.customers\.email: a key joins it with public\.audit\.who/),
    ]);
    const unknown = profileOf(
      { "public.customers": covered, "public.audit": { who: keep } },
      { virtualKeys: [{ ...virtualKeys[0]!, columns: ["public.audit.gone"] }] },
    );
    expect(problems(unknown, audited)).toEqual(["virtualKeys.0: the schema has no column public.audit.gone"]);
  });
});

describe("what is unique", () => {
  const check = (uniques: SchemaFacts["uniques"], name = use("name")) =>
    problems(profileOf({ "public.customers": { ...covered, name } }), factsOf([customers], { uniques }));

  test("stays so only by a mask that keeps different values different", () => {
    expect(check([unique("public.customers", ["name"])])).toEqual([
      "public.customers.name: its values are unique (name_key), and name gives different values the same mask",
    ]);
    expect(check([unique("public.customers", ["email"])])).toEqual([]);
    expect(check([unique("public.customers", ["name"])], use("null"))).toEqual([]);
  });

  test("by an expression is looked at by the columns that it reads", () => {
    const folded = unique("public.customers", [], {
      name: "folded",
      parts: [{ expression: "lower(name)", columns: ["name"] }],
    });
    expect(check([folded])).toEqual([
      "public.customers.name: lower(name) is unique (folded), and name gives different values the same mask",
    ]);
  });

  test("by an exclusion constraint stays so only where its columns are kept", () => {
    expect(check([unique("public.customers", ["email"], { exclusion: true })])).toEqual([
      "public.customers.email: the exclusion constraint email_key compares its values: only keep leaves it whole",
    ]);
    expect(check([unique("public.customers", ["id"], { exclusion: true })])).toEqual([]);
  });
});

test("a transformer that does not fit refuses with its reason, a wrong parameter with what is wanted", () => {
  const check = (rule: typeof keep) =>
    problems(profileOf({ "public.customers": { ...covered, id: rule } }), factsOf([customers]));
  expect(check(use("email"))).toEqual([
    "public.customers.id: email does not fit: it writes text, and the column is integer",
  ]);
  expect(check(use("noise"))).toEqual(["public.customers.id: noise: give percent or absolute"]);
  expect(check(use("emial"))).toEqual(['public.customers.id: there is no transformer "emial"']);
  expect(check(use("noise", { absolute: 1 }, { perSubject: "gone" }))).toEqual([
    "public.customers.id: perSubject names gone, which is no column of the table",
  ]);
});

test("a generated column is PostgreSQL's, and a partition is its root's", () => {
  const generated = tableOf("s.g", { a: {}, b: { generated: true } });
  expect(problems(profileOf({ "s.g": { a: keep } }), factsOf([generated]))).toEqual([]);
  expect(problems(profileOf({ "s.g": { a: keep, b: use("email") } }), factsOf([generated]))).toEqual([
    "s.g.b: PostgreSQL computes it from other columns, which are masked: leave it out, or keep it",
  ]);
  const parted = [
    tableOf(
      "s.p",
      { at: { type: "date", partitionKey: "range" }, id: { type: "int4", partitionKey: "hash" } },
      { kind: "partitioned" },
    ),
    tableOf("s.p_1", { at: { type: "date" }, id: { type: "int4" } }, { kind: "partition", parents: ["s.p"] }),
  ];
  expect(problems(profileOf({ "s.p": { at: keep, id: use("pseudonym") } }), factsOf(parted))).toEqual([]);
  expect(problems(profileOf({ "s.p": { at: use("date-shift"), id: keep } }), factsOf(parted))).toEqual([
    "s.p.at: the table is partitioned by it (range): a masked row may belong to no partition",
  ]);
});

test("rows of another server are not copied, views are filled from what was masked, large objects are refused or dropped", () => {
  const facts = factsOf(
    [tableOf("s.far", { a: {} }, { kind: "foreign" }), tableOf("s.seen", { a: {} }, { kind: "materialized-view" })],
    { largeObjects: 2 },
  );
  expect(problems(profileOf({ "s.far": { a: keep } }), facts)).toEqual([
    "s.far: its rows are on another server, and no copy takes them: say empty: true",
    "largeObjects: there are 2 large objects, and the profile refuses them",
  ]);
  expect(problems(profileOf({ "s.far": "empty" }, { largeObjects: "drop" }), facts)).toEqual([]);
});

test.each<[DefinitionFacts["kind"], string, DefinitionRule, string | undefined]>([
  ["partition", "FOR VALUES IN ('a')", { drop: true }, "it can only be kept"],
  ["partition", "FOR VALUES IN ('a')", { keep: "a test" }, undefined],
  ["enum", "a\nb", { drop: true }, "replace them"],
  ["enum", "a\nb", { replace: "x" }, "it has 2 labels"],
  ["enum", "a\nb", { replace: "x\nx" }, "different ones"],
  ["enum", "a\nb", { replace: "x\ny" }, undefined],
  ["policy", "(a = 'Acme')", { replace: "true" }, "not replaced"],
  ["comment", "Acme", { replace: "a customer" }, undefined],
])("of a definition of the kind %s (%j) %j is %s", (kind, text, rule, why) => {
  const facts = factsOf([], { definitions: [{ id: "it", kind, text }] });
  const reasons = problems(profileOf({}, { definitions: { it: rule } }), facts);
  expect(reasons).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
});

test("the columns of a class get one mask, whether a key joins them or the profile alone", () => {
  const facts = factsOf(
    [
      tableOf("public.customers", { id: { type: "int8" } }),
      tableOf("public.orders", { customer_id: { type: "int8" } }),
      tableOf("public.legacy", { number: { type: "int4" } }),
    ],
    { foreignKeys: [{ ...toCustomers, table: "public.orders" }] },
  );
  const rule = use("pseudonym", undefined, { class: "customer-id" });
  const profile = profileOf({
    "public.customers": { id: rule },
    "public.orders": { customer_id: rule },
    "public.legacy": { number: rule },
  });
  expect(problems(profile, facts)).toEqual([]);
  const masks = planMasks(profile, facts).map(({ columns: [one] }) => {
    const mask = prepareMask(one!.mask!, { secret: Buffer.alloc(32, 1), sourceWords: new Set(), transformers });
    return valuesOf(mask(columnOf(["7", "4711", "2147483647"]), { firstRow: 0 }));
  });
  expect(masks[1]).toEqual(masks[0]);
  expect(masks[2]).toEqual(masks[0]);
  const other = {
    ...profile.tables,
    "public.legacy": { columns: { number: use("noise", { absolute: 1 }, { class: "customer-id" }) } },
  };
  expect(problems({ ...profile, tables: other }, facts)[0]).toContain("class or key joins it");
});

test("blanks at the end of a char(n) make no difference in its class", () => {
  const facts = factsOf([
    tableOf("public.a", { code: { type: "varchar", maxLength: 8 } }),
    tableOf("public.b", { code: { type: "bpchar", maxLength: 10 } }),
  ]);
  const rule = use("pseudonym", undefined, { class: "code" });
  const plan = planMasks(profileOf({ "public.a": { code: rule }, "public.b": { code: rule } }), facts);
  const [short, padded] = plan.map(({ columns: [one] }, at) => {
    const mask = prepareMask(one!.mask!, { secret: Buffer.alloc(32, 1), sourceWords: new Set(), transformers });
    return valuesOf(mask(columnOf([at === 0 ? "AB12" : "AB12      "]), { firstRow: 0 }));
  });
  expect(padded).toEqual(short);
});

test.each<[string, Rule, string | undefined]>([
  ["lower(name)", use("pseudonym"), undefined],
  ["lower((name)::text)", use("email"), undefined],
  ["lower(name)", use("permutation"), "differ in case only"],
  ["((name || '-'::text) || COALESCE(name, ''::text))", use("pseudonym"), undefined],
  ['"substring"(name, 1, 3)', use("pseudonym"), "may be the same of different masks"],
  ['"left"(name)', use("pseudonym"), "may be the same of different masks"],
  ["md5(name)", use("pseudonym"), "may be the same of different masks"],
])("where %s is unique, %j is %s", (expression, rule, why) => {
  const facts = factsOf([customers], {
    uniques: [unique("public.customers", [], { name: "folded", parts: [{ expression, columns: ["name"] }] })],
  });
  const reasons = problems(profileOf({ "public.customers": { ...covered, name: rule } }), facts);
  expect(reasons).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
});

test("values that are different in a unique citext stay different", () => {
  const facts = { type: "citext", ignoresCase: true };
  for (const masking of [{ use: "pseudonym" }, { use: "permutation" }, { use: "email" }]) {
    const results = masked(["a b", "ab", "AB", "a c"], { ...masking, facts }) as string[];
    expect(new Set(results.map((one) => one.toLowerCase())).size).toBe(3);
  }
});
