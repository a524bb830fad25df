import type * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { decidedProperties } from "./decided-properties";
import type { ResolvedRequest } from "./request-schema";
import type { PlatformReference, RestoreSource } from "./database-request";
import type { MasterLogin } from "./master-login";
import { ownParameterGroupOf } from "./names";
import {
  movedByHand,
  refusedChanges,
  refuseOtherSecretKey,
  waitingChanges,
  type Running,
  type Wanted,
} from "./running-instance";
import { instanceTags, type StandardShape } from "./standard-shape";
import { stripedStorage } from "./standards/fixed";
import type { Standard } from "./standards/standard";
import type { Tags } from "./tags";

export interface InstanceSettings {
  engineVersion: pulumi.Input<string>;
  parameterGroupName: pulumi.Input<string>;
  securityGroupId: pulumi.Input<string>;
  finalSnapshotIdentifier: pulumi.Input<string> | undefined;
  login: MasterLogin;
  running: pulumi.Output<Running | undefined>;
  tags: Tags;
  standard: Standard;
}

/**
 * Every audited property is set, even `false` and `0`: the engine compares only what a program sets, so drift of an
 * omitted one would be invisible. Not sent: the port (AWS uses 5432; the endpoint's port counts).
 */
export function instanceArguments(
  request: ResolvedRequest,
  shape: StandardShape,
  platform: PlatformReference,
  settings: InstanceSettings,
): rds.InstanceArgs {
  const args = {
    ...decidedProperties(shape),
    identifier: shape.identifier,
    engine: "postgres",
    engineVersion: settings.engineVersion,
    allowMajorVersionUpgrade: false,
    kmsKeyId: platform.keyArn,
    // A restored database has the names of its source; other names would mean a replacement.
    ...(request.restoreFrom
      ? restore(request.restoreFrom)
      : { dbName: shape.databaseName, username: settings.standard.birth.masterUsername }),
    ...settings.login.instanceArguments,
    dbSubnetGroupName: platform.subnetGroupName,
    vpcSecurityGroupIds: [settings.securityGroupId],
    parameterGroupName: settings.parameterGroupName,
    ...(settings.finalSnapshotIdentifier ? { finalSnapshotIdentifier: settings.finalSnapshotIdentifier } : {}),
    monitoringRoleArn: platform.monitoringRoleArn,
    performanceInsightsKmsKeyId: platform.keyArn,
    // A restart in the middle of the day is worse than a night's delay; `shipshape pending` shows what waits.
    applyImmediately: false,
    tags: instanceTags(shape, request, settings.tags, settings.standard),
    ...found(request),
  };
  return {
    ...args,
    ...includedSpeed(args, request, settings.running),
    ...checked(args, request, shape, settings),
  };
}

/**
 * From 400 GiB up, a gp3 volume is striped: 12,000 IOPS and 500 MiB/s are the minimum that RDS accepts, and included.
 * Below, it accepts neither (RDS User Guide, "gp3 storage"). If they are not set, the provider repeats the 3,000 IOPS
 * of the smaller volume when one grows past the threshold, and RDS refuses.
 */
function includedSpeed(
  args: rds.InstanceArgs,
  request: ResolvedRequest,
  running: InstanceSettings["running"],
): Partial<rds.InstanceArgs> {
  if (args.storageType !== "gp3" || Number(args.allocatedStorage) < stripedStorage.fromGib) return {};
  const speed = {
    iops: args.iops ?? stripedStorage.iops,
    storageThroughput: args.storageThroughput ?? stripedStorage.throughput,
  };
  if (request.restoreFrom?.sourceDbiResourceId === undefined) return speed;
  // A restore to a point in time has the source's volume, which may be smaller; it grows at the next `up`.
  const onceThere = pulumi.all([running, speed]).apply(([found, figures]) => (found ? figures : {})) as pulumi.Output<{
    iops: number;
    storageThroughput: number;
  }>;
  return { iops: onceThere.iops, storageThroughput: onceThere.storageThroughput };
}

/**
 * Arguments that wait for the state of the running instance, so that what RDS would refuse because of it is refused
 * here, at preview.
 */
