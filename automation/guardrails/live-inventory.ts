/** What the RDS API describes → the resources a program would have declared. What the API does not tell is marked unseen, not absent. */
import type { DBCluster, DBInstance, Tag } from "@aws-sdk/client-rds";
import { unseen } from "../../policypacks/database-guardrails/properties";
import { Resource } from "../../policypacks/database-guardrails/resource";
import { rules } from "../../policypacks/database-guardrails/rules";
import { cluster, eventSubscription, instance, parameterGroup, snapshot } from "../../policypacks/database-guardrails/types";
import type { LivingDatabases } from "../targets/living-databases";
import type { Judged } from "./judgement";

/** Rules that ask for resources of other APIs: here they would only ever say no. */
export const notJudgedLive = ["require-alarms", "require-backup-plan"];

export function liveInventory(living: LivingDatabases): Judged {
  const resources = [
    ...living.instances.map((one) => resource(instance, one.DBInstanceArn, one.DBInstanceIdentifier, instanceProperties(one))),
    ...living.clusters.map((one) => resource(cluster, one.DBClusterArn, one.DBClusterIdentifier, clusterProperties(one))),
    // Its tags would be a call for each; whose it is, its databases say.
    ...living.parameterGroups.map(({ group, parameters }) =>
      resource(parameterGroup, group.DBParameterGroupArn, group.DBParameterGroupName, {
        family: group.DBParameterGroupFamily,
        parameters: parameters.map(({ ParameterName, ParameterValue }) => ({ name: ParameterName, value: ParameterValue })),
        tags: unseen,
      }),
    ),
    ...living.eventSubscriptions.map((one) =>
      resource(eventSubscription, one.EventSubscriptionArn, one.CustSubscriptionId, {
        enabled: one.Enabled,
        sourceType: one.SourceType,
        eventCategories: one.EventCategoriesList,
        tags: unseen,
      }),
    ),
    ...living.publicSnapshots.map((one) =>
      resource(snapshot, one.DBSnapshotArn, one.DBSnapshotIdentifier, { sharedAccounts: ["all"], tags: tagsOf(one.TagList) }),
    ),
  ];
  return { declared: resources, deployed: resources, rules: rules.filter(({ id }) => !notJudgedLive.includes(id)) };
}

function instanceProperties(one: DBInstance): Record<string, unknown> {
  return {
    identifier: one.DBInstanceIdentifier,
    engine: one.Engine,
    engineVersion: one.EngineVersion,
    tags: tagsOf(one.TagList),
    backupRetentionPeriod: one.BackupRetentionPeriod,
    publiclyAccessible: one.PubliclyAccessible,
    storageEncrypted: one.StorageEncrypted,
    kmsKeyId: one.KmsKeyId,
    multiAz: one.MultiAZ,
    deletionProtection: one.DeletionProtection,
    copyTagsToSnapshot: one.CopyTagsToSnapshot,
    autoMinorVersionUpgrade: one.AutoMinorVersionUpgrade,
    iamDatabaseAuthenticationEnabled: one.IAMDatabaseAuthenticationEnabled,
    enabledCloudwatchLogsExports: one.EnabledCloudwatchLogsExports ?? [],
    monitoringInterval: one.MonitoringInterval,
    performanceInsightsEnabled: one.PerformanceInsightsEnabled,
    caCertIdentifier: one.CACertificateIdentifier,
    parameterGroupName: one.DBParameterGroups?.[0]?.DBParameterGroupName,
    username: one.MasterUsername,
    replicateSourceDb: one.ReadReplicaSourceDBInstanceIdentifier,
    manageMasterUserPassword: one.MasterUserSecret ? true : unseen,
    ...sayOnlyPrograms,
  };
}

function clusterProperties(one: DBCluster): Record<string, unknown> {
  return {
    clusterIdentifier: one.DBClusterIdentifier,
    engine: one.Engine,
    engineVersion: one.EngineVersion,
    tags: tagsOf(one.TagList),
    backupRetentionPeriod: one.BackupRetentionPeriod,
    storageEncrypted: one.StorageEncrypted,
    kmsKeyId: one.KmsKeyId,
    deletionProtection: one.DeletionProtection,
    copyTagsToSnapshot: one.CopyTagsToSnapshot,
    iamDatabaseAuthenticationEnabled: one.IAMDatabaseAuthenticationEnabled,
    enabledCloudwatchLogsExports: one.EnabledCloudwatchLogsExports ?? [],
    dbClusterParameterGroupName: one.DBClusterParameterGroup,
    masterUsername: one.MasterUsername,
    manageMasterUserPassword: one.MasterUserSecret ? true : unseen,
    ...sayOnlyPrograms,
  };
}

/** How it came to be and how it is to end: only a program says. */
const sayOnlyPrograms = {
  skipFinalSnapshot: unseen,
  finalSnapshotIdentifier: unseen,
  deleteAutomatedBackups: unseen,
  snapshotIdentifier: unseen,
  restoreToPointInTime: unseen,
  blueGreenUpdate: unseen,
};

const tagsOf = (tags: readonly Tag[] = []): Record<string, string> => Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

function resource(type: string, arn = "", name = "", properties: Record<string, unknown>): Resource {
  return new Resource({ urn: arn, type, name, properties, protect: undefined, ignoreChanges: [], dependencies: {} });
}
