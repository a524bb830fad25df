import { z } from "zod";
import type { Call } from "../../wire/action";
import { parseRdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import { limits } from "../../limits";
import { boolean, integer, list, tags, text } from "../../wire/query-input";
import type { InstanceRecord } from "../instances/instance-record";
import { inheritedInstance } from "../instances/restore-instance";
import { replicasOf } from "./replica-set";

export const replicaInput = z.strictObject({
  DBInstanceIdentifier: text,
  SourceDBInstanceIdentifier: text,
  DBInstanceClass: text.optional(),
  AvailabilityZone: text.optional(),
  Port: integer.optional(),
  MultiAZ: boolean.optional(),
  AutoMinorVersionUpgrade: boolean.optional(),
  Iops: integer.optional(),
  StorageThroughput: integer.optional(),
  StorageType: text.optional(),
  AllocatedStorage: integer.optional(),
  MaxAllocatedStorage: integer.optional(),
  OptionGroupName: text.optional(),
  DBParameterGroupName: text.optional(),
  PubliclyAccessible: boolean.optional(),
  Tags: tags.optional(),
  DBSubnetGroupName: text.optional(),
  VpcSecurityGroupIds: list(text).optional(),
  CopyTagsToSnapshot: boolean.optional(),
  MonitoringInterval: integer.optional(),
  MonitoringRoleArn: text.optional(),
  KmsKeyId: text.optional(),
  EnableIAMDatabaseAuthentication: boolean.optional(),
  DatabaseInsightsMode: text.optional(),
  EnablePerformanceInsights: boolean.optional(),
  PerformanceInsightsKMSKeyId: text.optional(),
  PerformanceInsightsRetentionPeriod: integer.optional(),
  EnableCloudwatchLogsExports: list(text).optional(),
  DeletionProtection: boolean.optional(),
  NetworkType: text.optional(),
  BackupTarget: text.optional(),
  CACertificateIdentifier: text.optional(),
  DedicatedLogVolume: boolean.optional(),
  // SDKs add it for a source in another Region, which is refused by name.
  PreSignedUrl: text.optional(),
});
export type ReplicaInput = z.output<typeof replicaInput>;

/** The record of a replica to be created: what RDS refuses is refused, what it inherits is inherited. */
export function newReplica(input: ReplicaInput, call: Call): InstanceRecord {
  const {
    SourceDBInstanceIdentifier: named,
    DBInstanceIdentifier: identifier,
    PreSignedUrl: _url,
    ...requested
  } = input;
  const source = sourceNamed(named, call);
  checkSource(source, call);
  const { shape } = source;
  if (requested.KmsKeyId !== undefined && requested.KmsKeyId !== shape.KmsKeyId)
    throw new AwsError(
      "InvalidParameterCombination",
      `a read replica in the Region of its source has the source's key, ${shape.KmsKeyId ?? "which is none"}`,
    );
  if (requested.AllocatedStorage !== undefined && requested.AllocatedStorage < shape.AllocatedStorage)
    throw new AwsError(
      "InvalidParameterValue",
      `the allocated storage of a read replica, ${requested.AllocatedStorage} GiB, can't be below its source's ${shape.AllocatedStorage} GiB`,
    );
  const replica = inheritedInstance(
    identifier,
    {
      DBSubnetGroupName: shape.DBSubnetGroupName,
      DBParameterGroupName: source.parameterGroup.name,
      EngineLifecycleSupport: shape.EngineLifecycleSupport,
      ...requested,
      // RDS takes backups of a replica only when they are switched on for it.
      BackupRetentionPeriod: 0,
    },
    { resourceId: source.resourceId, port: 0, shape, tags: [] },
    call,
  );
  return { ...replica, replicaOf: source.resourceId };
}

function sourceNamed(named: string, call: Call): InstanceRecord {
  const arn = parseRdsArn(named);
  if (arn && (arn.region !== call.region || arn.accountId !== call.cloud.accountId))
    throw new AwsError(
      "InvalidParameterValue",
      `the embedded cloud has read replicas only in the account and the Region of their source: ${named}`,
    );
  return call.cloud.instances.get(call.region, arn?.name ?? named);
}

export function checkSource(source: InstanceRecord, call: Call): void {
  const { DBInstanceIdentifier: name, BackupRetentionPeriod: retention } = source.shape;
  if (source.masterSecret)
    throw new AwsError(
      "InvalidParameterValue",
      "Creating read replicas for source instance with engine postgres where ManageMasterUserPassword is enabled is not supported.",
    );
  if (source.replicaOf !== undefined)
    throw new AwsError(
      "InvalidDBInstanceState",
      `instance ${name} is a read replica; the embedded cloud has no cascading ones. Name its source.`,
    );
  if (retention === 0)
    throw new AwsError(
      "InvalidDBInstanceState",
      "Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.",
    );
  if (!["available", "backing-up"].includes(source.status))
    throw new AwsError(
      "InvalidDBInstanceState",
      `instance ${name} is ${source.status}; a read replica can be created only when its source is available.`,
    );
  if (replicasOf(source, call.cloud).length >= limits.replicasPerSource)
    throw new AwsError(
      "InvalidParameterValue",
      `instance ${name} has ${limits.replicasPerSource} read replicas already`,
    );
}
