import type { RecordedCall } from "../../../../automation/targets/cloud-trail";
import { recordedCall } from "../../../../automation/targets/cloud-trail";
import {
  changedBy,
  changedByText,
  isSamePrincipal,
  notRecorded,
  type DatabaseEvent,
} from "../../../../automation/operations/drift-detection/changed-by";
import { canBeExplained, effectOf } from "../../../../automation/operations/drift-detection/explaining-calls";

const instance = "aws:rds/instance:Instance";
const names = ["orders", "arn:aws:rds:eu-central-1:123456789012:db:orders", "sg-1"];
const difference = (property: string | null, actual: string, change: object = {}) => ({
  difference: { type: instance, property, desired: "nothing", actual, ...change },
  names,
});
const by = (name: string) => `arn:aws:iam::123456789012:user/${name}`;
const call = (name: string, parameters: object, change: Partial<RecordedCall> = {}): RecordedCall => ({
  ...{ id: `event-${name}`, at: "2026-11-27T10:00:00Z", service: "rds.amazonaws.com", name, principal: by("ana") },
  ...{ parameters, ...change },
});
const modified = (parameters: object, change: Partial<RecordedCall> = {}) =>
  call("ModifyDBInstance", { dBInstanceIdentifier: "orders", ...parameters }, change);
const at = (hour: number) => `2026-11-27T${String(hour).padStart(2, "0")}:00:00Z`;

