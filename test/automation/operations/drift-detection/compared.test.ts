import { notCompared } from "../../../../automation/difference-records";
import { comparedIn } from "../../../../automation/operations/drift-detection/compared";
import type { DriftDetectionPlan } from "../../../../automation/operations/drift-detection/plan";
import type { Comparison, DriftDetectionOutcome } from "../../../../automation/operations/drift-detection/verify";
import { comparison, drift, outcomeOf, urn } from "./outcomes";

describe("what a look compared", () => {
  const compared = (
    change: Partial<Comparison> | null,
    stack: DriftDetectionPlan["stack"] = { name: "shipshape/x" },
    more: Partial<DriftDetectionOutcome> = {},
    unread: string[] = [],
  ) => {
    const database = { identifier: "orders", resourceId: "db-ORDERS", arn: "", account: "1", region: "eu" };
    const plan = { database, stack, tags: {}, target: "orders", evidenceValidDays: 1, beyond: { unread } };
    const outcome = outcomeOf({ comparison: change && { ...comparison, ...change }, ...more });
    return comparedIn(plan as unknown as DriftDetectionPlan, outcome).databases[0]!;
  };

  test("is everything but the resources that were not read", () => {
    expect(compared({ unread: [urn("orders-instance")] })).toMatchObject({
      sources: ["run", "stack", "resources", "access", "beyond", "guardrails"],
      unread: ["aws:rds/instance:Instance orders-instance"],
    });
  });

  test("is no resource if the stack is unreadable, the instance was not read, or differences are left out", () => {
    expect(compared(null, { none: "unreadable", reason: "locked" }).sources).toEqual(["run", "stack", "beyond"]);
    expect(compared({ differencesLeftOut: 1 }).sources).toEqual(["run", "stack", "access", "beyond", "guardrails"]);
    expect(compared({ databaseWasRead: false }).sources).toEqual(["run", "stack", "beyond", "guardrails"]);
  });

  test("is nothing beside the stack if the RDS API did not answer, or a stack that may declare it was not read", () => {
    const beyondProvider = { differences: [], unread: ["DescribeDBSnapshots failed"] };
    const withoutBeyond = ["run", "stack", "resources", "access", "guardrails"];
    expect(compared({}, undefined, { beyondProvider }).sources).toEqual(withoutBeyond);
    expect(compared({}, undefined, {}, ["database.other"]).sources).toEqual(withoutBeyond);
  });

  test("leaves nothing that could differ of a database that no stack declares any more", () => {
    expect(compared(null, { none: "undeclared", reason: "none declares it" }).sources).toContain("resources");
  });

  test("keeps of a difference what findings and the command's JSON have, and nothing else", () => {
    const names = Object.keys(notCompared({ identifier: "orders", owner: null }, "a reason")).sort();
    expect(Object.keys(compared({ differences: [drift()] }).differences[0]!).sort()).toEqual(names);
  });

  test("keeps what people must answer: nothing that is pending, ahead or noise", () => {
    const classes = ["drift", "pending", "ahead", "noise", "unmanaged", "unreadable"] as const;
    const differences = classes.map((kind) => drift({ class: kind, property: kind }));
    expect(compared({ differences }).differences.map((one) => one.class)).toEqual(["drift", "unmanaged", "unreadable"]);
  });
});
