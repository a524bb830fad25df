// What a draft proposes for a whole schema: rules that agree with each other, and with the check of them.
import { checkProfile } from "../../../automation/masking/check";
import { draftProfile } from "../../../automation/masking/draft";
import type { SchemaFacts } from "../../../automation/masking/schema-facts";
import { transformers } from "../../../automation/masking/transformers";
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
