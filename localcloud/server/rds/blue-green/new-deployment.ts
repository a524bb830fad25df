import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Call } from "../../wire/action";
import { parseRdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import { tags, text } from "../../wire/query-input";
import { compareVersions, familyOf, majorOf, offeredVersions } from "../instances/engine-versions";
import type { InstanceRecord } from "../instances/instance-record";
import { inheritedInstance } from "../instances/restore-instance";
import { checkSource, newReplica } from "../replicas/new-replica";
import { replicasOf } from "../replicas/replica-set";
import type { DeploymentRecord } from "./deployments";

export const deploymentInput = z.strictObject({
  BlueGreenDeploymentName: text,
  Source: text,
  TargetEngineVersion: text.optional(),
  TargetDBParameterGroupName: text.optional(),
  TargetDBInstanceClass: text.optional(),
  Tags: tags.optional(),
});

/** The records of a deployment and of its green instance; nothing is created yet. */
export function newDeployment(
  input: z.output<typeof deploymentInput>,
  call: Call,
): { deployment: DeploymentRecord; green: InstanceRecord } {
  const { cloud, region } = call;
  const name = input.BlueGreenDeploymentName;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,59}$/.test(name))
    throw new AwsError("InvalidParameterValue", `invalid BlueGreenDeploymentName: ${name}`);
  const deployments = cloud.deployments.list(region);
  if (deployments.some((one) => one.name === name))
    throw new AwsError("BlueGreenDeploymentAlreadyExistsFault", `blue/green deployment already exists: ${name}`);
  const blue = cloud.instances.get(region, parseRdsArn(input.Source)?.name ?? input.Source);
  const engineVersion = targetVersion(blue, input.TargetEngineVersion);
  if (deployments.some((one) => one.blue === blue.resourceId && one.status !== "SWITCHOVER_COMPLETED"))
    throw new AwsError(
      "SourceDatabaseNotSupportedFault",
      `${blue.shape.DBInstanceIdentifier} is the source of another blue/green deployment`,
    );
  refuseSource(blue, call);
  const isLogical = majorOf(engineVersion) !== majorOf(blue.shape.EngineVersion);
  if (isLogical) refuseLogical(blue);
  const settings = {
    DBInstanceClass: input.TargetDBInstanceClass,
    // RDS takes the default group where none is named, whatever blue has.
    DBParameterGroupName: input.TargetDBParameterGroupName ?? `default.${familyOf(engineVersion)}`,
    MultiAZ: blue.shape.MultiAZ,
    VpcSecurityGroupIds: blue.shape.VpcSecurityGroupIds,
    CopyTagsToSnapshot: blue.shape.CopyTagsToSnapshot,
    AutoMinorVersionUpgrade: blue.shape.AutoMinorVersionUpgrade,
    EnableIAMDatabaseAuthentication: blue.shape.IAMDatabaseAuthenticationEnabled,
    EnableCloudwatchLogsExports: blue.shape.EnabledCloudwatchLogsExports,
    MonitoringInterval: blue.shape.MonitoringInterval,
    MonitoringRoleArn: blue.shape.MonitoringRoleArn,
    EnablePerformanceInsights: blue.shape.PerformanceInsightsEnabled,
    PerformanceInsightsKMSKeyId: blue.shape.PerformanceInsightsKMSKeyId,
    PerformanceInsightsRetentionPeriod: blue.shape.PerformanceInsightsRetentionPeriod,
    MaxAllocatedStorage: blue.shape.MaxAllocatedStorage,
    Tags: blue.tags,
  };
  const identifier = `${blue.shape.DBInstanceIdentifier}-green-${letters(6)}`;
  const green = isLogical
    ? newCopy(identifier, { ...settings, EngineVersion: engineVersion }, blue, call)
    : newReplica(
        {
          DBInstanceIdentifier: identifier,
          SourceDBInstanceIdentifier: blue.shape.DBInstanceIdentifier,
          ...settings,
        },
        call,
      );
  return {
    green,
    deployment: {
      id: `bgd-${letters(16)}`,
      ...{ name, region, status: "PROVISIONING", blue: blue.resourceId, green: green.resourceId, engineVersion },
      ...(isLogical && { isLogical }),
      ...{ createdAt: cloud.clock.now().toISOString(), tags: input.Tags ?? [] },
    },
  };
}

function targetVersion({ shape }: InstanceRecord, asked: string | undefined): string {
  const from = shape.EngineVersion;
  const to = asked ?? from;
  if (!offeredVersions().includes(to) || compareVersions(to, from) < 0)
    throw new AwsError("InvalidParameterCombination", `Cannot upgrade postgres from ${from} to ${to}`);
  return to;
}

function refuseSource(blue: InstanceRecord, call: Call): void {
  const { DBInstanceIdentifier: name } = blue.shape;
  if (blue.masterSecret)
    throw new AwsError(
      "SourceDatabaseNotSupportedFault",
      `Secrets Manager manages the master password of ${name}, which excludes blue/green deployments`,
    );
  if (replicasOf(blue, call.cloud).length > 0)
    throw new AwsError(
      "SourceDatabaseNotSupportedFault",
      `the embedded cloud has no blue/green deployments of a source with read replicas, as ${name} is`,
    );
}

/** User Guide, "Limitations and considerations for blue/green deployments": what logical replication needs. */
function refuseLogical({ shape, parameterGroup, activeParameters }: InstanceRecord): void {
  if (activeParameters["rds.logical_replication"] === "1" && parameterGroup.status === "in-sync") return;
  throw new AwsError(
    "SourceDatabaseNotSupportedFault",
    `${shape.DBInstanceIdentifier} runs without logical replication, which a blue/green deployment to another major needs: set rds.logical_replication to 1 in its parameter group and reboot it`,
  );
}

function newCopy(
  identifier: string,
  settings: Parameters<typeof inheritedInstance>[1],
  blue: InstanceRecord,
  call: Call,
): InstanceRecord {
  checkSource(blue, call);
  const { resourceId, shape } = blue;
  const { DBSubnetGroupName, EngineLifecycleSupport } = shape;
  const green = inheritedInstance(
    identifier,
    // As of a physical one, its backups begin with the switchover.
    { DBSubnetGroupName, EngineLifecycleSupport, ...settings, BackupRetentionPeriod: 0 },
    { resourceId, port: 0, shape, tags: [] },
    call,
  );
  return { ...green, copyOf: resourceId, isReadOnly: true };
}

const letters = (count: number): string =>
  [...randomBytes(count)].map((byte) => "abcdefghijklmnopqrstuvwxyz0123456789"[byte % 36]).join("");
