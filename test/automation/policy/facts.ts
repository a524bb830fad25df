import { builtIn } from "../../../components/standards/built-in";
import type { AdmissionFacts } from "../../../automation/policy/rule";
import { targetDatabase, type TargetDatabase } from "../../../automation/fleet-records";
import type { Effect, PlanBasis } from "../../../automation/records";

export const plan: PlanBasis & { database: TargetDatabase } = {
  target: "orders",
  database: targetDatabase({
    identifier: "orders",
    resourceId: "db-1",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  }),
  tags: { owner: "team-orders", "shipshape:standard": "shipshape/1.1.0/0123456789ab" },
  evidenceValidDays: 7,
  recovery: { recoverability: "fresh", reason: "a drill has passed", drill: null },
};

/** A request that no rule denies. */
export const facts = (effect: Effect, change: Partial<AdmissionFacts> = {}): AdmissionFacts => ({
  request: { input: { database: "orders" }, reason: "monthly" },
  operation: { name: "reindex", effect, owner: "team-platform" },
  plan,
  standard: builtIn,
  standards: [],
  principal: "ana",
  access: {},
  approvedWith: undefined,
  earlierChanges: [],
  now: new Date("2026-05-31T12:00:00Z"),
  ...change,
});
