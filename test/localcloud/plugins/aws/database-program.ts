import * as aws from "@pulumi/aws";
import type { PulumiFn } from "@pulumi/pulumi/automation";

export const securityGroupId = "sg-0a1b2c3d4e5f60001";

export interface DatabaseProgram {
  instance?: Partial<aws.rds.InstanceArgs>;
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
    const topic = new aws.sns.Topic("topic", { name: "events" });
    new aws.rds.EventSubscription("subscription", {
      name: "databases",
      snsTopic: topic.arn,
      sourceType: "db-instance",
      eventCategories: ["availability", "failure"],
      tags,
    });
    const subnetIds = aws.ec2.getSubnetsOutput({
      filters: [{ name: "vpc-id", values: ["vpc-0a1b2c3d4e5f60001"] }],
    }).ids;
    const subnets = new aws.rds.SubnetGroup("subnets", { name: "private", subnetIds, tags });
    const group = new aws.rds.ParameterGroup("parameters", {
      name: "standard",
      family: "postgres17",
      parameters: options.parameters ?? parameters,
      tags,
    });
    new aws.rds.Instance("db", instanceArguments(subnets.name, group.name, options.instance ?? {}));
  };
}

/** The database alone, in existing groups; imported by this id. */
export function importProgram(id: string, instance: Partial<aws.rds.InstanceArgs>): PulumiFn {
  return async () =>
    void new aws.rds.Instance("adopted", instanceArguments("private", "standard", instance), { import: id });
}

function instanceArguments(
  dbSubnetGroupName: aws.rds.InstanceArgs["dbSubnetGroupName"],
  parameterGroupName: aws.rds.InstanceArgs["parameterGroupName"],
  more: Partial<aws.rds.InstanceArgs>,
): aws.rds.InstanceArgs {
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