function checked(
  args: rds.InstanceArgs,
  request: ResolvedRequest,
  shape: StandardShape,
  { running, standard }: InstanceSettings,
): Partial<rds.InstanceArgs> {
  const {
    engineVersion,
    instanceClass,
    allocatedStorage,
    maxAllocatedStorage,
    multiAz,
    dbSubnetGroupName,
    username,
    dbName,
    masterUserSecretKmsKeyId: key,
  } = args;
  const properties = {
    engineVersion,
    instanceClass,
    allocatedStorage,
    maxAllocatedStorage,
    multiAz,
    dbSubnetGroupName,
    username,
    dbName,
  };
  const wanted = pulumi.output(properties) as pulumi.Output<Wanted>;
  return {
    allocatedStorage: pulumi.all([running, wanted]).apply(([found, change]) => {
      const refused = refusedChanges(found, change, request, standard);
      if (refused.length > 0)
        throw new pulumi.RunError(
          `${shape.identifier}: RDS would refuse this, nothing was changed\n${refused.map((line) => `  ${line}`).join("\n")}`,
        );
      if (found) announce(found, change, request, shape);
      return change.allocatedStorage;
    }),
    // Only if the program can name the key that RDS keeps: a key changed by hand is drift, which a refresh must show
    // and which must not stop an `up`.
    ...(key && request.existing
      ? {
          masterUserSecretKmsKeyId: pulumi
            .all([running, key])
            .apply(([found, arn]) => refuseOtherSecretKey(found, String(arn))),
        }
      : {}),
  };
}

function announce(running: Running, wanted: Wanted, request: ResolvedRequest, shape: StandardShape): void {
  const window = request.existing?.asFound.maintenanceWindow ?? shape.maintenanceWindow;
  const waiting = waitingChanges(running, wanted, window);
  if (waiting.length > 0)
    void pulumi.log.warn(
      `${shape.identifier}:\n${waiting.map((line) => `  ${line}\n`).join("")}` +
        "Until then every preview shows it, and alarms fit what runs; run `pulumi up` once more after the window.",
    );
  const group = ownParameterGroupOf(shape.identifier, shape.parameterGroupFamily);
  if (shape.ownParameterGroup && running.dbParameterGroups && !running.dbParameterGroups.includes(group))
    void pulumi.log.warn(
      `${shape.identifier}: parameter group → ${group}: PostgreSQL reads some parameters only when it starts; those wait for a restart, which only you can request.`,
    );
  for (const line of movedByHand(running, wanted))
    void pulumi.log.warn(`${shape.identifier}: RDS will refuse this: ${line} as the platform's subnetGroupName.`);
  if (request.import)
    void pulumi.log.warn(
      `${shape.identifier}: drop the argument \`import\` after this up: it is needed only once; keep \`existing\`.`,
    );
}

/** An imported database's own values come last; what it lacks is removed. */
function found(request: ResolvedRequest): Partial<rds.InstanceArgs> {
  return Object.fromEntries(
    Object.entries(request.existing?.asFound ?? {}).map(([name, value]) => [name, value ?? undefined]),
  );
}

function restore({
  snapshotIdentifier,
  sourceDbiResourceId,
  restoreTime,
}: RestoreSource): Pick<rds.InstanceArgs, "snapshotIdentifier" | "restoreToPointInTime"> {
  if (sourceDbiResourceId === undefined) return { snapshotIdentifier };
  return {
    restoreToPointInTime: restoreTime
      ? { sourceDbiResourceId, restoreTime }
      : { sourceDbiResourceId, useLatestRestorableTime: true },
  };
}

/**
 * The two origins count only at creation. They are ignored afterwards, so the argument `restoreFrom` can be dropped
 * without a replacement; neither is an audited property, so this hides no drift.
 */
const originProperties = ["restoreToPointInTime", "snapshotIdentifier"];
/** Restoring reads back the whole storage; the provider's 40 minutes are too short for a large one. */
const restoreTimeout = "6h";

export function instanceOptions(
  request: ResolvedRequest,
  shape: StandardShape,
  options: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  return {
    ...options,
    protect: shape.protect,
    ignoreChanges: originProperties,
    ...(request.import ? { import: request.import } : {}),
    ...(request.restoreFrom ? { customTimeouts: { create: restoreTimeout } } : {}),
  };
}

/**
 * As found, or with a random end: with a fixed name a second deletion would fail while the first one's snapshot still
 * exists.
 */
export function finalSnapshotIdentifier(
  name: string,
  shape: StandardShape,
  { existing }: ResolvedRequest,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<string> | undefined {
  if (!shape.finalSnapshot) return undefined;
  if (existing?.asFound.finalSnapshotIdentifier) return pulumi.output(existing.asFound.finalSnapshotIdentifier);
  const { hex } = new random.RandomId(
    `${name}-final-snapshot`,
    { byteLength: 4, keepers: { identifier: shape.identifier } },
    options,
  );
  return pulumi.interpolate`${shape.identifier}-final-${hex}`;
}
