import { repairStillHolds, waitingOf } from "../../../../automation/operations/drift-repair/plan";
import { verifyRepair } from "../../../../automation/operations/drift-repair/verify";
import { builtIn } from "../../../../components/standards/built-in";
import {
  difference,
  instanceType,
  observed,
  plan,
  refusal,
  resized,
  retention,
  stack,
  step,
  tags,
  urnOf,
  type Given,
} from "./observed";

test("the plan names everything that the up changes, and what was not changed outside is marked", () => {
  const declared = step({
    urn: urnOf("aws:cloudwatch/metricAlarm:MetricAlarm", "orders-alarm-cpu"),
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    ...{ old: { threshold: 80 }, new: { threshold: 90 }, drifted: [] },
  });
  const tags = step({
    old: { tags: { a: "1", b: "2" } },
    new: { tags: { a: "1", b: "3" } },
    changes: ["tags.b", "tagsAll.b"],
  });
  const { change, changes } = plan({ up: [retention, declared, tags] });
  expect(changes.map(({ name, isDrift }) => [name, isDrift])).toEqual([
    ["orders-alarm-cpu.threshold", false],
    ["orders-instance.backupRetentionPeriod", true],
    ["orders-instance.tags.b", true],
  ]);
  expect(change).toMatchObject({ set: [], reaches: "commit" });
  expect(change.text).toContain("orders-alarm-cpu.threshold: 80 → 90 (not changed outside");
  expect(change.text).toContain("orders-instance.backupRetentionPeriod: 1 → 35\n");
});

test("drift that an up does not repair is listed with what to do, and not as repaired", () => {
  const asked = difference({
    ...{ property: "multiAz", desired: "true", actual: "false" },
    values: { desired: true, actual: false },
    reason: "RDS was asked for it outside Pulumi",
  });
  const given = { differences: [difference({}), asked, difference({ property: "x", class: "noise" })] };
  expect(plan(given).left).toEqual([
    {
      ...{ name: "orders-instance.multiAz", desired: "true", actual: "false" },
      remedy: "`npx shipshape pending` prints the command that cancels it",
    },
  ]);
});

describe("it is refused", () => {
  const others = urnOf("aws:ec2/securityGroup:SecurityGroup", "orders-security-group");
  test.each([
    ["where nothing would be changed", { up: [] }, {}, /^repair-unneeded/],
    [
      "where it would replace, naming each resource once",
      { up: ["create-replacement", "replace", "delete-replaced"].map((op) => step({ urn: others, op })) },
      {},
      /^repair-replaces: .*empty: orders-security-group$/,
    ],
    [
      "where it would end all backups",
      { up: [step({ old: { backupRetentionPeriod: 7 }, new: { backupRetentionPeriod: 0 } })] },
      { allowRestart: true },
      /^repair-replaces: .*backupRetentionPeriod 7 → 0/,
    ],
    [
      "where it would change what may restart it, for all that is known",
      { up: [step({ old: { dedicatedLogVolume: true }, new: { dedicatedLogVolume: false } })] },
      {},
      /^repair-restarts: .*dedicatedLogVolume/,
    ],
    ["where it would delete", { up: [retention, step({ urn: others, op: "delete" })] }, {}, /^repair-replaces/],
    [
      "where it would create an empty database",
      { up: [step({ op: "create", drifted: null })] },
      {},
      /^repair-replaces/,
    ],
    [
      "where it would create an empty schema",
      { up: [step({ urn: urnOf("s", "app"), type: "postgresql:index/schema:Schema", op: "create", drifted: null })] },
      {},
      /^repair-replaces/,
    ],
    [
      "where RDS has no such change",
      { up: [step({ old: { storageEncrypted: false }, new: { storageEncrypted: true } })] },
      {},
      /^repair-replaces: .*storageEncrypted false → true/,
    ],
    [
      "where it would change the engine's version, down",
      { up: [step({ old: { engineVersion: "17.10" }, new: { engineVersion: "17.9" } })] },
      { allowRestart: true },
      /^repair-downgrades: .*17.10 → 17.9/,
    ],
    [
      "and up, which is a matter of patches",
      { up: [step({ old: { engineVersion: "17.9" }, new: { engineVersion: "17.10" } })] },
      { allowRestart: true },
      /^repair-downgrades/,
    ],
    [
      "where storage would shrink",
      { up: [step({ old: { allocatedStorage: 100 }, new: { allocatedStorage: 20 } })] },
      {},
      /^repair-downgrades/,
    ],
    [
      "where the program refuses to downgrade",
      {
        up: null,
        differences: [difference({ property: "engineVersion", class: "ahead", actual: "17.10", desired: "17.9" })],
      },
      {},
      /^repair-downgrades: .*engineVersion 17.10 → 17.9/,
    ],
    [
      "where it would restart in the window",
      { up: [resized] },
      {},
      /^repair-restarts: .*window, sun:23:30-mon:00:30 UTC/,
    ],
    [
      "where it would restart at once",
      { up: [step({ old: { port: 1 }, new: { port: 5432 } })] },
      {},
      /^repair-restarts: .* at once/,
    ],
    [
      "where it would change more than is named",
      { up: [retention, resized] },
      { differences: "orders-instance.backupRetentionPeriod", allowRestart: true },
      /^repair-wider: .*instanceClass/,
    ],
  ] as [string, Given, object, RegExp][])("%s", (_, given, asked, wanted) => {
    expect(refusal(given, asked)).toMatch(wanted);
  });
});

