/** The type tokens of the Pulumi resources that rules read. */
export const instance = "aws:rds/instance:Instance";
export const cluster = "aws:rds/cluster:Cluster";
export const clusterInstance = "aws:rds/clusterInstance:ClusterInstance";
export const globalCluster = "aws:rds/globalCluster:GlobalCluster";
export const snapshot = "aws:rds/snapshot:Snapshot";
export const snapshotCopy = "aws:rds/snapshotCopy:SnapshotCopy";
export const clusterSnapshot = "aws:rds/clusterSnapshot:ClusterSnapshot";
export const clusterSnapshotCopy = "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy";
export const parameterGroup = "aws:rds/parameterGroup:ParameterGroup";
export const clusterParameterGroup = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
export const proxy = "aws:rds/proxy:Proxy";
export const exportTask = "aws:rds/exportTask:ExportTask";
export const subnetGroup = "aws:rds/subnetGroup:SubnetGroup";
export const eventSubscription = "aws:rds/eventSubscription:EventSubscription";
export const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
export const defaultSecurityGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
export const managedPrefixList = "aws:ec2/managedPrefixList:ManagedPrefixList";
export const managedPrefixListEntry = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry";
export const securityGroupRule = "aws:ec2/securityGroupRule:SecurityGroupRule";
export const securityGroupIngressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const subnet = "aws:ec2/subnet:Subnet";
/** In the default network of an account. */
export const defaultSubnet = "aws:ec2/defaultSubnet:DefaultSubnet";
export const defaultRouteTable = "aws:ec2/defaultRouteTable:DefaultRouteTable";
export const mainRouteTableAssociation = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation";
export const routeTable = "aws:ec2/routeTable:RouteTable";
export const routeTableAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation";
export const route = "aws:ec2/route:Route";
export const internetGateway = "aws:ec2/internetGateway:InternetGateway";
export const key = "aws:kms/key:Key";
/** A replica, in another Region, of a multi-Region key. */
export const replicaKey = "aws:kms/replicaKey:ReplicaKey";
export const keyAlias = "aws:kms/alias:Alias";
export const logGroup = "aws:cloudwatch/logGroup:LogGroup";
export const metricAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
export const backupSelection = "aws:backup/selection:Selection";
export const role = "postgresql:index/role:Role";
export const schema = "postgresql:index/schema:Schema";
export const grantRole = "postgresql:index/grantRole:GrantRole";
export const grant = "postgresql:index/grant:Grant";
export const defaultPrivileges = "postgresql:index/defaultPrivileges:DefaultPrivileges";

/** Resources that hold data and need backups and protection. */
export const databases = [instance, cluster] as const;
export const snapshots = [snapshot, snapshotCopy, clusterSnapshot, clusterSnapshotCopy] as const;
export const keys = [key, replicaKey] as const;
export const parameterGroups = [parameterGroup, clusterParameterGroup] as const;

/** Types whose properties some rule reads. Resources of other types matter only as dependencies. */
export const readTypes: ReadonlySet<string> = new Set([
  ...[
    ...databases,
    clusterInstance,
    globalCluster,
    ...snapshots,
    ...parameterGroups,
    proxy,
    exportTask,
    subnetGroup,
    eventSubscription,
  ],
  ...[
    securityGroup,
    defaultSecurityGroup,
    securityGroupRule,
    securityGroupIngressRule,
    managedPrefixList,
    managedPrefixListEntry,
  ],
  ...[
    subnet,
    defaultSubnet,
    defaultRouteTable,
    mainRouteTableAssociation,
    routeTable,
    routeTableAssociation,
    route,
    internetGateway,
    ...keys,
    keyAlias,
    logGroup,
    metricAlarm,
    backupSelection,
  ],
  ...[role, grantRole, schema, grant, defaultPrivileges],
]);
