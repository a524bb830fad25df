import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { snapshots } from "../vocabulary/types";

export const forbidSharedSnapshot = defineRule({
  id: "forbid-shared-snapshot",
  title: "A snapshot stays in its account",
  severity: "high",
  owner: "team-security",
  controls: ["SOC 2 CC6.1"],
  properties: ["sharedAccounts"],
  why: "Another account can restore a shared snapshot without asking, and no guardrail of this account sees what happens to the data there.",
  solution: "Remove the accounts. Where one needs the snapshot, a waiver says which, why, and until when.",
  throwaways: true,
  types: snapshots,
  *check(resource) {
    const { strings, doubts } = resource.readableStrings("sharedAccounts");
    yield* doubts;
    // "all" is another rule's.
    const found = strings.filter((account) => canonical(account) !== "all");
    if (found.length > 0)
      yield {
        property: "sharedAccounts",
        found: found.join(", "),
        allowed: "none",
        change: `remove ${found.join(", ")}, or write a waiver`,
      };
  },
});
