import { brokenKeys, copiedKeys, scopedProfile, withReferenced } from "../../../automation/masking/copy-scope";
import { planMasks } from "../../../automation/masking/mask-plan";
import { factsOf, keep, profileOf, tableOf, use } from "./schemas";

const facts = factsOf(
  [
    tableOf("app.country", { code: {} }),
    tableOf("app.customer", { id: { type: "int4" }, country: {}, parent: { type: "int4" }, email: {} }),
    tableOf("app.orders", { id: { type: "int4" }, customer: { type: "int4" }, contact: {} }, { kind: "partitioned" }),
    tableOf(
      "app.orders_1",
      { id: { type: "int4" }, customer: { type: "int4" }, contact: {} },
      { kind: "partition", parents: ["app.orders"] },
    ),
    tableOf("app.note", { kind: {}, about: { type: "int4" } }),
  ],
  {
    foreignKeys: [
      ["app.customer", "country", "app.country", "code"],
      ["app.customer", "parent", "app.customer", "id"],
      ["app.orders", "customer", "app.customer", "id"],
      ["app.orders_1", "contact", "app.country", "code"],
    ].map(([table = "", column = "", to = "", key = ""]) => ({
      ...{ name: `${column}_fkey`, table, columns: [column] },
      references: { table: to, columns: [key] },
    })),
  },
);
const rules = {
  "app.country": { code: keep },
  "app.customer": { id: use("pseudonym"), country: keep, parent: use("pseudonym"), email: use("email") },
  "app.orders": { id: keep, customer: use("pseudonym"), contact: keep },
  "app.note": { kind: keep, about: use("pseudonym") },
};
const when = { column: "app.note.kind", equals: "order" };
const profile = profileOf(rules, {
  virtualKeys: [{ columns: ["app.note.about"], references: ["app.customer.id"], when, reason: "a test" }],
});

test("each key of the copy is named by its columns, whether the schema declares it or the profile", () => {
  expect(copiedKeys(profile, facts).map(({ id, references, when: about }) => [id, references.table, about])).toEqual([
    ["app.customer(country)", "app.country", undefined],
    ["app.customer(parent)", "app.customer", undefined],
    ["app.orders(customer)", "app.customer", undefined],
    ["app.orders_1(contact)", "app.country", undefined],
    ["app.note(about)", "app.customer", { column: "kind", equals: "order" }],
  ]);
});

test.each([
  ["a table that refers to itself alone", ["app.customer"], ["app.customer(country)"]],
  ["a table whose partition has a key of its own", ["app.orders"], ["app.orders(customer)", "app.orders_1(contact)"]],
  ["a table that a key of the profile joins", ["app.note"], ["app.note(about)"]],
  ["tables that need nothing else", ["app.country", "app.customer"], []],
])("the rows of %s: each key that would break is found", (_, chosen, broken) => {
  expect(brokenKeys(chosen, profile, facts).map(({ id }) => id)).toEqual(broken);
});

test("tables that keys refer to come along, however far, and then no key breaks", () => {
  const all = withReferenced(["app.note"], profile, facts);
  expect(all).toEqual(["app.country", "app.customer", "app.note"]);
  expect(brokenKeys(all, profile, facts)).toEqual([]);
});

test("a key whose column becomes NULL cannot break", () => {
  const { virtualKeys } = profile;
  const nulled = profileOf({ ...rules, "app.note": { kind: keep, about: use("null") } }, { virtualKeys });
  expect(brokenKeys(["app.note"], nulled, facts)).toEqual([]);
});

test("a copy of a part leaves the other tables empty, and masks what it has as a copy of all does", () => {
  const whole = planMasks(profile, facts);
  const part = planMasks(scopedProfile(profile, { kind: "tables", tables: ["app.orders"] }), facts);
  expect(part.filter(({ empty }) => empty).map(({ name }) => name)).toEqual([
    ...["app.country", "app.customer", "app.note"],
  ]);
  expect(part.filter(({ empty }) => !empty)).toEqual(whole.filter(({ name }) => name === "app.orders_1"));
  expect(planMasks(scopedProfile(profile, { kind: "schema" }), facts).every(({ empty }) => empty)).toBe(true);
  expect(scopedProfile(profile, undefined)).toBe(profile);
});