describe("a call made what is there, if it set the property to it", () => {
  const tag = { resourceName: names[1], tags: [{ key: "owner", value: "eve" }] };
  const ec2 = { service: "ec2.amazonaws.com" };
  const group = { type: "aws:ec2/securityGroup:SecurityGroup" };
  const opened = {
    groupId: "sg-1",
    ipPermissions: { items: [{ ipProtocol: "tcp", ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] }, groups: {} }] },
  };
  const rule = '[{"cidrBlocks":["0.0.0.0/0"],"fromPort":5432}]';
  const parameters = { type: "aws:rds/parameterGroup:ParameterGroup" };
  const set = {
    dBParameterGroupName: "orders",
    parameters: [{ parameterName: "log_statement", parameterValue: "none" }],
  };
  const alarm = { type: "aws:cloudwatch/metricAlarm:MetricAlarm" };
  const monitoring = { service: "monitoring.amazonaws.com" };
  const snapshot = { type: "aws:rds/snapshot:Snapshot" };
  const shared = { dBSnapshotIdentifier: "orders", attributeName: "restore", valuesToAdd: ["all"] };

  test.each([
    ["a number", difference("backupRetentionPeriod", "8"), modified({ backupRetentionPeriod: 8 })],
    ["a flag", difference("publiclyAccessible", "true"), modified({ publiclyAccessible: true })],
    [
      "one with another name",
      difference("instanceClass", "db.m7g.large"),
      modified({ dBInstanceClass: "db.m7g.large" }),
    ],
    [
      "a list in any order",
      difference("vpcSecurityGroupIds", '["sg-2","sg-1"]'),
      modified({ vpcSecurityGroupIds: ["sg-1", "sg-2"] }),
    ],
    [
      "a window in other letters",
      difference("maintenanceWindow", "mon:02:00-mon:03:00"),
      modified({ preferredMaintenanceWindow: "Mon:02:00-Mon:03:00" }),
    ],
    [
      "logs that are no longer exported",
      difference("enabledCloudwatchLogsExports", '["upgrade"]'),
      modified({ cloudwatchLogsExportConfiguration: { disableLogTypes: ["postgresql"] } }),
    ],
    [
      "a password that is hidden",
      difference("password", "another password"),
      modified({ masterUserPassword: "HIDDEN_DUE_TO_SECURITY_REASONS" }),
    ],
    [
      "a key by its id",
      difference("masterUserSecretKmsKeyId", "arn:aws:kms:eu:1:key/0a1b"),
      modified({ masterUserSecretKmsKeyId: "0a1b" }),
    ],
    ["a tag", difference("tags.owner", "eve"), call("AddTagsToResource", tag)],
    [
      "a tag that was removed",
      difference("tags.owner", "nothing"),
      call("RemoveTagsFromResource", { resourceName: names[1], tagKeys: ["owner"] }),
    ],
    [
      "a tag of another service",
      difference("tags.owner", "eve", group),
      call(
        "CreateTags",
        { resourcesSet: { items: [{ resourceId: "sg-1" }] }, tagSet: { items: [{ key: "owner", value: "eve" }] } },
        ec2,
      ),
    ],
    [
      "an opened port",
      difference("ingress", rule, { ...group, desired: "[]" }),
      call("AuthorizeSecurityGroupIngress", opened, ec2),
    ],
    [
      "a closed port",
      difference("ingress", "[]", { ...group, desired: rule }),
      call("RevokeSecurityGroupIngress", opened, ec2),
    ],
    ["a parameter", difference("parameters.log_statement", "none", parameters), call("ModifyDBParameterGroup", set)],
    [
      "a parameter that was reset",
      difference("parameters.log_statement", "nothing", parameters),
      call("ResetDBParameterGroup", { dBParameterGroupName: "orders", resetAllParameters: true }),
    ],
    ["a shared snapshot", difference("sharedAccounts", "all", snapshot), call("ModifyDBSnapshotAttribute", shared)],
    [
      "an alarm that was silenced",
      difference("actionsEnabled", "false", alarm),
      call("DisableAlarmActions", { alarmNames: ["orders"] }, monitoring),
    ],
    [
      "an alarm's threshold",
      difference("threshold", "99", alarm),
      call("PutMetricAlarm", { alarmName: "orders", threshold: 99 }, monitoring),
    ],
    [
      "a log group's retention",
      difference("retentionInDays", "0", { type: "aws:cloudwatch/logGroup:LogGroup" }),
      call("DeleteRetentionPolicy", { logGroupName: "orders" }, { service: "logs.amazonaws.com" }),
    ],
    ["what is gone", difference(null, "is gone"), call("DeleteDBInstance", { dBInstanceIdentifier: "orders" })],
    [
      "a role",
      difference("roles.arn:r", "arn:r for s3Export"),
      call("AddRoleToDBInstance", { dBInstanceIdentifier: "orders", roleArn: "arn:r" }),
    ],
    [
      "a replica",
      difference("replicas.copy", "copy"),
      call("CreateDBInstanceReadReplica", { dBInstanceIdentifier: "copy", sourceDBInstanceIdentifier: "orders" }),
    ],
    [
      "a database that nothing declares",
      difference(null, "declared by none", { type: "database" }),
      call("RestoreDBInstanceToPointInTime", { targetDBInstanceIdentifier: "orders" }),
    ],
  ])("%s", (_, named, made) => {
    expect(canBeExplained(named.difference)).toBe(true);
    expect(effectOf(made, named)).toBe(true);
  });

  test.each([
    ["that set another property", difference("multiAz", "false"), modified({ backupRetentionPeriod: 8 })],
    [
      "of another database",
      difference("multiAz", "false"),
      call("ModifyDBInstance", { dBInstanceIdentifier: "shop", multiAZ: false }),
    ],
    [
      "of another service",
      difference("multiAz", "false"),
      modified({ multiAZ: false }, { service: "docdb.amazonaws.com" }),
    ],
    [
      "that tagged something else",
      difference("tags.owner", "eve"),
      call("AddTagsToResource", { ...tag, resourceName: "arn:other" }),
    ],
    ["that set another tag", difference("tags.tier", "gold"), call("AddTagsToResource", tag)],
    [
      "that opened what was declared",
      difference("ingress", rule, { ...group, desired: rule }),
      call("AuthorizeSecurityGroupIngress", opened, ec2),
    ],
    [
      "that shared with others",
      difference("sharedAccounts", "all", snapshot),
      call("ModifyDBSnapshotAttribute", { ...shared, valuesToAdd: ["210987654321"] }),
    ],
    [
      "that ended a sharing",
      difference("sharedAccounts", "all", snapshot),
      call("ModifyDBSnapshotAttribute", { ...shared, valuesToAdd: undefined, valuesToRemove: ["all"] }),
    ],
  ])("not one %s", (_, named, made) => {
    expect(effectOf(made, named)).toBeUndefined();
  });

  test("not one whose value was cut where it is shown: it may be another", () => {
    const cut = difference("description", `${"x".repeat(159)}…`);
    expect(effectOf(modified({ description: "x".repeat(500) }), cut)).toBe(false);
  });
});

