import type {
  CreateDBInstanceCommandInput,
  CreateDBInstanceReadReplicaCommandInput,
  ModifyDBInstanceCommandInput,
  RestoreDBInstanceFromDBSnapshotCommandInput,
  RestoreDBInstanceToPointInTimeCommandInput,
} from "@aws-sdk/client-rds";
import { isDeepStrictEqual } from "node:util";
import type { Property } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { tagList } from "../tags";
import {
  createProperties,
  modifyProperties,
  parameterNames,
  replicaProperties,
  restorePointInTimeProperties,
  restoreSnapshotProperties,
} from "./instance-parameters";
import { instanceProperties } from "./instance-properties";

/** From the program's inputs to RDS's requests. Pure, so that requests can be tested without a cloud. */

export function createRequest(identifier: string, inputs: PropertyValues): CreateDBInstanceCommandInput {
  return {
    ...parameters(inputs, createProperties),
    DBInstanceIdentifier: identifier,
    Tags: tagList(inputs.tagsAll),
  } as PropertyValues as CreateDBInstanceCommandInput;
}

export function snapshotRequest(
  identifier: string,
  inputs: PropertyValues,
): RestoreDBInstanceFromDBSnapshotCommandInput {
  return {
    ...parameters(inputs, restoreSnapshotProperties),
    DBInstanceIdentifier: identifier,
    DBSnapshotIdentifier: inputs.snapshotIdentifier,
    Tags: tagList(inputs.tagsAll),
  } as PropertyValues as RestoreDBInstanceFromDBSnapshotCommandInput;
}

export function pointInTimeRequest(
  identifier: string,
  inputs: PropertyValues,
): RestoreDBInstanceToPointInTimeCommandInput {
  const {
    restoreTime,
    sourceDbInstanceAutomatedBackupsArn,
    sourceDbInstanceIdentifier,
    sourceDbiResourceId,
    useLatestRestorableTime,
  }: PropertyValues = inputs.restoreToPointInTime;
  return given({
    ...parameters(inputs, restorePointInTimeProperties),
    TargetDBInstanceIdentifier: identifier,
    RestoreTime: restoreTime === undefined ? undefined : new Date(restoreTime),
    SourceDBInstanceAutomatedBackupsArn: sourceDbInstanceAutomatedBackupsArn,
    SourceDBInstanceIdentifier: sourceDbInstanceIdentifier,
    SourceDbiResourceId: sourceDbiResourceId,
    UseLatestRestorableTime: useLatestRestorableTime || undefined,
    Tags: tagList(inputs.tagsAll),
  }) as RestoreDBInstanceToPointInTimeCommandInput;
}

export function replicaRequest(identifier: string, inputs: PropertyValues): CreateDBInstanceReadReplicaCommandInput {
  return {
    ...parameters(inputs, replicaProperties),
    DBInstanceIdentifier: identifier,
    SourceDBInstanceIdentifier: inputs.replicateSourceDb,
    Tags: tagList(inputs.tagsAll),
  } as PropertyValues as CreateDBInstanceReadReplicaCommandInput;
}

/**
 * Changes an instance created by restore or replication to what the program says; undefined when there is nothing left
 * to change.
 */
export function afterCreateRequest(
  identifier: string,
  inputs: PropertyValues,
  properties: string[],
): ModifyDBInstanceCommandInput | undefined {
  const changes = parameters(inputs, properties);
  if (Object.keys(changes).length === 0) return undefined;
  return {
    ...changes,
    ...majorUpgrade(inputs, changes),
    DBInstanceIdentifier: identifier,
    ApplyImmediately: true,
  } as PropertyValues as ModifyDBInstanceCommandInput;
}

/** Only what changed is sent; undefined where RDS has nothing to do. */
export function modifyRequest(old: PropertyValues, program: PropertyValues): ModifyDBInstanceCommandInput | undefined {
  const wanted = hasGrown(old, program) ? { ...program, allocatedStorage: old.allocatedStorage } : program;
  const changed = modifyProperties.filter((name) => isChanged(name, old, wanted));
  const renamed = wanted.identifier !== undefined && wanted.identifier !== old.identifier;
  const newPassword = wanted.passwordWo !== undefined && wanted.passwordWoVersion !== old.passwordWoVersion;
  // A changed `applyImmediately` alone is sent, too: with it a program applies what waits for the window.
  const sentAlone = ["applyImmediately", "engineLifecycleSupport"].some((name) => isChanged(name, old, wanted));
  if (changed.length === 0 && !renamed && !newPassword && !sentAlone) return undefined;

  const changes = { ...withZeros(wanted, changed), ...exceptions(changed, old, wanted) };
  return given({
    ...changes,
    ...majorUpgrade(wanted, changes),
    ...(newPassword ? { MasterUserPassword: wanted.passwordWo } : {}),
    DBInstanceIdentifier: old.identifier,
    NewDBInstanceIdentifier: renamed ? wanted.identifier : undefined,
    ApplyImmediately: wanted.applyImmediately ?? false,
    // Upstream always sends it: an instance whose protection was switched on outside Pulumi gets the program's value
    // with any change.
    DeletionProtection: wanted.deletionProtection ?? false,
  }) as ModifyDBInstanceCommandInput;
}

