import type { Client } from "pg";
import { checkProfile } from "../../../automation/masking/check";
import { draftProfile } from "../../../automation/masking/draft";
import { schemaDigest, type SchemaFacts } from "../../../automation/masking/schema-facts";
import { transformers } from "../../../automation/masking/transformers";
import { readSchemaFacts } from "../../../automation/targets/schema-facts";
import { sampleValues } from "../../../automation/targets/value-samples";
import { oddSchema } from "../masking/odd-schema";
import { FleetDatabase } from "./fleet-database";

let database: FleetDatabase;
let session: Client;
let facts: SchemaFacts;
beforeAll(async () => {
  database = await FleetDatabase.start();
  await database.admin(oddSchema);
  session = await database.session();
  facts = await readSchemaFacts(session);
});
afterAll(async () => {
  await session.end();
  await database.stop();
});
const tableNamed = (name: string) => facts.tables.find((table) => table.name === name)!;
const columnNamed = (table: string, name: string) => tableNamed(table).columns.find((one) => one.name === name)!;
const definition = (id: string) => facts.definitions.find((one) => one.id === id)?.text;

test("a column says its base type, the room and the checks of its domains, and who makes its values", () => {
  expect(columnNamed("shop.customer", "email")).toMatchObject({
    type: "varchar",
    declared: "shop.mail",
    domain: "shop.mail",
    maxLength: 40,
    notNull: true,
    checks: [expect.stringContaining("~ '@'"), expect.stringContaining("<> ''")],
  });
  expect(columnNamed("shop.customer", "id")).toMatchObject({ identity: "always", made: true, notNull: true });
  expect(columnNamed("shop.customer", "score")).toMatchObject({ type: "numeric", precision: 6, scale: 2 });
  expect(columnNamed("shop.customer", "total")).toMatchObject({ precision: 12, scale: 0 });
  expect(columnNamed("shop.customer", "code")).toMatchObject({ type: "bpchar", maxLength: 8 });
  expect(columnNamed("shop.customer", "words")).toMatchObject({ generated: true });
  expect(columnNamed("shop.customer", "status").labels).toEqual(["active", "on_hold", "Fischer & Sons"]);
  expect(columnNamed("shop.orders", "id").made).toBe(true);
  expect(columnNamed("shop.orders", "placed").partitionKey).toBe("range");
});

test("values that are equal in different spellings are known as such", () => {
  const ignoring = tableNamed("shop.customer").columns.filter(({ ignoresCase }) => ignoresCase);
  expect(ignoring.map(({ name }) => name)).toEqual(["nick", "label"]);
});

test("partitions, inheritance, policies, views and names that have to be quoted are told apart", () => {
  const kinds = Object.fromEntries(facts.tables.map(({ name, kind }) => [name, kind]));
  expect(kinds).toMatchObject({
    "shop.orders": "partitioned",
    "shop.orders_rest": "partition",
    "shop.orders_rest_0": "partition",
    "shop.child": "table",
    "shop.summary": "materialized-view",
    '"Odd.Name"."Weird ""table"""': "table",
  });
  expect(tableNamed("shop.orders_rest_0").parents).toEqual(["shop.orders_rest"]);
  expect(tableNamed("shop.child").parents).toEqual(["shop.parent"]);
  expect(tableNamed("shop.line").rowSecurity).toBe(true);
});

test("keys are known with their columns, unique expressions with what they read", () => {
  expect(facts.foreignKeys).toContainEqual({
    name: expect.any(String) as string,
    table: "shop.line",
    columns: ["order_id", "placed"],
    references: { table: "shop.orders", columns: ["id", "placed"] },
  });
  const folded = facts.uniques.find(({ name }) => name === "customer_mail_folded");
  expect(folded?.parts).toEqual([{ expression: expect.stringContaining("lower") as string, columns: ["email"] }]);
  expect(facts.uniques.find(({ table }) => table === "shop.booking")).toMatchObject({ exclusion: true });
});

test.each([
  ["comment on table column shop.customer.phone", "Ada"],
  ["enum shop.status", "Fischer"],
  ["check customer_kind_check on shop.customer", "Acme"],
  ["default of shop.customer.note", "Miller"],
  ["default of domain shop.mail", "nobody@example.org"],
  ["partition shop.tenants_a", "Anna Schmidt"],
  ["partition key of shop.tenants", "LIST (name)"],
  ["function shop.hello(pg_catalog.text)", "Miller"],
  ["view shop.rich", "Rockefeller"],
  ["view shop.summary", "Rockefeller"],
  ["index shop.customer_vip", "Rockefeller"],
  ["policy clerks on shop.line", "Miller"],
  ["trigger touch on shop.customer", "Rockefeller"],
  ["rule no_country on shop.countries", "countries"],
  ["publication changes for shop.customer", "5"],
  ["settings of all roles in this database", "Miller"],
])("the text of %s is read", (id, part) => expect(definition(id)).toContain(part));

test("what an extension brings along is none of the schema's definitions", () => {
  expect(facts.definitions.filter(({ id }) => /citext|similarity|trgm/.test(id) && !id.includes("extension"))).toEqual(
    [],
  );
});

test("a number that a trigger counts is made by PostgreSQL, and one that a trigger only copies is not", async () => {
  await database.admin(`create schema counted; create sequence counted.numbers;
    create table counted.items (id bigint primary key, other bigint);
    create function counted.assign() returns trigger language plpgsql as $$ begin
      NEW."id" := nextval('counted.numbers'::regclass); new.other := new.id; return new; end $$;
    create trigger assign before insert on counted.items for each row execute function counted.assign()`);
  try {
    const { tables } = await readSchemaFacts(session);
    const columns = tables.find(({ name }) => name === "counted.items")!.columns;
    expect(columns.map(({ name, made }) => [name, made])).toEqual([
      ["id", true],
      ["other", undefined],
    ]);
  } finally {
    await database.admin("drop schema counted cascade");
  }
});

test("the digest changes with the schema, and not with the rows", async () => {
  const before = schemaDigest(await readSchemaFacts(session));
  await database.admin("insert into shop.countries values ('xx', 'X'); analyze");
  expect(schemaDigest(await readSchemaFacts(session))).toBe(before);
  await database.admin("alter table shop.countries add column since date");
  expect(schemaDigest(await readSchemaFacts(session))).not.toBe(before);
});

test("a draft has a rule or a refusal for each column, no value of a row, and is what the check then asks about", async () => {
  const { rates, unread } = await sampleValues(session, facts);
  expect(unread).toEqual(["shop.line"]);
  const profile = draftProfile("app", facts, rates, transformers);
  const text = JSON.stringify(profile);
  for (const value of ["Lovelace", "mail.test", "1000001", "Monday", "Miller", "Rockefeller"])
    expect(text).not.toContain(value);
  const problems = checkProfile(profile, facts, transformers);
  expect(problems.filter(({ reason }) => !/^it is not classified|large objects/.test(reason))).toEqual([]);
  expect(problems.map(({ place }) => place)).toEqual(
    expect.arrayContaining(["shop.customer.photo", "enum shop.status", "partition shop.tenants_a", "largeObjects"]),
  );
});
