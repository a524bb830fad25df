/**
 * What the RDS API describes → the resources a program would have declared. What the API does not report is marked as
 * not reported, not as absent.
 */
import type { DBCluster, DBInstance, Tag } from "@aws-sdk/client-rds";
import { canonical, notReported } from "../../policypacks/database-guardrails/vocabulary/properties";
import { Resource, type ResourceFacts } from "../../policypacks/database-guardrails/vocabulary/resource";
import {
  cluster,
  clusterInstance,
  clusterParameterGroup,
  clusterSnapshot,
  eventSubscription,
  instance,
  parameterGroup,
  proxy,
  snapshot,
} from "../../policypacks/database-guardrails/vocabulary/types";
import type { LiveDatabases } from "../targets/live-databases";
import { supportEndOf } from "../targets/support-ends";

/** The types that it may contain. */
export const liveTypes: readonly string[] = [
  instance,
  cluster,
  clusterInstance,
  parameterGroup,
  clusterParameterGroup,
  eventSubscription,
  proxy,
  snapshot,
  clusterSnapshot,
];

export interface LiveInventory {
  resources: Resource[];
  databases: number;
  /** Databases of engines that the RDS API lists but no rule covers. */
  otherEngines: string[];
}

/** Separate services behind the RDS API. */
const notRds = ["docdb", "neptune"];

export function liveInventory(live: LiveDatabases): LiveInventory {
  const judged = <One extends { Engine?: string }>(all: readonly One[]) =>
    all.filter(({ Engine = "" }) => !notRds.includes(canonical(Engine)));
  const [instances, clusters] = [judged(live.instances), judged(live.clusters)];
  const statusOfMembers = new Map(clusters.map((one) => [one.DBClusterIdentifier, groupStatusOf(one)]));
  const supportEnd = (one: DBInstance | DBCluster) => ({
    standardSupportEnds: supportEndOf(live.supportEnds, one) ?? notReported,
  });
  return {
    databases:
      clusters.length + instances.filter(({ DBClusterIdentifier }) => DBClusterIdentifier === undefined).length,
    otherEngines: [
      ...live.clusters
        .filter((one) => !clusters.includes(one))
        .map(({ DBClusterIdentifier, Engine }) => `${DBClusterIdentifier} (${Engine})`),
      ...live.instances
        .filter((one) => !instances.includes(one) && one.DBClusterIdentifier === undefined)
        .map(({ DBInstanceIdentifier, Engine }) => `${DBInstanceIdentifier} (${Engine})`),
    ],
    resources: [
      ...instances.map((one) =>
        // A member has its cluster's protection, zones and backups, and needs none of its own.
        resource(
          one.DBClusterIdentifier === undefined ? instance : clusterInstance,
          one.DBInstanceArn,
          one.DBInstanceIdentifier,
          { ...instanceProperties(one), ...supportEnd(one) },
          {
            createdAt: one.InstanceCreateTime?.toISOString(),
          },
        ),
      ),
      ...clusters.map((one) =>
        resource(
          cluster,
          one.DBClusterArn,
          one.DBClusterIdentifier,
          {
            ...{ ...clusterProperties(one), ...supportEnd(one) },
            parameterApplyStatus: statusOfMembers.get(one.DBClusterIdentifier),
          },
          { createdAt: one.ClusterCreateTime?.toISOString() },
        ),
      ),
      ...relatedResources(live),
    ],
  };
}

/** Resources of databases, and snapshots whose database may be gone. */
function relatedResources({
  parameterGroups,
  eventSubscriptions,
  proxies,
  snapshots,
  clusterSnapshots,
}: LiveDatabases): Resource[] {
  return [
    // Tags of groups, subscriptions and proxies would cost a call each; their databases say whose they are.
    ...parameterGroups.map(({ arn, name, family, ofCluster, parameters }) =>
      resource(ofCluster ? clusterParameterGroup : parameterGroup, arn, name, {
        family,
        parameters: parameters.map(({ ParameterName, ParameterValue }) => ({
          name: ParameterName,
          value: ParameterValue,
        })),
        tags: notReported,
      }),
    ),
    ...eventSubscriptions.map((one) =>
      resource(eventSubscription, one.EventSubscriptionArn, one.CustSubscriptionId, {
        enabled: one.Enabled,
        status: one.Status,
        sourceType: one.SourceType,
        sourceIds: one.SourceIdsList,
        eventCategories: one.EventCategoriesList,
        tags: notReported,
      }),
    ),
    ...proxies.map((one) =>
      resource(proxy, one.DBProxyArn, one.DBProxyName, { requireTls: one.RequireTLS, tags: notReported }),
    ),
    ...snapshots.map((one) =>
      resource(snapshot, one.DBSnapshotArn, one.DBSnapshotIdentifier, {
        encrypted: one.Encrypted,
        sharedAccounts: one.sharedAccounts,
        tags: tagsOf(one.TagList),
      }),
    ),
    ...clusterSnapshots.map((one) =>
      resource(clusterSnapshot, one.DBClusterSnapshotArn, one.DBClusterSnapshotIdentifier, {
        storageEncrypted: one.StorageEncrypted,
        sharedAccounts: one.sharedAccounts,
        tags: tagsOf(one.TagList),
      }),
    ),
  ];
}

