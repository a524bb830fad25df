/** Pure: which API calls can make a difference, and whether one of them did. */
import * as types from "../../../policypacks/database-guardrails/vocabulary/types";
import type { RecordedCall } from "../../targets/cloud-trail";
import type { Difference } from "./differences";
import { shownCharactersMax } from "./limits";
import { shownOf } from "./shown";

/** A difference with the names by which the cloud knows its resource. */
export interface NamedDifference {
  difference: Pick<Difference, "type" | "property" | "desired" | "actual">;
  names: readonly string[];
}

/** True: it made what is there. False: it set the same property to something else. Undefined: it has no part in it. */
type Effect = boolean | undefined;

interface ChangingCall {
  service: string;
  name: string;
  /** The parameter with the name of what is changed. */
  of: string;
  effect(given: Parameters, difference: NamedDifference["difference"]): Effect;
}

/** Whether there is a call at all that could have made it. */
export const canBeExplained = ({ type, property }: Pick<Difference, "type" | "property">): boolean =>
  type in byType || tagIn(property) !== undefined;

export function effectOf(call: RecordedCall, { difference, names }: NamedDifference): Effect {
  const given = new Parameters(call.parameters);
  for (const one of [...(byType[difference.type] ?? []), ...tagCalls]) {
    if (call.name !== one.name || call.service !== `${one.service}.amazonaws.com`) continue;
    if (!given.within(one.of).some((text) => names.includes(text))) continue;
    const effect = one.effect(given, difference);
    if (effect !== undefined) return effect;
  }
  return undefined;
}

/** CloudTrail writes parameters as the service does, with other capital letters: `dBInstanceClass`, `multiAZ`. */
class Parameters {
  private readonly values: ReadonlyMap<string, unknown>;

  constructor(given: unknown) {
    this.values = new Map(Object.entries(recordOf(given)).map(([name, value]) => [name.toLowerCase(), value]));
  }