/** Storage never shrinks: what autoscaling has added stays. */
const hasGrown = (old: PropertyValues, wanted: PropertyValues): boolean =>
  old.allocatedStorage > wanted.allocatedStorage && (wanted.maxAllocatedStorage ?? 0) > wanted.allocatedStorage;

/** What Modify takes in another form than Create, or together with something that did not change. */
function exceptions(changed: string[], old: PropertyValues, wanted: PropertyValues): PropertyValues {
  const among = (...names: string[]) => names.some((name) => changed.includes(name));
  const request: PropertyValues = { EnableCloudwatchLogsExports: undefined, Port: undefined };
  if (among("enabledCloudwatchLogsExports"))
    request.CloudwatchLogsExportConfiguration = logExportChange(
      old.enabledCloudwatchLogsExports ?? [],
      wanted.enabledCloudwatchLogsExports ?? [],
    );
  if (among("port")) request.DBPortNumber = wanted.port;
  if (among("iops") || (among("allocatedStorage") && !isSmallGp3(wanted)))
    Object.assign(request, parameters(wanted, ["allocatedStorage", "iops"]));
  if (among("storageThroughput"))
    Object.assign(request, parameters(wanted, ["allocatedStorage", "iops", "storageThroughput"]));
  if (among("storageType") && ["io1", "io2"].includes(wanted.storageType))
    Object.assign(request, parameters(wanted, ["allocatedStorage", "iops"]));
  // 0 switches autoscaling off; RDS's form of that is a bound equal to the allocated storage.
  if (among("maxAllocatedStorage")) request.MaxAllocatedStorage = wanted.maxAllocatedStorage || wanted.allocatedStorage;
  if (among("masterUserSecretKmsKeyId")) Object.assign(request, parameters(wanted, ["manageMasterUserPassword"]));
  if (
    among(
      "performanceInsightsEnabled",
      "performanceInsightsKmsKeyId",
      "performanceInsightsRetentionPeriod",
      "databaseInsightsMode",
    )
  )
    Object.assign(request, performanceInsights(wanted));
  if (among("password") && !wanted.password) request.MasterUserPassword = undefined;
  return request;
}

/**
 * Key and retention are sent again with each change of Performance Insights, also with the one that switches it off.
 */
const performanceInsights = (wanted: PropertyValues): PropertyValues => ({
  EnablePerformanceInsights: wanted.performanceInsightsEnabled ?? false,
  ...parameters(wanted, ["performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"]),
});

const logExportChange = (old: string[], wanted: string[]) => ({
  EnableLogTypes: wanted.filter((name) => !old.includes(name)),
  DisableLogTypes: old.filter((name) => !wanted.includes(name)),
});

/** Below 400 GiB a gp3 volume of PostgreSQL has fixed figures, and RDS refuses a request that names them. */
const isSmallGp3 = (wanted: PropertyValues): boolean =>
  wanted.storageType === "gp3" && (wanted.allocatedStorage ?? 0) < 400;

const majorUpgrade = (wanted: PropertyValues, changes: PropertyValues): PropertyValues =>
  changes.EngineVersion === undefined ? {} : { AllowMajorVersionUpgrade: wanted.allowMajorVersionUpgrade ?? false };

/** Create requests omit zero values, as upstream cannot distinguish them from absent ones; a few are always sent. */
function parameters(inputs: PropertyValues, properties: readonly string[]): PropertyValues {
  const sent = properties.filter(
    (name) =>
      !isUnset(inputs[name]) || (alwaysSent.includes(name) && inputs[name] !== undefined && inputs[name] !== null),
  );
  return Object.fromEntries(sent.map((name) => [parameterNames[name], inputs[name]]));
}

/**
 * Modify requests send zero values explicitly: `false` and 0 switch something off, also where the program has dropped
 * the property.
 */
function withZeros(wanted: PropertyValues, properties: readonly string[]): PropertyValues {
  return Object.fromEntries(properties.map((name) => [parameterNames[name], wanted[name] ?? zeroOf(name)]));
}

function zeroOf(name: string): unknown {
  const zeros: Partial<Record<Property["type"], unknown>> = { bool: false, int: 0, string: "" };
  return zeros[instanceProperties[name]?.type ?? "object"];
}

const alwaysSent = [
  "autoMinorVersionUpgrade",
  "backupRetentionPeriod",
  "copyTagsToSnapshot",
  "deletionProtection",
  "publiclyAccessible",
  "storageEncrypted",
  "multiAz",
];

const isUnset = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

function isChanged(name: string, old: PropertyValues, wanted: PropertyValues): boolean {
  const [before, after] = [old[name] ?? undefined, wanted[name] ?? undefined];
  if (Array.isArray(before) || Array.isArray(after))
    return !isDeepStrictEqual([...(before ?? [])].sort(), [...(after ?? [])].sort());
  if (name === "engineVersion" && typeof before === "string")
    return after !== before && !before.startsWith(`${after}.`);
  if (typeof before === "string" && typeof after === "string")
    return before !== after && !(caseless.includes(name) && before.toLowerCase() === after.toLowerCase());
  return (before || undefined) !== (after || undefined);
}

const caseless = ["maintenanceWindow"];

const given = (request: PropertyValues): PropertyValues =>
  Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
