import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireLogRetention } from "../../../policypacks/database-guardrails/rules/require-log-retention";
import { logGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, some } from "../fixtures";

const group = (retentionInDays?: unknown) =>
  some(logGroup, { name: "/aws/rds/instance/orders-production/postgresql", retentionInDays });

claims(requireLogRetention, {
  passes: {
    "a year": group(365),
    "a month": group(30),
    "the log of something else": some(logGroup, { name: "/aws/lambda/x" }),
  },
  fails: {
    "a week": [group(7), "is 7"],
    "for ever": [group(), "for ever"],
    "zero, which is for ever": [group(0), "for ever"],
    "a value of the wrong type": [group("long"), "a number"],
  },
  undecided: { "days that are not known": group(unknown) },
});