test("what RDS has accepted already and does in the window is not put back a second time", () => {
  const waits = difference({ property: "instanceClass", class: "pending" });
  expect(refusal({ up: [resized], differences: [waits] })).toMatch(/^repair-unneeded/);
  const { changes } = plan({ up: [resized, retention], differences: [waits] });
  expect(changes.map(({ name }) => name)).toEqual(["orders-instance.backupRetentionPeriod"]);
});

test("a restart that was asked for is in the plan, with when; one at once interrupts", () => {
  const later = plan({ up: [resized] }, { allowRestart: true });
  expect(later.change.text).toContain("db.t4g.medium, with a restart in the window sun:23:30-mon:00:30");
  expect(later.interrupts).toBeUndefined();
  const now = plan({ up: [step({ old: { port: 1 }, new: { port: 5432 } })] }, { allowRestart: true });
  expect(now.interrupts).toEqual({ maintenanceWindow: "sun:23:30-mon:00:30" });
});

describe("where the stack has another instance, too", () => {
  const archive = urnOf(instanceType, "archive-instance");

  test("its window is not that of the database, and nothing of it is expected of the database", () => {
    const moved = step({
      urn: archive,
      ...{ old: { maintenanceWindow: "mon:10:00-mon:11:00", backupRetentionPeriod: 1 } },
      new: { maintenanceWindow: "sun:02:00-sun:03:00", backupRetentionPeriod: 7 },
    });
    const planned = plan({ up: [moved, retention] });
    expect(planned.maintenanceWindow).toBe("sun:23:30-mon:00:30");
    expect(planned.change.expected).toEqual([{ property: "BackupRetentionPeriod", from: 1, to: 35 }]);
  });

  test("what waits there is not expected of the database", () => {
    const all = step({ urn: archive, old: { instanceClass: "a" }, new: { instanceClass: "b" } });
    const waits = difference({ urn: archive, property: "instanceClass", class: "pending" });
    const given = { up: [all, retention], differences: [waits] };
    expect(waitingOf(plan({ up: [all, retention] }, { allowRestart: true }), observed(given))).toEqual([]);
  });

  test("its tags do not say whose the database is", () => {
    const theirs = step({ urn: archive, old: { tags: { owner: "a" } }, new: { tags: { owner: "team-archive" } } });
    expect(plan({ up: [retention, theirs] }).tags).toEqual(tags);
  });
});

test("a text that reads like a number, a truth or nothing stays a text", () => {
  const networkType = step({ old: { networkType: "0" }, new: { networkType: "true" } });
  expect(plan({ up: [networkType] }).change.expected).toEqual([{ property: "NetworkType", from: "0", to: "true" }]);
  const delivered = difference({
    ...{ property: "storageType", desired: "nothing", actual: "1" },
    values: { desired: "nothing", actual: "1" },
  });
  const given: Given = { up: null, ownership: "delivered", differences: [delivered] };
  expect(plan(given).change.expected).toEqual([{ property: "StorageType", from: "1", to: "nothing" }]);
});

test("parameters that need a restart are said to wait for one, and only these", () => {
  const type = "aws:rds/parameterGroup:ParameterGroup";
  const of = (applyMethod: string, value: string) => [{ name: "x", value, applyMethod }];
  const put = (old: object[], declared: object[]) => {
    const group = step({ urn: urnOf(type, "g"), type, old: { parameters: old }, new: { parameters: declared } });
    return plan({ up: [group] }).changes[0]!.takes;
  };
  expect(put(of("pending-reboot", "1"), of("pending-reboot", "2"))).toBe("at the next restart");
  expect(put(of("immediate", "1"), of("immediate", "2"))).toBe("at once");
  const same = { name: "y", value: "1", applyMethod: "pending-reboot" };
  expect(put([same, ...of("immediate", "1")], [same])).toBe("at once");
  expect(put([same], [])).toBe("at the next restart");
});

test("another port restarts at once, and another parameter group waits for a restart", () => {
  const group = step({ old: { parameterGroupName: "a" }, new: { parameterGroupName: "b" } });
  expect(plan({ up: [group] }).changes[0]!.takes).toBe("at the next restart");
});

