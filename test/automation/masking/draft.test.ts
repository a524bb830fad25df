// What a draft proposes for a whole schema: rules that agree with each other, and with the check of them.
import { checkProfile } from "../../../automation/masking/check";
import { draftProfile } from "../../../automation/masking/draft";
import type { SchemaFacts } from "../../../automation/masking/schema-facts";
import { transformers } from "../../../automation/masking/transformers";
import { ruleOf } from "../../../automation/masking/key-classes";
import { profileSchema } from "../../../automation/masking/profile";
import { factsOf, tableOf, unique } from "./schemas";

const drafted = (facts: SchemaFacts) => draftProfile("app", facts, new Map(), transformers);

test("a draft proposes nothing that the check of it refuses, and says why", () => {
  const facts = factsOf(
    [
      tableOf("public.shifts", {
        start_date: { type: "date", declared: "date" },
        email: { type: "text" },
      }),
    ],
    {
      uniques: [
        unique("public.shifts", ["start_date"], { name: "no_overlap", exclusion: true }),
        unique("public.shifts", [], {
          name: "one_domain",
          parts: [{ expression: "split_part(email, '@'::text, 2)", columns: ["email"] }],
        }),
      ],
    },
  );
  const profile = drafted(facts);
  const reasons = Object.fromEntries(
    Object.entries(profile.tables["public.shifts"]!.columns!).map(([name, rule]) => [
      name,
      "unclassified" in rule ? rule.unclassified : rule,
    ]),
  );
  expect(reasons["start_date"]).toContain("the exclusion constraint no_overlap compares its values");
  expect(reasons["email"]).toContain("may be the same of different masks");
  for (const { reason } of checkProfile(profile, facts, transformers))
    expect(reason).toMatch(/^it is not classified: /);
});

const made = { type: "int8", declared: "bigint", made: true };
const number = { type: "int8", declared: "bigint" };

test("what refers to kept rows by its name alone is kept, though it is part of a key", () => {
  const facts = factsOf(
    [
      tableOf("public.users", { id: made }),
      tableOf("public.user_metrics", { user_id: number }),
      tableOf("public.badges", { created_by_user_id: number, day: number }),
      tableOf("public.citizens", { citizen_id: number }),
    ],
    {
      uniques: [
        unique("public.users", ["id"], { primary: true }),
        unique("public.user_metrics", ["user_id"], { primary: true }),
        unique("public.badges", ["created_by_user_id", "day"], { primary: true }),
        unique("public.citizens", ["citizen_id"], { primary: true }),
      ],
    },
  );
  const profile = drafted(facts);
  const reason = "its name refers to public.users.id, which is kept";
  expect(ruleOf(profile, "public.user_metrics.user_id")).toEqual({ keep: reason });
  expect(ruleOf(profile, "public.badges.created_by_user_id")).toEqual({ keep: reason });
  // Its own number is what people know.
  expect(ruleOf(profile, "public.citizens.citizen_id")).toMatchObject({ use: "pseudonym" });
  expect(profile.virtualKeys).toEqual([]);
});

test("what refers to masked rows by its name alone gets their mask, by a virtual key", () => {
  const facts = factsOf(
    [
      tableOf("public.members", { id: number }),
      tableOf("shop.orders", { member_id: number, note: {} }),
      tableOf("shop.invoices", { member_id: { type: "uuid", declared: "uuid" } }),
    ],
    { uniques: [unique("public.members", ["id"], { primary: true })] },
  );
  const profile = drafted(facts);
  expect(profile.virtualKeys).toEqual([
    {
      columns: ["shop.orders.member_id"],
      references: ["public.members.id"],
      reason: "its name says so, and no foreign key does",
    },
  ]);
  expect(ruleOf(profile, "shop.orders.member_id")).toMatchObject({ use: "pseudonym" });
  expect(ruleOf(profile, "shop.orders.member_id")).toEqual(ruleOf(profile, "public.members.id"));
});

test("a name that could mean several tables refers to none, but to the one of its own schema", () => {
  const key = { primary: true };
  const facts = factsOf(
    [
      tableOf("a.members", { id: number }),
      tableOf("b.members", { id: number }),
      tableOf("b.orders", { member_id: number }),
      tableOf("c.orders", { member_id: number }),
    ],
    { uniques: [unique("a.members", ["id"], key), unique("b.members", ["id"], key)] },
  );
  const { virtualKeys } = drafted(facts);
  expect(virtualKeys.map(({ columns, references }) => [...columns, ...references])).toEqual([
    ["b.orders.member_id", "b.members.id"],
  ]);
});

test("a table without rows says why, and the draft is a profile", () => {
  const profile = drafted(
    factsOf([tableOf("public.file_locks", { path: {} }), tableOf("public.mail_queue", { id: made })]),
  );
  expect(profile.tables).toEqual({
    "public.file_locks": {
      empty: true,
      reason: "its name says lock: such rows pass, act on the world or let people in",
    },
    "public.mail_queue": {
      empty: true,
      reason: "its name says queue: such rows pass, act on the world or let people in",
    },
  });
  expect(profileSchema.parse(profile)).toEqual(profile);
});

test("a class of a program in a condition is a label, and a capitalised word may be a name", () => {
  const index = (table: string, constant: string) => ({
    kind: "index" as const,
    id: `index public.${table}`,
    text: `CREATE INDEX ${table} ON public.builds USING btree (id) WHERE (type = '${constant}'::text)`,
  });
  const { definitions } = drafted(factsOf([], { definitions: [index("a", "Ci::Build"), index("b", "Lovelace")] }));
  expect(definitions["index public.a"]).toHaveProperty("keep");
  expect(definitions["index public.b"]).toHaveProperty("unclassified");
});
