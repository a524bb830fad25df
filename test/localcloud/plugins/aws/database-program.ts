import * as ec2 from "@pulumi/aws/ec2";
import * as rds from "@pulumi/aws/rds";
import * as sns from "@pulumi/aws/sns";
import type { PulumiFn } from "@pulumi/pulumi/automation";

export const securityGroupId = "sg-0a1b2c3d4e5f60001";

export interface DatabaseProgram {
  instance?: Partial<rds.InstanceArgs>;
  parameters?: { name: string; value: string; applyMethod?: string }[];
}

const parameters = [
  { name: "log_lock_waits", value: "1" },
  { name: "log_min_duration_statement", value: "1000" },
  { name: "shared_preload_libraries", value: "pg_stat_statements", applyMethod: "pending-reboot" },
];

/** A database with the groups it needs and a subscription to its events. */
export function databaseProgram(options: DatabaseProgram = {}): PulumiFn {
  return async () => {
    const tags = { owner: "payments" };
    const topic = new sns.Topic("topic", { name: "events" });
    new rds.EventSubscription("subscription", {
      name: "databases",
      snsTopic: topic.arn,
      sourceType: "db-instance",
      eventCategories: ["availability", "failure"],
      tags,
    });
    const subnetIds = ec2.getSubnetsOutput({
      filters: [{ name: "vpc-id", values: ["vpc-0a1b2c3d4e5f60001"] }],
    }).ids;
    const subnets = new rds.SubnetGroup("subnets", { name: "private", subnetIds, tags });
    const group = new rds.ParameterGroup("parameters", {
      name: "standard",
      family: "postgres17",
      parameters: options.parameters ?? parameters,
      tags,
    });
    new rds.Instance("db", instanceArguments(subnets.name, group.name, options.instance ?? {}));
  };
}

/** The database alone, in existing groups; imported by this id. */
export function importProgram(id: string, instance: Partial<rds.InstanceArgs>): PulumiFn {
  return async () =>
    void new rds.Instance("adopted", instanceArguments("private", "standard", instance), { import: id });
}

function instanceArguments(
  dbSubnetGroupName: rds.InstanceArgs["dbSubnetGroupName"],
  parameterGroupName: rds.InstanceArgs["parameterGroupName"],
  more: Partial<rds.InstanceArgs>,
): rds.InstanceArgs {
  return {
    identifier: "orders",
    engine: "postgres",
    engineVersion: "17",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    maxAllocatedStorage: 100,
    storageType: "gp3",
    storageEncrypted: true,
    dbName: "orders",
    username: "dbadmin",
    manageMasterUserPassword: true,
    dbSubnetGroupName,
    parameterGroupName,
    vpcSecurityGroupIds: [securityGroupId],
    backupRetentionPeriod: 7,
    maintenanceWindow: "Sun:04:00-Sun:05:00",
    backupWindow: "02:00-02:30",
    multiAz: false,
    publiclyAccessible: false,
    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    autoMinorVersionUpgrade: false,
    applyImmediately: true,
    tags: { owner: "payments" },
    ...more,
  };
}
