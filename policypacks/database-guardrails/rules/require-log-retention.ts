import { defineRule } from "../judging/rule";
import { logGroup } from "../vocabulary/types";

const minimumDays = 30;

export const requireLogRetention = defineRule({
  id: "require-log-retention",
  title: "Database logs are kept for a month or more, but not forever",
  severity: "low",
  owner: "team-security",
  controls: ["CloudWatch.16", "CKV_AWS_338"],
  properties: ["retentionInDays"],
  why: "If they are deleted too early, the cause of an incident is gone before it is investigated. Without a limit, logs with personal data are kept, and paid for, forever.",
  solution: "Set `retentionInDays` to 30 or more; the standard for production is a year.",
  types: [logGroup],
  *check(group) {
    if (!group.word("name")?.startsWith("/aws/rds/")) return;
    const found = group.number("retentionInDays");
    if (found === undefined || found < minimumDays)
      yield {
        property: "retentionInDays",
        found: found === 0 || found === undefined ? "not set, which means forever" : found,
        allowed: `${minimumDays} or more`,
        change: `set retentionInDays to ${minimumDays} or more`,
      };
  },
});
