import { defineRule } from "../judging/rule";
import { logGroup } from "../vocabulary/types";

const leastDays = 30;

export const requireLogRetention = defineRule({
  id: "require-log-retention",
  title: "Database logs are kept for a month or more, and not for ever",
  severity: "low",
  owner: "team-security",
  controls: ["CloudWatch.16", "CKV_AWS_338"],
  properties: ["retentionInDays"],
  why: "Too short, and what led to an incident is gone when it is looked into. Without an end, logs with personal data in them are kept, and paid for, for ever.",
  solution: "Set `retentionInDays` to 30 or more; production has a year.",
  types: [logGroup],
  *check(group) {
    if (!group.word("name")?.startsWith("/aws/rds/")) return;
    const found = group.number("retentionInDays");
    if (found === undefined || found < leastDays)
      yield {
        property: "retentionInDays",
        found: found === 0 || found === undefined ? "not set, which is for ever" : found,
        allowed: `${leastDays} or more`,
        change: "set retentionInDays",
      };
  },
});
