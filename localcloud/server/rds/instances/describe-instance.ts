import { rdsArn } from "../../wire/arn";
import { restoreWindow } from "../backups/automated-backups";
import type { Cloud } from "../../cloud";
import { describeSubnetGroup } from "../subnet-groups/subnet-groups";
import { describeReplication } from "../replicas/replica-set";
import { majorOf } from "./engine-versions";
import type { InstanceRecord } from "./instance-record";

/** An instance as DescribeDBInstances shows it. */
export function describeInstance(instance: InstanceRecord, cloud: Cloud): object {
  const { Port: _port, VpcSecurityGroupIds, DBSubnetGroupName, ...shape } = instance.shape;
  const subnetGroup = cloud.subnetGroups.find(instance.region, DBSubnetGroupName);
  const secret = instance.masterSecret && cloud.managedSecrets.describe(instance.resourceId);
  const backup = cloud.backups.get(instance.resourceId);
  return {
    ...shape,
    LatestRestorableTime: backup && restoreWindow(backup)?.latest,
    DBInstanceStatus: instance.status,
    DBInstanceArn: instanceArn(instance, cloud.accountId),
    DbiResourceId: instance.resourceId,
    DbInstancePort: 0,
    Endpoint: endpoint(instance),
    DBSecurityGroups: [],
    VpcSecurityGroups: VpcSecurityGroupIds.map((id) => ({ VpcSecurityGroupId: id, Status: "active" })),
    DBParameterGroups: [
      { DBParameterGroupName: instance.parameterGroup.name, ParameterApplyStatus: instance.parameterGroup.status },
    ],
    DBSubnetGroup: subnetGroup && describeSubnetGroup(subnetGroup, cloud.accountId),
    OptionGroupMemberships: [
      { OptionGroupName: `default:postgres-${majorOf(shape.EngineVersion)}`, Status: "in-sync" },
    ],
    PendingModifiedValues: pendingValues(instance),
    ...describeReplication(instance, cloud),
    DomainMemberships: [],
    AssociatedRoles: [],
    CustomerOwnedIpEnabled: false,
    ActivityStreamStatus: "stopped",
    // Enhanced monitoring writes to one log group for the whole Region, with a stream for each instance.
    EnhancedMonitoringResourceArn:
      shape.MonitoringInterval > 0
        ? `arn:aws:logs:${instance.region}:${cloud.accountId}:log-group:RDSOSMetrics:log-stream:${instance.resourceId}`
        : undefined,
    // RDS's default; another order is an account setting, which the embedded cloud does not have.
    UpgradeRolloutOrder: "second",
    CertificateDetails: {
      CAIdentifier: shape.CACertificateIdentifier,
      ValidTill: cloud.instances.servers.certificateValidTill(instance.resourceId),
    },
    MasterUserSecret: secret && { ...secret, SecretStatus: secretStatus(instance) ?? secret.SecretStatus },
    TagList: instance.tags,
  };
}

/** Shown while the operation runs, whatever the secret's own state. */
function secretStatus({ operation, status }: InstanceRecord): string | undefined {
  if (status === "creating") return "creating";
  return operation?.kind === "modify" && operation.rotateMasterPassword ? "rotating" : undefined;
}

export function instanceArn(instance: InstanceRecord, accountId: string): string {
  return rdsArn(accountId, instance.region, "db", instance.shape.DBInstanceIdentifier);
}

/** RDS shows the endpoint once the instance can first be reached, and keeps it while the instance is stopped. */
function endpoint(instance: InstanceRecord): object | undefined {
  return instance.listeningPort === undefined
    ? undefined
    : { Address: "127.0.0.1", Port: instance.listeningPort, HostedZoneId: "Z1RLNUO7B9Q6NB" };
}

function pendingValues(instance: InstanceRecord): object {
  const changes =
    instance.operation?.kind === "modify" ? { ...instance.operation.changes, ...instance.pending } : instance.pending;
  const password = instance.newMasterPassword !== undefined && instance.status !== "creating";
  return { ...changes, ...(password ? { MasterUserPassword: "****" } : {}) };
}
