import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { snapshots } from "../vocabulary/types";

export const forbidPublicSnapshot = defineRule({
  id: "forbid-public-snapshot",
  title: "No snapshot is public",
  severity: "critical",
  owner: "team-security",
  controls: ["RDS.1"],
  properties: ["sharedAccounts"],
  why: "Anyone with an AWS account can restore a public snapshot and read all of it, unnoticed. Attackers search for them.",
  solution: "Share it with the accounts that need it, by account id.",
  throwaways: true,
  types: snapshots,
  *check(resource) {
    const { strings, unreadable } = resource.readableStrings("sharedAccounts");
    yield* unreadable;
    if (strings.some((account) => canonical(account) === "all"))
      yield {
        property: "sharedAccounts",
        found: "all",
        allowed: "account ids",
        change: 'replace "all" with the ids of the accounts that need the snapshot',
      };
  },
});
