import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ResolvedRequest } from "./arguments";
import type { PlatformReference } from "./database-request";
import type { MasterLogin } from "./master-login";
import { instanceTags, type StandardShape } from "./standard-shape";
import { caCertificate, engineLifecycleSupport, exportedLogs, masterUsername, performanceInsightsRetentionDays } from "./standards";

export interface InstanceSettings {
  engineVersion: pulumi.Input<string>;
  parameterGroupName: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  finalSnapshotIdentifier: pulumi.Input<string> | undefined;
  login: MasterLogin;
  tags: Record<string, string>;
}

/**
 * Every audited property is said, `false` and `0` included: the engine compares only what a program says, so one left out drifts unseen.
 * Not sent: the port (AWS gives 5432; the endpoint's own is what counts) and IOPS and throughput (refused below 400 GiB).
 */
export function instanceArguments(
  request: ResolvedRequest,
  shape: StandardShape,
  platform: PlatformReference,
  settings: InstanceSettings,
): aws.rds.InstanceArgs {
  return {
    identifier: shape.identifier,
    engine: "postgres",
    engineVersion: settings.engineVersion,
    engineLifecycleSupport,
    // Rings own versions; that is the documented deviation from Security Hub RDS.13.
    autoMinorVersionUpgrade: false,
    allowMajorVersionUpgrade: false,
    instanceClass: shape.instanceClass,
    storageType: "gp3",
    allocatedStorage: shape.allocatedStorageGib,
    maxAllocatedStorage: shape.storageCapGib,
    storageEncrypted: true,
    kmsKeyId: platform.keyArn,
    // A restored database has the names of its source; asking for others would be asking for another database.
    ...(request.restoreFrom ? restore(request.restoreFrom) : { dbName: shape.databaseName, username: masterUsername }),
    ...settings.login.instanceArguments,
    iamDatabaseAuthenticationEnabled: true,
    dbSubnetGroupName: platform.subnetGroupName,
    vpcSecurityGroupIds: [settings.securityGroupId],
    publiclyAccessible: false,
    networkType: "IPV4",
    caCertIdentifier: caCertificate,
    parameterGroupName: settings.parameterGroupName,
    multiAz: shape.multiAz,
    backupRetentionPeriod: shape.backupRetentionDays,
    backupWindow: shape.backupWindow,
    maintenanceWindow: shape.maintenanceWindow,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: !shape.retainAutomatedBackups,
    skipFinalSnapshot: !shape.finalSnapshot,
    ...(settings.finalSnapshotIdentifier ? { finalSnapshotIdentifier: settings.finalSnapshotIdentifier } : {}),
    deletionProtection: shape.deletionProtection,
    monitoringInterval: shape.monitoringIntervalSeconds,
    monitoringRoleArn: platform.monitoringRoleArn,
    databaseInsightsMode: "standard",
    performanceInsightsEnabled: true,
    performanceInsightsRetentionPeriod: performanceInsightsRetentionDays,
    performanceInsightsKmsKeyId: platform.keyArn,
    enabledCloudwatchLogsExports: [...exportedLogs],
    // A restart in the middle of the day is worse than a night's delay; what waits is shown by drift detection.
    applyImmediately: false,
    tags: instanceTags(shape, settings.tags),
    ...found(request),
  };
}

/** What an imported database has otherwise comes last; what it has none of is taken away. */
function found(request: ResolvedRequest): Partial<aws.rds.InstanceArgs> {
  return Object.fromEntries(Object.entries(request.import?.asFound ?? {}).map(([name, value]) => [name, value ?? undefined]));
}

function restore(from: NonNullable<ResolvedRequest["restoreFrom"]>): Pick<aws.rds.InstanceArgs, "snapshotIdentifier" | "restoreToPointInTime"> {
  if ("snapshotIdentifier" in from) return { snapshotIdentifier: from.snapshotIdentifier };
  const { sourceDbiResourceId, restoreTime } = from;
  return { restoreToPointInTime: restoreTime ? { sourceDbiResourceId, restoreTime } : { sourceDbiResourceId, useLatestRestorableTime: true } };
}

/**
 * The two origins count at birth only. Ignored afterwards, the argument `restoreFrom` can be dropped without a replacement; neither is an audited
 * property, so no drift hides behind it.
 */
const originProperties = ["restoreToPointInTime", "snapshotIdentifier"];
/** Restoring reads the whole storage back; the provider's 40 minutes end in the middle of a large one. */
const restoreTimeout = "6h";

export function instanceOptions(request: ResolvedRequest, shape: StandardShape, options: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
  return {
    ...options,
    protect: shape.protect,
    ignoreChanges: originProperties,
    ...(request.import ? { import: request.import.identifier } : {}),
    ...(request.restoreFrom ? { customTimeouts: { create: restoreTimeout } } : {}),
  };
}

/** Random at its end: with a fixed name the second deletion would fail, when the first one's snapshot still exists. */
export function finalSnapshotIdentifier(name: string, shape: StandardShape, options: pulumi.CustomResourceOptions): pulumi.Output<string> | undefined {
  if (!shape.finalSnapshot) return undefined;
  const { hex } = new random.RandomId(`${name}-final-snapshot`, { byteLength: 4, keepers: { identifier: shape.identifier } }, options);
  return pulumi.interpolate`${shape.identifier}-final-${hex}`;
}

/** The pinned minor if the cloud offers it, else the newest it offers of the major; never one below the minimum. */
export function resolvedEngineVersion(shape: StandardShape, options: pulumi.InvokeOutputOptions): pulumi.Output<string> {
  const found = aws.rds.getEngineVersionOutput(
    shape.engineVersion
      ? { engine: "postgres", version: shape.engineVersion }
      : { engine: "postgres", parameterGroupFamily: shape.parameterGroupFamily, latest: true },
    options,
  );
  return found.versionActual.apply((version) => {
    const [minimum, offered] = [shape.minimumEngineVersion, version].map((text) => Number(text.split(".")[1] ?? 0));
    if ((offered ?? 0) < (minimum ?? 0))
      throw new pulumi.RunError(
        `engineVersion: the cloud offers ${version} at most, the standard asks for ${shape.minimumEngineVersion} or newer; give another postgresMajor`,
      );
    return version;
  });
}
