import type { PlannedStep } from "../../../../automation/runner/planned-steps";
import { plan, resized, retention, step, urnOf } from "./observed";

describe("a repair that only restores protection says so", () => {
  const open = step({ old: { publiclyAccessible: true }, new: { publiclyAccessible: false } });
  const group = urnOf("aws:ec2/securityGroup:SecurityGroup", "orders-security-group");
  const rules = { old: { ingress: [{ cidrBlocks: ["0.0.0.0/0"] }] }, new: { ingress: [] } };
  const ingress = step({ urn: group, type: "aws:ec2/securityGroup:SecurityGroup", ...rules });
  const restores = (up: PlannedStep[], asked?: object) => plan({ up }, asked).restoresProtection;

  test("of access from outside, and of backups that are kept longer again", () => {
    expect(restores([open])).toEqual(["orders-instance.publiclyAccessible"]);
    expect(restores([retention])).toEqual(["orders-instance.backupRetentionPeriod"]);
    const none = step({ old: { backupRetentionPeriod: 0 }, new: { backupRetentionPeriod: 7 } });
    expect(restores([none], { allowRestart: true })).toEqual(["orders-instance.backupRetentionPeriod"]);
  });

  test.each([
    ["anything else besides", [open, resized]],
    ["fewer backups than there are", [step({ old: { backupRetentionPeriod: 35 }, new: { backupRetentionPeriod: 7 } })]],
    ["what was declared and never brought up", [{ ...open, drifted: [] }]],
    ["a list of rules, which may open what was only declared since", [ingress]],
    ["what makes it public", [step({ old: { publiclyAccessible: false }, new: { publiclyAccessible: true } })]],
    ["what is created", [step({ urn: urnOf("aws:s", "x"), type: "aws:s", op: "create", drifted: null })]],
    ["roles and privileges", [step({ type: "postgresql:index/role:Role", old: { policy: 1 }, new: { policy: 2 } })]],
  ] as [string, PlannedStep[]][])("not of %s", (_, up) => {
    expect(restores(up, { allowRestart: true })).toBeUndefined();
  });
});
