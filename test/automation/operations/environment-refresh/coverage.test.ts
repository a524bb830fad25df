import type { DefinitionRule } from "../../../../automation/masking/profile";
import type { DefinitionFacts } from "../../../../automation/masking/schema-facts";
import {
  coverageFigures,
  coverageProblems,
  scopeOf,
  throughRoot,
} from "../../../../automation/operations/environment-refresh/coverage";
import { environmentRefreshRequest } from "../../../../automation/operations/environment-refresh/request";
import { factsOf, keep, profileOf, tableOf, use } from "../../masking/schemas";

const customers = tableOf("public.customers", { id: { type: "int4" }, email: {} });
const comment: DefinitionFacts = {
  id: "comment on table column public.customers.email",
  kind: "comment",
  text: "such as ann@example.com",
};
const enumeration: DefinitionFacts = { id: "enum public.state", kind: "enum", text: "open\nclosed" };
const tables = { "public.customers": { id: keep, email: use("email") } };
const covering = (definitions: Record<string, DefinitionRule>, facts: DefinitionFacts[]) =>
  coverageProblems(profileOf(tables, { definitions }), factsOf([customers], { definitions: facts })).map(
    ({ place }) => place,
  );

test("an unclassified column or definition is a problem, by its name", () => {
  const facts = factsOf([customers], { definitions: [comment] });
  const places = coverageProblems(profileOf({ "public.customers": { id: keep } }), facts).map(({ place }) => place);
  expect(places).toEqual(["public.customers.email", comment.id]);
});

test("comments can be dropped and replaced; labels of an enum cannot be dropped, and a replacement has as many", () => {
  for (const rule of [{ drop: true } as const, { replace: "an address" }, { keep: "it is invented" }])
    expect(covering({ [comment.id]: rule }, [comment])).toEqual([]);
  for (const rule of [{ drop: true } as const, { replace: "open" }])
    expect(covering({ [enumeration.id]: rule }, [enumeration])).toEqual([enumeration.id]);
  expect(covering({ [enumeration.id]: { keep: "names of states" } }, [enumeration])).toEqual([]);
});

test("settings and subscriptions never travel, so a profile may drop them", () => {
  const setting: DefinitionFacts = { id: "settings of all roles in this database", kind: "setting", text: "a=b" };
  expect(covering({ [setting.id]: { drop: true } }, [setting])).toEqual([]);
});

test("rows of a table that is partitioned by a masked column find their partition again, at each level; others stay where they are", () => {
  const facts = factsOf([
    tableOf("public.e", { email: { partitionKey: "hash" }, at: {} }, { kind: "partitioned" }),
    tableOf("public.e0", { email: {}, at: { partitionKey: "hash" } }, { kind: "partition", parents: ["public.e"] }),
    tableOf("public.e00", { email: {}, at: {} }, { kind: "partition", parents: ["public.e0"] }),
    tableOf("public.k", { id: { partitionKey: "hash" } }, { kind: "partitioned" }),
    tableOf("public.k0", { id: {} }, { kind: "partition", parents: ["public.k"] }),
  ]);
  const profile = profileOf({ "public.e": { email: use("email"), at: keep }, "public.k": { id: keep } });
  expect(throughRoot(profile, facts)).toEqual(["public.e0", "public.e00"]);
});

test("columns that are masked and kept are counted once for a partitioned table, without what PostgreSQL computes and what stays empty", () => {
  const facts = factsOf([
    tableOf("public.e", { email: {}, at: {}, both: { generated: true } }, { kind: "partitioned" }),
    tableOf(
      "public.e0",
      { email: {}, at: {}, both: { generated: true } },
      { kind: "partition", parents: ["public.e"] },
    ),
    tableOf("public.log", { line: {} }),
    tableOf("public.totals", { n: {} }, { kind: "materialized-view" }),
  ]);
  const profile = profileOf({ "public.e": { email: use("email"), at: keep } });
  const emptied = { ...profile, tables: { ...profile.tables, "public.log": { empty: true as const } } };
  expect(coverageFigures(emptied, facts)).toEqual({ columnsMasked: 1, columnsKept: 1, tablesEmpty: 1 });
});

describe("what of a database is copied", () => {
  const tables = [
    tableOf("app.customer", { id: {} }),
    tableOf('app."or,ders"', { customer: {} }),
    tableOf("app.log", {}),
  ];
  const key = { name: "k", table: 'app."or,ders"', columns: ["customer"] };
  const foreignKeys = [{ ...key, references: { table: "app.customer", columns: ["id"] } }];
  const facts = factsOf(tables, { foreignKeys });
  const profile = profileOf({ "app.customer": { id: keep }, 'app."or,ders"': { customer: keep }, "app.log": "empty" });
  const asked = (more: object) =>
    environmentRefreshRequest.parse({ database: "orders", environment: "staging", retentionDays: 1, ...more });
  const scope = (more: object) => scopeOf(asked(more), { profile, facts, name: "orders" });

  test("is all of it, the schema alone, or tables with what their keys need", () => {
    expect(scope({})).toBeUndefined();
    expect(scope({ schemaOnly: true })).toEqual({ kind: "schema" });
    expect(scope({ tables: "app.customer" })).toEqual({ kind: "tables", tables: ["app.customer"] });
    const both = { kind: "tables", tables: ['app."or,ders"', "app.customer"] };
    expect(scope({ tables: 'app."or,ders"', withReferenced: true })).toEqual(both);
    expect(scope({ tables: 'app."or,ders",app.customer' })).toEqual(both);
  });

  test("is refused with the keys that would break, and with tables that the profile does not copy", () => {
    expect(() => scope({ tables: 'app."or,ders"' })).toThrow('app."or,ders"(customer) to app.customer');
    expect(() => scope({ tables: "app.customer,app.log,app.gone" })).toThrow("copies no row of app.log, app.gone");
  });

  test("is said in one way only", () => {
    expect(() => asked({ tables: "app.customer", schemaOnly: true })).toThrow("give only one of");
    expect(() => asked({ withReferenced: true })).toThrow("give tables, too");
    expect(() => asked({ tables: "customer; drop" })).toThrow("give tables as schema.table");
  });
});