describe("who changed it", () => {
  const eight = difference("backupRetentionPeriod", "8");
  const who = (calls: RecordedCall[], events: DatabaseEvent[] = [], unread: string | null = null, named = eight) =>
    changedByText({ ...changedBy(named, calls, events, unread), isOurs: false });
  const set = (days: number, name: string, hour: number) =>
    modified({ backupRetentionPeriod: days }, { principal: by(name), at: at(hour) });

  test("is the last of two who changed it", () => {
    expect(who([set(8, "eve", 11), set(5, "ana", 10)])).toBe(
      `${by("eve")} on ${at(11)} (CloudTrail: ModifyDBInstance)`,
    );
  });

  test("is who changed it again after it was put back, whatever the order of the pages", () => {
    expect(who([set(8, "ana", 9), set(35, "deploy", 10), set(8, "eve", 11)])).toMatch(by("eve"));
  });

  test("is not recorded where the last call set something else: who made the same value earlier did not", () => {
    expect(who([set(35, "deploy", 11), set(8, "ana", 10)])).toBe("not recorded");
    expect(who([set(35, "deploy", 11)], [], "CloudTrail has more than 20 pages")).toBe("not recorded");
  });

  test("is not who made another change later", () => {
    expect(who([modified({ multiAZ: false }, { principal: by("bob"), at: at(12) }), set(8, "eve", 11)])).toMatch("eve");
  });

  test("is exactly 'not recorded' without a call, and says so where CloudTrail could not be read", () => {
    expect(who([])).toBe("not recorded");
    expect(who([], [], "CloudTrail could not be read: AccessDeniedException: no")).toBe(
      "not recorded (CloudTrail could not be read: AccessDeniedException: no)",
    );
  });

  test("is not said by an event of RDS, but when it happened is", () => {
    const named = difference("parameterGroupName", "theirs");
    const event = (message: string, hour: number) => ({ message, at: at(hour) });
    const events = [event("Updated to use DBParameterGroup theirs", 9), event("DB instance restarted", 10)];
    expect(who([], events, null, named)).toBe(
      `${at(9)} (RDS event: Updated to use DBParameterGroup theirs), by whom is not recorded`,
    );
    expect(who([], [event("Updated to use DBParameterGroup ours", 9)], null, named)).toBe("not recorded");
    expect(who([], events, null, eight)).toBe("not recorded");
  });

  test("is the same principal in another session of its role, and in no other account's role of that name", () => {
    const session = (account: string, name: string) => `arn:aws:sts::${account}:assumed-role/shipshape-worker/${name}`;
    expect(isSamePrincipal(session("123456789012", "shipshape"), session("123456789012", "other"))).toBe(true);
    expect(isSamePrincipal(session("123456789012", "shipshape"), session("210987654321", "shipshape"))).toBe(false);
    expect(isSamePrincipal(by("ana"), by("eve"))).toBe(false);
    expect(isSamePrincipal(by("ana"), "")).toBe(false);
    expect(
      changedByText({ ...notRecorded(), principal: by("w"), at: at(1), source: "CloudTrail: X", isOurs: true }),
    ).toBe(`${by("w")}, which Shipshape works as, on ${at(1)} (CloudTrail: X)`);
  });
});

describe("an event of CloudTrail", () => {
  const event = (change: object) =>
    recordedCall({
      ...{ EventId: "1", EventName: "ModifyDBInstance" },
      CloudTrailEvent: JSON.stringify({
        ...{ eventSource: "rds.amazonaws.com", eventTime: at(10), requestParameters: { multiAZ: true } },
        ...{ userIdentity: { arn: by("ana") }, readOnly: false, ...change },
      }),
    });

  test("is a change with its principal, its time and its parameters", () => {
    expect(event({})).toEqual([
      {
        id: "1",
        at: at(10),
        service: "rds.amazonaws.com",
        name: "ModifyDBInstance",
        principal: by("ana"),
        parameters: { multiAZ: true },
      },
    ]);
  });

  test.each([
    ["that was refused", { errorCode: "AccessDenied" }],
    ["that only read", { readOnly: true }],
    ["by nobody", { userIdentity: {} }],
  ])("%s explains nothing", (_, change) => {
    expect(event(change)).toEqual([]);
    expect(recordedCall({ CloudTrailEvent: "{" })).toEqual([]);
  });

  test("by a service is that service's", () => {
    expect(event({ userIdentity: { invokedBy: "rds.amazonaws.com" } })).toMatchObject([
      { principal: "rds.amazonaws.com" },
    ]);
  });
});