test("what waits for the window waits for the one that the repair puts back", () => {
  const moved = step({
    old: { maintenanceWindow: "mon:10:00-mon:11:00", multiAz: false },
    new: { maintenanceWindow: "sun:02:00-sun:03:00", multiAz: true },
  });
  expect(plan({ up: [moved] }).change.text).toContain("multiAz: false → true, in the window sun:02:00-sun:03:00");
});

test("what only the up itself gives is not shown as a value", () => {
  const created = step({
    old: { vpcSecurityGroupIds: ["sg-1"] },
    new: { vpcSecurityGroupIds: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] },
  });
  expect(plan({ up: [created] }).changes).toMatchObject([{ to: "known once it is created" }]);
});

test("others' stacks get the command, and what the RDS API shows then is expected", () => {
  const { change } = plan({ up: null, ownership: "delivered", differences: [difference({})] });
  expect(change).toMatchObject({
    reaches: "instructions",
    expected: [{ property: "BackupRetentionPeriod", from: 1, to: 35 }],
  });
  expect(change.text).toContain(`  pulumi up --refresh --stack ${stack}\n`);
});

test("a plan holds while an up would do the same, and not where it would do more or the config was changed", () => {
  const planned = plan();
  const holds = (given: Given) => repairStillHolds(planned, observed(given), builtIn);
  expect(holds({})).toBe(true);
  expect(holds({ differences: [difference({ property: "x", class: "noise" })] })).toBe(true);
  expect(holds({ up: [retention, resized] })).toBe(false);
  expect(holds({ up: [] })).toBe(false);
  expect(holds({ config: "{ size: large }" })).toBe(false);
  // A deletion changes no property.
  expect(holds({ up: [retention, step({ op: "delete" })] })).toBe(false);
});

describe("afterwards", () => {
  const judged = (given: Given, after: Given = { up: [] }) => {
    const found = observed({ up: [], ...after });
    const committed = { revision: "1", isOwn: false, pushedTo: null };
    const { verdict, checks } = verifyRepair(plan(given, { allowRestart: true }), {
      ...{ ...found, committed },
    });
    const bad = checks.filter((check) => check.verdict !== "pass");
    return [verdict, ...bad.map((check) => `${check.name}: ${check.verdict}`)];
  };
  const another = "another-up-changes-nothing: fail";

  test("a repair passes where a detection and another up find nothing", () => expect(judged({})).toEqual(["pass"]));

  test("what still differs fails, and so does what another up would change", () => {
    const name = "orders-instance.backupRetentionPeriod";
    expect(judged({}, { differences: [difference({})] })).toEqual(["fail", `${name}: fail`]);
    expect(judged({}, { up: [retention] })).toEqual(["fail", `${name}: fail`, another]);
    expect(judged({}, { up: [resized] })).toEqual(["fail", another]);
    expect(judged({}, { up: [step({ op: "replace" })] })).toEqual(["fail", another]);
  });

  test("what waits for the window is not done, and is expected", () => {
    const waits = difference({ property: "instanceClass", class: "pending", reason: "RDS applies it in the window" });
    expect(judged({ up: [resized] }, { differences: [waits] })).toEqual([
      "inconclusive",
      "orders-instance.instanceClass: inconclusive",
    ]);
    expect(
      waitingOf(plan({ up: [resized] }, { allowRestart: true }), observed({ up: [resized], differences: [waits] })),
    ).toEqual([{ property: "DBInstanceClass", from: "db.m7g.large", to: "db.t4g.medium" }]);
  });

  test("a static parameter that is put back is not done before a restart", () => {
    const type = "aws:rds/parameterGroup:ParameterGroup";
    const group = step({
      ...{ urn: urnOf(type, "orders-parameters"), type },
      ...{ old: { parameters: [{ name: "max_connections", value: "90" }] }, new: { parameters: [] } },
    });
    const waits = difference({ property: "parameterGroupName", class: "pending", reason: "at a restart" });
    expect(judged({ up: [group] }, { differences: [waits] })).toEqual([
      "inconclusive",
      "orders-parameters.parameters: inconclusive",
    ]);
    expect(judged({ up: [group] })).toEqual(["pass"]);
  });

  test("what has appeared meanwhile fails; what was left to people is no pass", () => {
    const other = difference({ property: "multiAz", class: "drift" });
    expect(judged({}, { differences: [other] })).toEqual(["fail", "nothing-else-differs: fail"]);
    expect(judged({ differences: [other] }, { differences: [other] })).toEqual([
      "inconclusive",
      "left-to-people: inconclusive",
    ]);
  });

  test("an up that was not previewed is no proof", () => {
    expect(judged({}, { up: null })).toEqual(["inconclusive", "another-up-changes-nothing: inconclusive"]);
  });
});
