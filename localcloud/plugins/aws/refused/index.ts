import type { ResourceType } from "../../adapter/resource";
import type { AwsConfig } from "../configuration";
import { cluster, clusterInstance, clusterParameterGroup, globalCluster } from "./clusters";
import {
  defaultRouteTable,
  internetGateway,
  internetGatewayAttachment,
  mainRouteTableAssociation,
  natGateway,
  route,
  routeTable,
  routeTableAssociation,
  securityGroupRule,
  securityGroupRuleOfVpc,
} from "./routes";
import {
  automatedBackupsReplication,
  clusterSnapshot,
  clusterSnapshotCopy,
  proxy,
  snapshot,
  snapshotCopy,
} from "./snapshots";

export const refusedTypes: Record<string, ResourceType<AwsConfig>> = {
  "aws:ec2/defaultRouteTable:DefaultRouteTable": defaultRouteTable,
  "aws:ec2/internetGateway:InternetGateway": internetGateway,
  "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": internetGatewayAttachment,
  "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": mainRouteTableAssociation,
  "aws:ec2/natGateway:NatGateway": natGateway,
  "aws:ec2/route:Route": route,
  "aws:ec2/routeTable:RouteTable": routeTable,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": routeTableAssociation,
  "aws:ec2/securityGroupRule:SecurityGroupRule": securityGroupRule,
  "aws:rds/cluster:Cluster": cluster,
  "aws:rds/clusterInstance:ClusterInstance": clusterInstance,
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": clusterParameterGroup,
  "aws:rds/clusterSnapshot:ClusterSnapshot": clusterSnapshot,
  "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy": clusterSnapshotCopy,
  "aws:rds/globalCluster:GlobalCluster": globalCluster,
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": automatedBackupsReplication,
  "aws:rds/proxy:Proxy": proxy,
  "aws:rds/snapshot:Snapshot": snapshot,
  "aws:rds/snapshotCopy:SnapshotCopy": snapshotCopy,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRuleOfVpc,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRuleOfVpc,
};