function instanceProperties(one: DBInstance): Record<string, unknown> {
  const groups = one.DBParameterGroups ?? [];
  return {
    identifier: one.DBInstanceIdentifier,
    resourceId: one.DbiResourceId,
    engine: one.Engine,
    engineVersion: one.EngineVersion,
    tags: tagsOf(one.TagList),
    backupRetentionPeriod: one.BackupRetentionPeriod,
    publiclyAccessible: one.PubliclyAccessible,
    storageEncrypted: one.StorageEncrypted,
    multiAz: one.MultiAZ,
    deletionProtection: one.DeletionProtection,
    copyTagsToSnapshot: one.CopyTagsToSnapshot,
    autoMinorVersionUpgrade: one.AutoMinorVersionUpgrade,
    iamDatabaseAuthenticationEnabled: one.IAMDatabaseAuthenticationEnabled,
    enabledCloudwatchLogsExports: one.EnabledCloudwatchLogsExports ?? [],
    monitoringInterval: one.MonitoringInterval,
    performanceInsightsEnabled: one.PerformanceInsightsEnabled,
    caCertIdentifier: one.CACertificateIdentifier,
    parameterGroupName: groups[0]?.DBParameterGroupName,
    parameterApplyStatus: worst(groups.map(({ ParameterApplyStatus }) => ParameterApplyStatus)),
    username: one.MasterUsername,
    replicateSourceDb: one.ReadReplicaSourceDBInstanceIdentifier ?? one.ReadReplicaSourceDBClusterIdentifier,
    manageMasterUserPassword: one.MasterUserSecret ? true : notReported,
    ...notInApi,
  };
}

function clusterProperties(one: DBCluster): Record<string, unknown> {
  return {
    clusterIdentifier: one.DBClusterIdentifier,
    engine: one.Engine,
    engineMode: one.EngineMode,
    engineVersion: one.EngineVersion,
    tags: tagsOf(one.TagList),
    backupRetentionPeriod: one.BackupRetentionPeriod,
    publiclyAccessible: one.PubliclyAccessible,
    storageEncrypted: one.StorageEncrypted,
    deletionProtection: one.DeletionProtection,
    copyTagsToSnapshot: one.CopyTagsToSnapshot,
    iamDatabaseAuthenticationEnabled: one.IAMDatabaseAuthenticationEnabled,
    enabledCloudwatchLogsExports: one.EnabledCloudwatchLogsExports ?? [],
    dbClusterParameterGroupName: one.DBClusterParameterGroup,
    masterUsername: one.MasterUsername,
    replicationSourceIdentifier: one.ReplicationSourceIdentifier,
    manageMasterUserPassword: one.MasterUserSecret ? true : notReported,
    ...notInApi,
  };
}

/** Only a program knows how it was created and what happens on deletion; only KMS knows whose key it is. */
const notInApi = {
  kmsKeyId: notReported,
  skipFinalSnapshot: notReported,
  finalSnapshotIdentifier: notReported,
  deleteAutomatedBackups: notReported,
  snapshotIdentifier: notReported,
  restoreToPointInTime: notReported,
  s3Import: notReported,
  blueGreenUpdate: notReported,
};

const groupStatusOf = ({ DBClusterMembers = [] }: DBCluster): string | undefined =>
  worst(DBClusterMembers.map(({ DBClusterParameterGroupStatus }) => DBClusterParameterGroupStatus));
/** In effect only if it is in every group and member. */
const worst = (statuses: readonly (string | undefined)[]): string | undefined =>
  statuses.find((status) => status !== undefined && canonical(status) !== "in-sync") ?? statuses[0];
const tagsOf = (tags: readonly Tag[] = []): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

function resource(
  type: string,
  arn = "",
  name = "",
  properties: Record<string, unknown>,
  more: Partial<ResourceFacts> = {},
): Resource {
  return new Resource({
    urn: arn,
    type,
    name,
    properties,
    reportedBy: "api",
    protect: undefined,
    ignoreChanges: [],
    dependencies: {},
    ...more,
  });
}
