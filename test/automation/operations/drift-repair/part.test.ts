import { verifyRepair } from "../../../../automation/operations/drift-repair/verify";
import { difference, instance, observed, plan, refusal, retention, stack, step, urnOf } from "./observed";

describe("of a part that was asked for", () => {
  const alarm = urnOf("aws:cloudwatch/metricAlarm:MetricAlarm", "orders-alarm-cpu");
  const other = step({
    ...{ urn: alarm, type: "aws:cloudwatch/metricAlarm:MetricAlarm" },
    ...{ old: { threshold: 80 }, new: { threshold: 90 } },
  });
  const found = difference({ urn: alarm, property: "threshold", desired: "90", actual: "80" });
  const differences = [difference({}), found];
  const asked = { differences: "orders-instance.backupRetentionPeriod" };
  const part = { targets: [instance], whole: [retention, other] };

  test("only its resources are brought up, and what else differs is named as left", () => {
    const { change, changes, left } = plan({ differences, part }, asked);
    expect(change.targets).toEqual([instance]);
    expect(changes.map(({ name }) => name)).toEqual(["orders-instance.backupRetentionPeriod"]);
    expect(left).toMatchObject([{ name: "orders-alarm-cpu.threshold", isExcluded: true }]);
    expect(change.text).toContain(
      "since it was not asked for:\n  orders-alarm-cpu.threshold: declared 90, actual 80\n",
    );
  });

  test("a repair is refused where the same resource would change otherwise, or nothing has that name", () => {
    const both = step({
      old: { backupRetentionPeriod: 1, deletionProtection: false },
      new: { backupRetentionPeriod: 35, deletionProtection: true },
    });
    expect(refusal({ up: [both], part: { ...part, whole: [both, other] } }, asked)).toMatch(
      /^repair-wider: .*deletionProtection false → true/,
    );
    const misspelt = { differences: "orders-instance.multiaz" };
    expect(refusal({ part: { targets: [], whole: [retention] } }, misspelt)).toMatch(/^repair-unmatched: .*multiaz$/);
  });

  test("what would replace another resource does not keep it from being put back", () => {
    const replaced = step({ urn: alarm, op: "replace" });
    expect(refusal({ part: { ...part, whole: [retention, replaced] } }, asked)).toBe("planned");
    expect(refusal({ up: [retention, replaced] })).toMatch(/^repair-replaces/);
  });

  test("others' stacks get the command for its resources alone", () => {
    const { change } = plan({ up: null, ownership: "delivered", differences, part: { ...part, whole: null } }, asked);
    expect(change.text).toContain(`pulumi up --refresh --stack ${stack} \\\n    --target '${instance}'\n`);
  });

  test("afterwards it passes, and says what still differs as nobody asked for it", () => {
    const planned = plan({ differences, part }, asked);
    const committed = { revision: "1", isOwn: false, pushedTo: null };
    const after = { ...observed({ up: [], differences: [found] }), committed };
    const { verdict, checks } = verifyRepair(planned, after);
    expect(verdict).toBe("pass");
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: "left-as-it-is",
        explanation: "not asked for, and still so: orders-alarm-cpu.threshold",
      }),
    );
  });
});
