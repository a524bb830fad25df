import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { snapshots } from "../vocabulary/types";

export const forbidSharedSnapshot = defineRule({
  id: "forbid-shared-snapshot",
  title: "No snapshot is shared with other accounts",
  severity: "high",
  owner: "team-security",
  controls: ["SOC 2 CC6.1"],
  properties: ["sharedAccounts"],
  why: "Another account can restore a shared snapshot without asking, and the guardrails of this account do not see what happens to the data there.",
  solution:
    "Remove the accounts. If one of them needs the snapshot, write a waiver that says which, why, and until when.",
  throwaways: true,
  types: snapshots,
  *check(resource) {
    const { strings, unreadable } = resource.readableStrings("sharedAccounts");
    yield* unreadable;
    // "all" is judged by forbid-public-snapshot.
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
