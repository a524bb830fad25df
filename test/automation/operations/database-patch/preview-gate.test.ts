import { requireOnlyGroup, requireOnlyVersion } from "../../../../automation/operations/database-patch/preview-gate";
import type { PlannedStep } from "../../../../automation/runner/planned-steps";

const urn = (type: string, name: string) => `urn:pulumi:database.orders::shipshape::${type}::${name}`;
const instance: PlannedStep = {
  ...{ urn: urn("aws:rds/instance:Instance", "orders-instance"), type: "aws:rds/instance:Instance", op: "update" },
  old: { engineVersion: "17.9" },
  new: { identifier: "orders", engineVersion: "17.10", applyImmediately: true },
  changes: ["applyImmediately", "engineVersion"],
  drifted: [],
};
const alarm: PlannedStep = {
  ...{ urn: urn("aws:cloudwatch/metricAlarm:MetricAlarm", "cpu"), type: "aws:cloudwatch/metricAlarm:MetricAlarm" },
  ...{ op: "update", old: {}, new: {}, changes: ["threshold"], drifted: [] },
};
const judged =
  (...steps: PlannedStep[]) =>
  () =>
    requireOnlyVersion(steps, { identifier: "orders", stack: "shipshape/database.orders", to: "17.10" });

test("an `up` that changes the version alone is let through", () => {
  expect(judged(instance)).not.toThrow();
});

const refused: [string, PlannedStep[], string][] = [
  [
    "another property of the instance",
    [{ ...instance, changes: [...instance.changes, "multiAz"] }],
    "orders-instance.multiAz",
  ],
  ["another resource", [instance, alarm], "cpu: threshold"],
  ["a replacement", [{ ...instance, op: "replace" }], "replace of orders-instance"],
  ["a deletion", [instance, { ...alarm, op: "delete" }], "delete of cpu"],
  ["a creation", [instance, { ...alarm, op: "create" }], "create of cpu"],
  ["another instance", [{ ...instance, new: { ...instance.new, identifier: "billing" } }], "orders-instance"],
  ["another version", [{ ...instance, new: { ...instance.new, engineVersion: "17.11" } }], "17.11, not 17.10"],
  ["a version that was changed outside", [{ ...instance, drifted: ["engineVersion"] }], "changed outside"],
  ["nothing", [], "as it is, not 17.10"],
];

test("of a database with replicas the first `up` changes the replicas, the next one the source, and nothing else", () => {
  const unit = {
    identifier: "orders",
    replicas: ["orders-replica-1"],
    stack: "shipshape/database.orders",
    to: "17.10",
  };
  const of = (identifier: string, engineVersion: string, changes: string[]): PlannedStep => ({
    ...{ ...instance, new: { identifier, engineVersion }, changes },
  });
  const replica = of("orders-replica-1", "17.10", ["applyImmediately", "engineVersion"]);
  const source = of("orders", "17.9", ["applyImmediately"]);
  expect(() => requireOnlyVersion([replica, source], unit)).not.toThrow();
  const wider: [PlannedStep[], string][] = [
    [[source], "as it is, not 17.10"],
    [[{ ...replica, new: { ...replica.new, engineVersion: "17.11" } }, source], "17.11, not 17.10"],
    [[replica, { ...source, changes: ["multiAz"] }], "multiAz"],
    [[replica, of("billing", "17.10", ["engineVersion"])], "engineVersion"],
  ];
  for (const [steps, named] of wider)
    expect(() => requireOnlyVersion(steps, unit)).toThrow(
      expect.objectContaining({ code: "patch-wider", message: expect.stringContaining(named) as string }),
    );
});

test.each(refused)("an `up` that would change %s is refused", (_, steps, named) => {
  expect(judged(...steps)).toThrow(
    expect.objectContaining({ code: "patch-wider", message: expect.stringContaining(named) as string }),
  );
});

describe("to another major", () => {
  const newGroup = "orders-postgres18";
  const group: PlannedStep = {
    ...{ urn: urn("aws:rds/parameterGroup:ParameterGroup", newGroup), type: "aws:rds/parameterGroup:ParameterGroup" },
    ...{ op: "create", old: {}, new: { name: newGroup }, changes: [], drifted: [] },
  };
  const moved: PlannedStep = {
    ...{ ...instance, new: { ...instance.new, engineVersion: "18.4", parameterGroupName: newGroup } },
    changes: ["engineVersion", "parameterGroupName"],
  };
  const about = { identifier: "orders", stack: "shipshape/database.orders", newGroup };
  const wider = (named: string) =>
    expect.objectContaining({ code: "patch-wider", message: expect.stringContaining(named) as string });

  test("an `up` may make its parameter group and give it to the instance, and nothing else", () => {
    const judge =
      (...steps: PlannedStep[]) =>
      () =>
        requireOnlyVersion(steps, { ...about, to: "18.4" });
    expect(judge(group, moved)).not.toThrow();
    expect(judge(moved)).not.toThrow();
    const other = { ...moved, new: { ...moved.new, parameterGroupName: "default.postgres18" } };
    expect(judge(group, other)).toThrow(wider("parameterGroupName"));
    expect(judge({ ...group, new: { name: "another" } }, moved)).toThrow(wider("create of"));
    expect(judge({ ...group, op: "delete" }, moved)).toThrow(wider("delete of"));
    expect(judge(group, { ...moved, drifted: ["parameterGroupName"] })).toThrow(wider("parameterGroupName"));
  });

  test("the `up` that prepares it makes the group alone, and the one that takes that back deletes it alone", () => {
    const [made, gone] = [group, { ...group, op: "delete", old: group.new, new: {} }];
    const judge =
      (op: "create" | "delete", ...steps: PlannedStep[]) =>
      () =>
        requireOnlyGroup(steps, { ...about, op });
    expect(judge("create", made)).not.toThrow();
    expect(judge("delete", gone)).not.toThrow();
    expect(judge("create")).not.toThrow();
    expect(judge("create", gone)).toThrow(wider("delete of"));
    expect(judge("delete", made)).toThrow(wider("create of"));
    for (const other of [instance, alarm]) {
      expect(judge("create", made, other)).toThrow(wider(other.changes[0]!));
      expect(judge("delete", gone, other)).toThrow(wider(other.changes[0]!));
    }
  });
});
