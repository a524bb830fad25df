import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireLogRetention } from "../../../policypacks/database-guardrails/rules/require-log-retention";
import { logGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, resource } from "../fixtures";

const group = (retentionInDays?: unknown) =>
  resource(logGroup, { name: "/aws/rds/instance/orders-production/postgresql", retentionInDays });

claims(requireLogRetention, {
  passes: {
    "a year": group(365),
    "a month": group(30),
    "the log of another service": resource(logGroup, { name: "/aws/lambda/x" }),
  },
  fails: {
    "a week": [group(7), "is 7"],
    "no value": [group(), "not set, which means forever"],
    "zero, which means forever": [group(0), "forever"],
    "a value of the wrong type": [group("long"), "a number"],
  },
  undecided: { "an unknown number of days": group(unknown) },
});