  get(name: string): unknown {
    return this.values.get(name.toLowerCase());
  }
  texts(name: string): string[] {
    const value = this.get(name);
    return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
  }
  /** EC2 puts each list in an object: `{ items: […] }`. */
  list(name: string): Parameters[] {
    const value = this.get(name);
    const list = Array.isArray(value) ? value : recordOf(value)["items"];
    return (Array.isArray(list) ? list : []).map((one) => new Parameters(one));
  }
  /** All texts in it, at any depth. */
  within(name: string): string[] {
    return textsIn(this.get(name));
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const textsIn = (value: unknown): string[] =>
  typeof value === "string" ? [value] : Object.values(recordOf(value)).flatMap(textsIn);

/** In which order a list is given makes no difference. What was cut where it is shown may be another value. */
function isShownAs(value: unknown, actual: string): boolean {
  if (actual.length >= shownCharactersMax && actual.endsWith("…")) return false;
  if (shownOf(value).toLowerCase() === actual.toLowerCase()) return true;
  if (!Array.isArray(value) || !actual.startsWith("[")) return false;
  return shownOf([...value].sort()) === shownOf([...listIn(actual)].sort());
}

/** Nothing where the text was cut. */
function listIn(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

const nothing = shownOf(null);

/** Each property is set by one parameter. */
const setting =
  (parameterOf: (property: string) => string | undefined): ChangingCall["effect"] =>
  (given, { property, actual }) => {
    const value = given.get(parameterOf(property ?? "") ?? "");
    return value === undefined ? undefined : isShownAs(value, actual);
  };

const removing: ChangingCall["effect"] = (_, { property, actual }) =>
  property === null ? actual === "is gone" : undefined;

const removed = (service: string, name: string, of: string): ChangingCall => ({ service, name, of, effect: removing });

/** What ModifyDBInstance calls a property of the instance, where that is not its name with another first letter. */
const instanceParameters: Record<string, string> = {
  backupWindow: "PreferredBackupWindow",
  caCertIdentifier: "CACertificateIdentifier",
  iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
  instanceClass: "DBInstanceClass",
  maintenanceWindow: "PreferredMaintenanceWindow",
  parameterGroupName: "DBParameterGroupName",
  performanceInsightsEnabled: "EnablePerformanceInsights",
  port: "DBPortNumber",
};
/** An instance that is created has it from the start, by another name for the port. */
const creationParameters: Record<string, string> = { ...instanceParameters, port: "Port" };

/** The one property that is changed by what is added and what is taken away. */
const exportedLogs: ChangingCall["effect"] = (given, { property, actual }) => {
  if (property !== "enabledCloudwatchLogsExports") return undefined;
  const change = new Parameters(given.get("CloudwatchLogsExportConfiguration"));
  const [on, off] = [change.texts("EnableLogTypes"), change.texts("DisableLogTypes")];
  if (on.length + off.length === 0) return undefined;
  const there = listIn(actual);
  return on.every((log) => there.includes(log)) && !off.some((log) => there.includes(log));
};

/** What CloudTrail hides, and a key by its id. */
const masterPassword: ChangingCall["effect"] = (given, { property, actual }) => {
  if (property === "password") return given.get("MasterUserPassword") === undefined ? undefined : true;
  if (property !== "masterUserSecretKmsKeyId") return undefined;
  const [key] = given.texts("MasterUserSecretKmsKeyId");
  return key === undefined ? undefined : actual === key || actual.endsWith(`:key/${key}`);
};

const modifyInstance: ChangingCall[] = [
  {
    ...{ service: "rds", name: "ModifyDBInstance", of: "DBInstanceIdentifier" },
    effect: (given, difference) =>
      exportedLogs(given, difference) ??
      masterPassword(given, difference) ??
      setting((property) => instanceParameters[property] ?? property)(given, difference),
  },
  removed("rds", "DeleteDBInstance", "DBInstanceIdentifier"),
  {
    ...{ service: "rds", name: "AddRoleToDBInstance", of: "DBInstanceIdentifier" },
    effect: (given, { property }) => (property === `roles.${given.texts("RoleArn")[0]}` ? true : undefined),
  },
  {
    ...{ service: "rds", name: "CreateDBInstanceReadReplica", of: "SourceDBInstanceIdentifier" },
    effect: (given, { property }) =>
      property === `replicas.${given.texts("DBInstanceIdentifier")[0]}` ? true : undefined,
  },
];

const creations: [name: string, of: string][] = [
  ["CreateDBInstance", "DBInstanceIdentifier"],
  ["CreateDBInstanceReadReplica", "DBInstanceIdentifier"],
  ["RestoreDBInstanceFromDBSnapshot", "DBInstanceIdentifier"],
  ["RestoreDBInstanceFromS3", "DBInstanceIdentifier"],
  ["RestoreDBInstanceToPointInTime", "TargetDBInstanceIdentifier"],
];
const creating = (effect: ChangingCall["effect"]): ChangingCall[] =>
  creations.map(([name, of]) => ({ service: "rds", name, of, effect }));

/** `parameters.log_connections` */
const parameterIn = (property: string | null): string | undefined => /^parameters\.(.+)$/.exec(property ?? "")?.[1];

const parameterGroupCalls: ChangingCall[] = [
  {
    ...{ service: "rds", name: "ModifyDBParameterGroup", of: "DBParameterGroupName" },
    effect: (given, { property, actual }) => {
      const name = parameterIn(property);
      const set = given.list("Parameters").find((one) => one.texts("ParameterName")[0] === name);
      return set && isShownAs(set.get("ParameterValue"), actual);
    },
  },
  {
    ...{ service: "rds", name: "ResetDBParameterGroup", of: "DBParameterGroupName" },
    effect: (given, { property, actual }) => {
      const name = parameterIn(property);
      const isReset =
        given.get("ResetAllParameters") === true ||
        given.list("Parameters").some((one) => one.texts("ParameterName")[0] === name);
      return name !== undefined && isReset ? actual === nothing : undefined;
    },
  },
  removed("rds", "DeleteDBParameterGroup", "DBParameterGroupName"),
];

const snapshotCalls: ChangingCall[] = [
  {
    ...{ service: "rds", name: "ModifyDBSnapshotAttribute", of: "DBSnapshotIdentifier" },
    effect: (given, { property, actual }) => {
      if (property !== "sharedAccounts") return undefined;
      const accounts = actual.split(", ");
      return given.texts("ValuesToAdd").some((account) => accounts.includes(account)) ? true : undefined;
    },
  },
];

/** A rule is known by its sources: they are there now, and were not declared, or the other way round. */
const rules =
  (property: "ingress" | "egress", isAdded: boolean): ChangingCall["effect"] =>
  (given, { property: changed, desired, actual }) => {
    if (changed !== property) return undefined;
    const sources = [...given.within("IpPermissions"), ...given.texts("CidrIp")].filter((text) =>
      /^(sg-|pl-)|[.:].*\/\d+$/.test(text),
    );
    const [inOne, notInOther] = isAdded ? [actual, desired] : [desired, actual];
    return sources.some((source) => inOne.includes(`"${source}"`) && !notInOther.includes(`"${source}"`))
      ? true
      : undefined;
  };
const ruleCall = (name: string, effect: ChangingCall["effect"]): ChangingCall => ({
  ...{ service: "ec2", name, of: "GroupId", effect },
});

const securityGroupCalls: ChangingCall[] = [
  ruleCall("AuthorizeSecurityGroupIngress", rules("ingress", true)),
  ruleCall("RevokeSecurityGroupIngress", rules("ingress", false)),
  ruleCall("AuthorizeSecurityGroupEgress", rules("egress", true)),
  ruleCall("RevokeSecurityGroupEgress", rules("egress", false)),
  removed("ec2", "DeleteSecurityGroup", "GroupId"),
];

const same = setting((property) => property);
const alarmCalls: ChangingCall[] = [
  { service: "monitoring", name: "PutMetricAlarm", of: "AlarmName", effect: same },
  removed("monitoring", "DeleteAlarms", "AlarmNames"),
  ...[true, false].map((isOn): ChangingCall => ({
    ...{ service: "monitoring", name: isOn ? "EnableAlarmActions" : "DisableAlarmActions", of: "AlarmNames" },
    effect: (_, { property, actual }) => (property === "actionsEnabled" ? actual === String(isOn) : undefined),
  })),
];

const logGroupCalls: ChangingCall[] = [
  { service: "logs", name: "PutRetentionPolicy", of: "LogGroupName", effect: same },
  {
    ...{ service: "logs", name: "DeleteRetentionPolicy", of: "LogGroupName" },
    effect: (_, { property, actual }) => (property === "retentionInDays" ? ["0", nothing].includes(actual) : undefined),
  },
  removed("logs", "DeleteLogGroup", "LogGroupName"),
];

const secretCalls: ChangingCall[] = [
  { service: "secretsmanager", name: "UpdateSecret", of: "SecretId", effect: same },
  removed("secretsmanager", "DeleteSecret", "SecretId"),
];

const instanceCalls = [...modifyInstance, ...creating(setting((property) => creationParameters[property] ?? property))];

/** Where the type of a resource is not here, only its tags are explained. */
const byType: Record<string, ChangingCall[]> = {
  [types.instance]: instanceCalls,
  [types.clusterInstance]: instanceCalls,
  // That nothing declares a database is explained by its creation.
  database: creating((_, { property }) => (property === null ? true : undefined)),
  [types.parameterGroup]: parameterGroupCalls,
  [types.snapshot]: snapshotCalls,
  [types.securityGroup]: securityGroupCalls,
  [types.metricAlarm]: alarmCalls,
  [types.logGroup]: logGroupCalls,
  "aws:secretsmanager/secret:Secret": secretCalls,
};

/** `tags.owner` */
const tagIn = (property: string | null): string | undefined => /^tags\.(.+)$/.exec(property ?? "")?.[1];

const tagging =
  (list: string, key: string, value: string): ChangingCall["effect"] =>
  (given, { property, actual }) => {
    const tag = tagIn(property);
    const set = given.list(list).find((one) => tag !== undefined && one.texts(key)[0] === tag);
    return set && shownOf(set.get(value)) === actual;
  };
const untagging =
  (list: string): ChangingCall["effect"] =>
  (given, { property, actual }) => {
    const tag = tagIn(property);
    return tag !== undefined && given.within(list).includes(tag) ? actual === nothing : undefined;
  };

const tagCalls: ChangingCall[] = [
  { service: "rds", name: "AddTagsToResource", of: "ResourceName", effect: tagging("Tags", "Key", "Value") },
  { service: "rds", name: "RemoveTagsFromResource", of: "ResourceName", effect: untagging("TagKeys") },
  { service: "ec2", name: "CreateTags", of: "ResourcesSet", effect: tagging("TagSet", "Key", "Value") },
  { service: "ec2", name: "DeleteTags", of: "ResourcesSet", effect: untagging("TagSet") },
  { service: "secretsmanager", name: "TagResource", of: "SecretId", effect: tagging("Tags", "Key", "Value") },
  { service: "secretsmanager", name: "UntagResource", of: "SecretId", effect: untagging("TagKeys") },
];
