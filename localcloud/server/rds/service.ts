import type { Service } from "../wire/action";
import { accountActions } from "./actions/account";
import { automatedBackupActions } from "./actions/automated-backups";
import { blueGreenActions } from "./actions/blue-green";
import { engineActions } from "./actions/engine";
import { eventActions } from "./actions/events";
import { instanceActions } from "./actions/instances";
import { logActions } from "./actions/logs";
import { parameterGroupActions } from "./actions/parameter-groups";
import { readReplicaActions } from "./actions/read-replicas";
import { restoreActions } from "./actions/restores";
import { snapshotSharingActions } from "./actions/snapshot-sharing";
import { snapshotActions } from "./actions/snapshots";
import { subnetGroupActions } from "./actions/subnet-groups";
import { tagActions } from "./actions/tags";

const oneRegion = "backups stay in their Region here";
const noClusters = "it has DB instances, not Aurora or Multi-AZ DB clusters";

/** The RDS API, version 2014-10-31. */
export const rds: Service = {
  name: "rds",
  protocol: "query",
  namespace: "http://rds.amazonaws.com/doc/2014-10-31/",
  actions: [
    ...accountActions,
    ...instanceActions,
    ...parameterGroupActions,
    ...subnetGroupActions,
    ...tagActions,
    ...engineActions,
    ...eventActions,
    ...logActions,
    ...snapshotActions,
    ...snapshotSharingActions,
    ...automatedBackupActions,
    ...restoreActions,
    ...readReplicaActions,
    ...blueGreenActions,
  ],
  listElements: {
    AccountQuotas: "AccountQuota",
    AttributeValues: "AttributeValue",
    AvailabilityZones: "AvailabilityZone",
    Certificates: "Certificate",
    DBEngineVersions: "DBEngineVersion",
    DBInstanceAutomatedBackups: "DBInstanceAutomatedBackup",
    DBInstances: "DBInstance",
    DBMajorEngineVersions: "DBMajorEngineVersion",
    DBParameterGroups: "DBParameterGroup",
    DBSecurityGroups: "DBSecurityGroup",
    DBSnapshotAttributes: "DBSnapshotAttribute",
    DBSnapshots: "DBSnapshot",
    DBSubnetGroups: "DBSubnetGroup",
    DescribeDBLogFiles: "DescribeDBLogFilesDetails",
    DomainMemberships: "DomainMembership",
    AssociatedRoles: "DBInstanceRole",
    EventCategories: "EventCategory",
    EventCategoriesList: "EventCategory",
    EventCategoriesMapList: "EventCategoriesMap",
    Events: "Event",
    EventSubscriptionsList: "EventSubscription",
    OptionGroupMemberships: "OptionGroupMembership",
    OrderableDBInstanceOptions: "OrderableDBInstanceOption",
    Parameters: "Parameter",
    PendingMaintenanceActions: "ResourcePendingMaintenanceActions",
    PendingMaintenanceActionDetails: "PendingMaintenanceAction",
    ReadReplicaDBInstanceIdentifiers: "ReadReplicaDBInstanceIdentifier",
    SourceIdsList: "SourceId",
    StatusInfos: "DBInstanceStatusInfo",
    Subnets: "Subnet",
    SupportedEngineLifecycles: "SupportedEngineLifecycle",
    TagList: "Tag",
    ValidUpgradeTarget: "UpgradeTarget",
    VpcSecurityGroups: "VpcSecurityGroupMembership",
  },
  notSupported: {
    StartDBInstanceAutomatedBackupsReplication: oneRegion,
    CreateDBCluster: noClusters,
    DescribeDBClusters: noClusters,
    CreateDBProxy: "it has no RDS Proxy",
    ApplyPendingMaintenanceAction:
      "scheduled maintenance is carried out with an upgrade only; for a change that waits, set the clock to the maintenance window, or modify with ApplyImmediately",
  },
};
