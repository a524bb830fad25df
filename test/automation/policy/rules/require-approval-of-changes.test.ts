import { requireApprovalOfChanges } from "../../../../automation/policy/rules/require-approval-of-changes";
import type { Effect, Judgement } from "../../../../automation/records";
import { facts } from "../facts";

test.each<[Effect, Judgement]>([
  ["reads", { verdict: "allowed", reason: "reindex only reads" }],
  [
    "throwaway",
    {
      verdict: "allowed",
      reason: "reindex changes no data: it creates only an isolated throwaway that expires",
    },
  ],
  ["changes", { verdict: "needs-approval", reason: "reindex changes a database" }],
])("an operation is judged by what it does to databases, not by its name: %s", (effect, judgement) => {
  expect(requireApprovalOfChanges.judge(facts(effect))).toEqual(judgement);
});
