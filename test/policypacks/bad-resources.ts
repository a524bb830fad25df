import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as ec2 from "@pulumi/aws/ec2";
import * as kms from "@pulumi/aws/kms";
import * as rds from "@pulumi/aws/rds";
import * as postgresql from "@pulumi/postgresql";

/** A program that violates every rule, so the engine must stop it. */
export function badResources(): void {
  const production = { service: "orders", environment: "production", tier: "gold" };
  const key = new kms.Key("key", { deletionWindowInDays: 7, enableKeyRotation: false, tags: production });
  const network = new ec2.Subnet("subnet", { vpcId: "vpc-0a1b2c3d4e5f60001", cidrBlock: "10.0.9.0/24" });
  const table = new ec2.RouteTable("table", {
    vpcId: "vpc-0a1b2c3d4e5f60001",
    routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-0a1b2c3d4e5f60001" }],
  });
  new ec2.RouteTableAssociation("association", { subnetId: network.id, routeTableId: table.id });
  new rds.SubnetGroup("subnets", { name: "open", subnetIds: [network.id] });
  new ec2.SecurityGroup("open", {
    vpcId: "vpc-0a1b2c3d4e5f60001",
    ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }],
  });
  new rds.ParameterGroup("parameters", {
    name: "careless",
    family: "postgres17",
    parameters: [{ name: "rds.force_ssl", value: "0", applyMethod: "pending-reboot" }],
  });
  new cloudwatch.LogGroup("log", { name: "/aws/rds/instance/careless/postgresql", retentionInDays: 7 });
  new rds.EventSubscription("events", {
    name: "muted",
    snsTopic: "arn:aws:sns:eu-central-1:123456789012:t",
    sourceType: "db-snapshot",
    enabled: false,
  });
  new rds.Instance(
    "careless",
    {
      identifier: "careless",
      engine: "postgres",
      engineVersion: "13.4",
      instanceClass: "db.t4g.medium",
      allocatedStorage: 20,
      username: "postgres",
      password: "hunter2hunter2",
      publiclyAccessible: true,
      storageEncrypted: false,
      skipFinalSnapshot: true,
      autoMinorVersionUpgrade: false,
      backupRetentionPeriod: 0,
      caCertIdentifier: "rds-ca-2019",
      blueGreenUpdate: { enabled: true },
      parameterGroupName: "default.postgres13",
      tags: production,
    },
    { ignoreChanges: ["backupRetentionPeriod"] },
  );
  new rds.Instance("keyed", {
    identifier: "keyed",
    engine: "postgres",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    kmsKeyId: key.arn,
    storageEncrypted: true,
    skipFinalSnapshot: true,
    username: "keeper",
    password: "hunter2hunter2",
  });
  new rds.Instance("copy", {
    identifier: "copy",
    instanceClass: "db.t4g.medium",
    snapshotIdentifier: "orders-production-final",
    skipFinalSnapshot: true,
    tags: { owner: "team-orders", environment: "development", tier: "bronze" },
  });
  new rds.SnapshotCopy("shared", {
    sourceDbSnapshotIdentifier: "a",
    targetDbSnapshotIdentifier: "b",
    sharedAccounts: ["all", "210987654321"],
  });
  const connection = new postgresql.Provider("connection", {
    host: "127.0.0.1",
    username: "keeper",
    password: "hunter2",
    superuser: false,
  });
  new postgresql.Role("mighty", { name: "mighty", superuser: true }, { provider: connection });
  new postgresql.Grant(
    "public",
    { database: "orders", role: "public", objectType: "database", privileges: ["CONNECT"] },
    { provider: connection },
  );
  new postgresql.Grant(
    "everything",
    { database: "orders", role: "readwrite", objectType: "database", privileges: ["ALL"] },
    { provider: connection },
  );
}
