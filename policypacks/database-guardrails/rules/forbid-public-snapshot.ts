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
  why: "Anyone with an AWS account can restore a public snapshot and read all of it, unnoticed. People search for them.",
  solution: "Share with the accounts that need it, by their numbers.",
  throwaways: true,
  types: snapshots,
  *check(resource) {
    const { strings, doubts } = resource.readableStrings("sharedAccounts");
    yield* doubts;
    if (strings.some((account) => canonical(account) === "all"))
      yield {
        property: "sharedAccounts",
        found: "all",
        allowed: "account numbers",
        change: 'replace "all" by the accounts that need the snapshot',
      };
  },
});
