import { requireConfiguredApprovals } from "../../../../automation/policy/rules/require-configured-approvals";
import type { ConfiguredApproval } from "../../../../automation/policy/roles";
import type { Effect } from "../../../../automation/records";
import { facts, plan } from "../facts";

const tags = { tier: "gold", environment: "production", "data-classification": "confidential" };
const judged = (approvals: ConfiguredApproval[], effect: Effect = "throwaway", given: Record<string, string> = tags) =>
  requireConfiguredApprovals.judge(facts(effect, { access: { approvals }, plan: { ...plan, tags: given } }));
const wanted = { by: "owning-team", people: 2 } as const;

test.each<[Omit<ConfiguredApproval, "by" | "people">, string]>([
  [{}, "every request"],
  [{ effect: ["reads", "throwaway"] }, "effect reads or throwaway"],
  [{ operation: ["reindex"] }, "operation reindex"],
  [{ tier: ["gold"], dataClassification: ["confidential"] }, "tier gold with data classification confidential"],
  [{ environment: ["production"] }, "environment production"],
])(
  "an entry with the conditions %j is about a throwaway of a confidential gold database in production",
  (conditions, text) => {
    expect(judged([{ ...conditions, ...wanted }])).toEqual({
      verdict: "needs-approval",
      reason: `shipshape.yaml wants approval of ${text}`,
      approvals: [wanted],
    });
  },
);

test.each<Omit<ConfiguredApproval, "by" | "people">>([
  { effect: ["changes"] },
  { operation: ["restore-drill"] },
  { tier: ["silver", "bronze"] },
  { environment: ["staging"] },
  { tier: ["gold"], dataClassification: ["restricted"] },
])("one with the conditions %j is not", (conditions) => {
  expect(judged([{ ...conditions, ...wanted }])).toMatchObject({ verdict: "allowed" });
});

test("tags that are missing or wrong make no approval unnecessary", () => {
  const entries = [{ tier: ["gold"], environment: ["production"], dataClassification: ["restricted"], ...wanted }];
  expect(judged(entries, "throwaway", {})).toMatchObject({ verdict: "needs-approval" });
  const wrong = { tier: "platinum", environment: "", "data-classification": "secret" };
  expect(judged(entries, "throwaway", wrong)).toMatchObject({ verdict: "needs-approval" });
  expect(judged(entries, "throwaway", { ...wrong, tier: "bronze" })).toMatchObject({ verdict: "allowed" });
});

test("each entry that holds wants its approvals; without a list none does", () => {
  const other = { by: "approver", people: 1 } as const;
  expect(judged([wanted, { tier: ["bronze"], ...other }, { tier: ["gold"], ...other }])).toMatchObject({
    approvals: [wanted, other],
  });
  expect(requireConfiguredApprovals.judge(facts("changes"))).toMatchObject({ verdict: "allowed" });
});
