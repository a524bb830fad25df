import type { DatabaseRequest } from "../../../components";
import type { Running, Wanted } from "../../../components/running-instance";
import { platform } from "../declared";

/** Why no arguments of a component can cause a refusal. */
export const reasons = {
  unsent: "neither the components nor the provider send what this checks",
  constant: "the components send a constant or a generated name, correct by construction",
  provider: "the provider builds this part of the request; the program cannot change it",
  state: "the resource's name comes from the state",
  order: "the engine creates and deletes in the order of dependencies, and lifts protection first",
  account: "only the account knows at that moment: a quota, a taken name, an id of a resource of others, a status",
  replaced: "the engine shows a replacement at preview",
} as const;
export type Why = keyof typeof reasons;

/** Arguments that would cause a refusal, and the component's error before any call. */
export type Refused =
  | { database: Record<string, unknown>; says: RegExp }
  | { platform: Record<string, unknown>; says: RegExp }
  | { running: Partial<Running>; wanted: Partial<Wanted>; request?: Partial<DatabaseRequest>; says: RegExp }
  | { offered: string; features?: string[]; request?: Partial<DatabaseRequest>; says: RegExp };

/** An existing database that deviates from the standard in this. */
const found = (asFound: Record<string, unknown>, says: RegExp, more: Record<string, unknown> = {}): Refused => ({
  database: { ...more, existing: { identifier: "legacy", asFound } },
  says,
});
const later = { accessRoles: "later" };

/** Files that our programs do not call; people, workers and clients do. */
export const elsewhere: Record<string, string> = {
  "rds/actions/automated-backups.ts": "people and workers",
  "rds/actions/blue-green.ts": "people and workers",
  "rds/blue-green/deployments.ts": "people and workers",
  "rds/blue-green/new-deployment.ts": "people and workers",
  "rds/actions/engine.ts": "descriptions",
  "rds/actions/logs.ts": "people and workers",
  "rds/actions/snapshots.ts": "people and workers",
  "rds/actions/snapshot-sharing.ts": "people",
  "cloudtrail/service.ts": "drift detection",
  "cloudwatch/service.ts": "people and workers",
  "wire/dispatch.ts": "clients of other services",
  "wire/failures.ts": "this machine",
  "wire/http.ts": "clients of other kinds",
  "wire/json-input.ts": "written by the SDK",
  "out-of-band-changes/change.ts": "tests and demos",
  "out-of-band-changes/scheduled-maintenance.ts": "tests and demos",
  "out-of-band-changes/typed-value.ts": "tests and demos",
  "local-routes.ts": "the command line",
  "accounts.ts": "the command line",
  "sts/roles.ts": "providers that assume a role",
  "sts/service.ts": "providers that assume a role",
  "wire/paging.ts": "descriptions",
  "wire/query-form.ts": "written by the SDK",
  "secrets-manager/list-secrets.ts": "people",
  "secrets-manager/random-password.ts": "people",
  "rds/snapshots/snapshots.ts": "people and workers",
};

/** By file, then by the beginning of the message. */
export const table: Record<string, Record<string, Why | Refused[]>> = {
  "rds/actions/events.ts": {
    "a SourceType must be given with a SourceIdentifier": "unsent",
    "the StartTime": "unsent",
    "the SubscriptionName": [
      { platform: { platformName: "My Platform" }, says: /platformName: give lower-case words/ },
    ],
    Subscription: "account",
    "the quota": "account",
    "the subscription names sources": "unsent",
    "Source … not found": "unsent",
    "invalid source type": "constant",
    EventCategories: "constant",
    "the supplied category": "constant",
    "the SNS topic ARN": "state",
    "the SNS topic … does not exist": "order",
    "a SourceType must be given with source ids": "unsent",
    "Source … of type": "unsent",
  },
  "rds/actions/instances.ts": {
    ForceFailover: "unsent",
    "instance … is already": "provider",
    "cannot delete protected": "order",
    "FinalDBSnapshotIdentifier cannot": "constant",
    "FinalDBSnapshotIdentifier can not": "constant",
    "FinalDBSnapshotIdentifier is required": "constant",
    // Its name ends in a random id from the state.
    "cannot create the snapshot": "constant",
    "the quota": "account",
    "instance … is …: a final snapshot": "account",
    "instance … is …; it can be": "account",
  },
  "rds/actions/parameter-groups.ts": {
    "parameter group": "account",
    "the quota": "account",
    "the parameter ParameterValue": [
      { database: { parameters: { work_mem: null } }, says: /parameters\.work_mem: give a number/ },
    ],
    "the parameter ApplyMethod": "constant",
    "the request must contain": "provider",
    ResetAllParameters: "provider",
    "either ResetAllParameters": "provider",
    "default DBParameterGroup": "state",
    "one or more database instances": "order",
    ParameterGroupFamily: [
      { database: { postgresMajor: 15 }, says: /postgresMajor: give one of 16, 17, 18/ },
      { platform: { postgresMajors: [15] }, says: /postgresMajors\.0: give one of/ },
    ],
    "invalid Source": "unsent",
  },
  "rds/actions/read-replicas.ts": {
    "DB Instance … is not a read replica": "unsent",
    "instance … is …; it can be promoted": "unsent",
  },
  "rds/replicas/new-replica.ts": {
    "a read replica in the Region of its source": "unsent",
    "the allocated storage of a read replica": "unsent",
    "the embedded cloud has read replicas only": "constant",
    "Creating read replicas for source instance": [
      { database: { replicas: 1 }, says: /replicas: RDS refuses read replicas with a managed/ },
    ],
    "instance … is a read replica; the embedded cloud has no cascading": "constant",
    "Automated backups are not enabled": [
      found({ backupRetentionPeriod: 0 }, /replicas: RDS copies a replica from a database with backups/, {
        replicas: 1,
        masterPassword: "own",
      }),
    ],
    "instance … is …; a read replica can be created": "account",
    "instance … has … read replicas already": "account",
  },
  "rds/replicas/replica-set.ts": {
    "Cannot change master user password": "unsent",
    "ManageMasterUserPassword isn't supported for read": "unsent",
    "the embedded cloud takes no backups of a read replica": "unsent",
    "ManageMasterUserPassword isn't supported for …": [
      { database: { replicas: 1 }, says: /replicas: RDS refuses read replicas with a managed/ },
    ],
    "BackupRetentionPeriod can't be set to 0": "constant",
    "instance … is a read replica; it can't be": "unsent",
    "instance … has the read replicas": "unsent",
  },
  "rds/actions/restores.ts": {
    "the snapshot": "account",
    "exactly one of SourceDBInstanceIdentifier": [
      {
        database: { restoreFrom: { restoreTime: "2026-01-31T12:00:00Z" } },
        says: /restoreFrom: give \{snapshotIdentifier\}/,
      },
    ],
    "exactly one of RestoreTime": "constant",
    "DB instance": "account",
    "cannot restore to …, which is after": "account",
    "cannot restore to …, which is before": "account",
  },
  "rds/actions/subnet-groups.ts": {
    "the DBSubnetGroupName": [
      { platform: { platformName: "my/platform" }, says: /platformName: give lower-case words/ },
    ],
    "the DB subnet group": "account",
    "the quota": "account",
    "the default DB subnet group cannot be modified": "state",
    "the subnets are in": "account",
    "the DB instance … is in": "account",
    "cannot delete the subnet group": "order",
    "the default DB subnet group cannot be deleted": "state",
  },
  "rds/actions/tags.ts": {
    "a resource has at most": [
      found(
        { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag-${index}`, ""])) },
        /existing\.asFound\.tags: give at most 50 tags/,
      ),
    ],
    "invalid resource name": "state",
    "not authorized to access": "account",
    "the Region of": "state",
    "… is a built-in default": "state",
  },
  "rds/backups/find-automated-backup.ts": {
    "point-in-time restore": "account",
    "DB instance": "account",
    "automated backup": "account",
  },
  "rds/events/event-subscriptions.ts": { "Event Subscription": "state" },
  // Refused by the API's schemas: integers, tags, lengths of lists.
  "wire/input-check.ts": {
    "…": [
      {
        database: { parameters: { work_mem: 4096.5 } },
        says: /parameters\.work_mem: give a whole number \(kB\) \(given 4096\.5\)/,
      },
      { database: { parameters: { max_connections: 99.9 } }, says: /parameters\.max_connections: give a whole number/ },
      {
        database: { roles: { readonly: { statementTimeoutMilliseconds: 0.5 } } },
        says: /statementTimeoutMilliseconds: give whole milliseconds/,
      },
      found({ allocatedStorage: 20.5 }, /existing\.asFound\.allocatedStorage: give a whole number/),
      found(
        { backupRetentionPeriod: 3.5 },
        /existing\.asFound\.backupRetentionPeriod: give a whole number from 0 to 35/,
      ),
      found(
        { tags: { "aws:name": "x" } },
        /existing\.asFound\.tags\.aws:name: give a key that does not begin with aws:/,
      ),
      found({ tags: { "": "x" } }, /existing\.asFound\.tags\.: give a key of 1 to 128 characters/),
      found({ tags: { ["k".repeat(129)]: "x" } }, /give a key of 1 to 128 characters/),
      found({ tags: { "what?": "x" } }, /existing\.asFound\.tags\.what\?: use only letters, digits, spaces/),
      found({ tags: { team: "a".repeat(257) } }, /existing\.asFound\.tags\.team: give at most 256 characters/),
      found({ tags: { team: "a|b" } }, /existing\.asFound\.tags\.team: use only letters, digits, spaces/),
      { database: { owner: "team#orders" }, says: /owner: give lower-case words/ },
      { database: { costCenter: "47,11" }, says: /costCenter: give 1 to 63 letters/ },
      {
        platform: { owner: "R&D" },
        says: /owner: use only letters, digits, spaces and _ \. : \/ = \+ - @ \(given "R&D"\)/,
      },
      { platform: { owner: "o".repeat(257) }, says: /owner: give at most 256 characters/ },
      { platform: { costCenter: "4711;4712" }, says: /costCenter: use only letters, digits, spaces/ },
      { platform: { costCenter: "first\nsecond" }, says: /costCenter: use only letters, digits, spaces/ },
      {
        platform: { subnetIds: Array.from({ length: 21 }, (_, index) => `subnet-${index}`) },
        says: /subnetIds: give at most 20/,
      },
    ],
  },
  "rds/instances/create-instance.ts": {
    "invalid DB engine": "constant",
    "the parameter MasterUsername": "constant",
    "invalid database port": [
      found({ port: 80 }, /existing\.asFound\.port: give a whole number from 1150 to 65535/),
      found({ port: 65_536 }, /existing\.asFound\.port: give a whole number/),
    ],
    "you can't specify MasterUserPassword": [
      found(
        { manageMasterUserPassword: true },
        /existing\.asFound\.manageMasterUserPassword: cannot be true with masterPassword "own"/,
        {
          masterPassword: "own",
        },
      ),
    ],
    MasterUserSecretKmsKeyId: [
      found(
        { masterUserSecretKmsKeyId: "arn:theirs" },
        /masterUserSecretKmsKeyId: is only for a master password that RDS manages/,
        {
          masterPassword: "own",
        },
      ),
    ],
    "the parameter MasterUserPassword": "constant",
    "DB instance already exists": "account",
    "the quota": "account",
    "requesting a specific availability zone": [
      found(
        { multiAz: true, availabilityZone: "eu-central-1a" },
        /existing\.asFound\.availabilityZone: omit it while multiAz is true/,
      ),
      // The standard gives gold in production two zones.
      found(
        { availabilityZone: "eu-central-1a" },
        /existing\.asFound\.availabilityZone: omit it while multiAz is true/,
      ),
    ],
    "the DB subnet group has no subnet": "replaced",
    KmsKeyId: [
      found(
        { storageEncrypted: false },
        /existing\.asFound\.kmsKeyId: give null, or name it in lacks, while storageEncrypted is false/,
      ),
    ],
    "the parameter AllocatedStorage": "constant",
  },
  "rds/instances/engine-versions.ts": { "cannot find version": "account" },
  "rds/instances/instances.ts": { "DBInstance … not found": "state", "the database of": "unsent" },
  "rds/instances/modify-instance.ts": {
    "DB instance already exists": "account",
    "cannot upgrade postgres from … to …: version": "account",
    "cannot upgrade postgres from … to …: a DB instance": [
      {
        running: { engineVersion: "17.10" },
        wanted: { engineVersion: "17.9" },
        says: /^engineVersion: 17\.9 is older than the running 17\.10/,
      },
    ],
    "the AllowMajorVersionUpgrade": [
      {
        running: { engineVersion: "16.14" },
        wanted: { engineVersion: "17.10" },
        says: /^postgresMajor: 16\.14 is running/,
      },
    ],
    "the embedded cloud does not upgrade": "unsent",
    "you cannot move": [
      {
        running: { dbSubnetGroup: "default" },
        wanted: { dbSubnetGroupName: "shipshape-databases" },
        request: { existing: { identifier: "legacy" } },
        says: /^existing\.asFound\.dbSubnetGroupName: the database is in the subnet group default, .* Give "default"$/,
      },
    ],
    // No data source returns that key: the page says to give it as found.
    "you can't change the KMS key of Performance Insights": "account",
    "you can't specify MasterUserPassword": [
      found({ manageMasterUserPassword: true }, /existing\.asFound\.manageMasterUserPassword: cannot be true/, {
        masterPassword: "own",
      }),
    ],
    "turning ManageMasterUserPassword off": "unsent",
    "RotateMasterUserPassword needs a master": "unsent",
    "RotateMasterUserPassword needs ApplyImmediately": "unsent",
    MasterUserSecretKmsKeyId: [
      ...[false, null].map((manageMasterUserPassword) =>
        found(
          { manageMasterUserPassword, masterUserSecretKmsKeyId: "arn:theirs" },
          /masterUserSecretKmsKeyId: is only for a master password/,
          later,
        ),
      ),
    ],
    // By refuseOtherSecretKey, which compares with the running database: see running-instance.test.ts.
    "the KMS key of a managed": "account",
  },
  "rds/instances/references.ts": {
    "the specified KMS key": "account",
    "invalid security group": [
      found(
        { vpcSecurityGroupIds: ["default"] },
        /existing\.asFound\.vpcSecurityGroupIds\.0: give a security group id/,
      ),
      {
        platform: { workerSecurityGroupIds: ["10.0.0.0/8"] },
        says: /workerSecurityGroupIds\.0: give a security group id/,
      },
    ],
    "the DB instance and EC2 security group": "account",
    "IAM role ARN": [
      {
        database: { platform: { ...platform, monitoringRoleArn: "shipshape-monitoring" } },
        says: /platform\.monitoringRoleArn: give the role's ARN/,
      },
      found({ monitoringRoleArn: "theirs" }, /existing\.asFound\.monitoringRoleArn: give the ARN, arn:aws:iam:…/),
    ],
    "the parameter group": [
      found(
        { parameterGroupName: "default.postgres16" },
        /existing\.asFound\.parameterGroupName: is for a major other than postgresMajor 17/,
      ),
    ],
  },
  "rds/instances/restore-instance.ts": { ManageMasterUserPassword: "provider", DBName: "constant" },
  "rds/instances/setting-checks.ts": {
    "the … '…' is not valid": [
      { database: { service: "orders--eu" }, says: /service: give lower-case words joined by single hyphens/ },
      {
        database: { existing: { identifier: "legacy-" } },
        says: /existing\.identifier: give the DB instance identifier/,
      },
      {
        database: { databaseName: `o${"x".repeat(60)}` },
        says: /databaseName: makes the identifier .* longer than the 63 characters/,
      },
    ],
    "MasterUsername '…'": [found({ username: "the admin" }, /existing\.asFound\.username: give the SQL name it has/)],
    "MasterUsername …": "constant",
    "the parameter MasterUserPassword is not a valid password: it has": "constant",
    "the parameter MasterUserPassword is not a valid password: only": "constant",
    "DBName '…'": [
      { database: { databaseName: "my-orders" }, says: /databaseName: give a lower-case SQL name/ },
      found({ dbName: "my-orders" }, /existing\.asFound\.dbName: give the SQL name it has/),
    ],
    "DBName …": ["postgres", "rdsadmin", "template1", ...reservedWords()].map((databaseName) => ({
      database: { databaseName },
      says: /databaseName: is reserved by PostgreSQL, RDS or Shipshape/,
    })),
    "invalid DB instance class": [
      found(
        { instanceClass: "m7g.large" },
        /existing\.asFound\.instanceClass: give the class it has, such as db\.m7g\.large/,
      ),
    ],
    "…": [
      found({ backupWindow: "3:00-3:30" }, /existing\.asFound\.backupWindow: give at least half an hour in UTC/),
      found({ backupWindow: "03:00-03:29" }, /existing\.asFound\.backupWindow: give at least half an hour/),
      found({ maintenanceWindow: "sunday" }, /existing\.asFound\.maintenanceWindow: give half an hour to a day in UTC/),
      found(
        { maintenanceWindow: "sun:04:00-sun:04:15" },
        /existing\.asFound\.maintenanceWindow: give half an hour to a day/,
      ),
      found(
        { maintenanceWindow: "sun:04:00-tue:04:00" },
        /existing\.asFound\.maintenanceWindow: give half an hour to a day/,
      ),
    ],
    "the backup window and maintenance window": [
      found(
        { backupWindow: "03:00-05:00", maintenanceWindow: "sun:04:00-sun:04:30" },
        /asFound\.maintenanceWindow: the backup window 03:00-05:00 and .* overlap/,
      ),
      found(
        { backupWindow: "23:45-00:15", maintenanceWindow: "mon:00:00-mon:01:00" },
        /asFound\.maintenanceWindow: .* overlap, which RDS refuses/,
      ),
      found(
        { backupWindow: "02:30-03:00" },
        /existing\.asFound\.backupWindow: the backup window 02:30-03:00 and the maintenance window thu:02:00-thu:04:00 overlap/,
      ),
      found(
        { maintenanceWindow: "sun:12:00-mon:11:00" },
        /existing\.asFound\.maintenanceWindow: the backup window .* overlap/,
      ),
    ],
    "invalid backup retention": [
      found(
        { backupRetentionPeriod: 36 },
        /existing\.asFound\.backupRetentionPeriod: give a whole number from 0 to 35/,
      ),
      found(
        { backupRetentionPeriod: -1 },
        /existing\.asFound\.backupRetentionPeriod: give a whole number from 0 to 35/,
      ),
    ],
    "invalid MonitoringInterval": [
      found(
        { monitoringInterval: 20 },
        /existing\.asFound\.monitoringInterval: give one of 0, 1, 5, 10, 15, 30, 60 \(given 20\)/,
      ),
    ],
    "a MonitoringRoleARN value": [
      found(
        { monitoringRoleArn: null },
        /existing\.asFound\.monitoringRoleArn: cannot be null while monitoringInterval is 15/,
      ),
    ],
    "you must specify a MonitoringInterval": [
      found(
        { monitoringInterval: 0 },
        /existing\.asFound\.monitoringRoleArn: give null, or name it in lacks, while monitoringInterval is 0/,
      ),
      found(
        { monitoringInterval: 0, monitoringRoleArn: platform.monitoringRoleArn },
        /existing\.asFound\.monitoringRoleArn: give null, or name it in lacks, while monitoringInterval is 0/,
      ),
    ],
    "invalid DatabaseInsightsMode": [
      found(
        { databaseInsightsMode: "full" },
        /existing\.asFound\.databaseInsightsMode: give one of standard, advanced/,
      ),
    ],
    PerformanceInsightsRetentionPeriod: [
      found(
        { performanceInsightsEnabled: false, performanceInsightsKmsKeyId: null },
        /performanceInsightsRetentionPeriod: give null, or name it in lacks, while performanceInsightsEnabled/,
      ),
      found(
        { performanceInsightsEnabled: false, performanceInsightsRetentionPeriod: null },
        /performanceInsightsKmsKeyId: give null, or name it in lacks, while performanceInsightsEnabled/,
      ),
    ],
    "the advanced mode of Database Insights needs EnablePerformanceInsights": [
      found(
        {
          databaseInsightsMode: "advanced",
          performanceInsightsEnabled: false,
          performanceInsightsKmsKeyId: null,
          performanceInsightsRetentionPeriod: null,
        },
        /existing\.asFound\.databaseInsightsMode: cannot be advanced while performanceInsightsEnabled is false/,
      ),
    ],
    "invalid PerformanceInsightsRetentionPeriod": [
      found(
        { performanceInsightsRetentionPeriod: 30 },
        /existing\.asFound\.performanceInsightsRetentionPeriod: give 7, a multiple of 31/,
      ),
      found(
        { performanceInsightsRetentionPeriod: 744 },
        /existing\.asFound\.performanceInsightsRetentionPeriod: give 7, a multiple of 31/,
      ),
    ],
    "the advanced mode of Database Insights needs a PerformanceInsightsRetentionPeriod": [
      found(
        { databaseInsightsMode: "advanced" },
        /existing\.asFound\.performanceInsightsRetentionPeriod: give 465 or more while databaseInsightsMode is advanced/,
      ),
    ],
    "you cannot use the log types": [
      found(
        { enabledCloudwatchLogsExports: ["audit"] },
        /enabledCloudwatchLogsExports\.0: give one of postgresql, upgrade/,
      ),
    ],
    "the certificate authority": [
      found({ caCertIdentifier: "rds-ca-2019" }, /existing\.asFound\.caCertIdentifier: give one of rds-ca-rsa2048-g1/),
    ],
    // A program can set two of them. RDS accepts two address families (DUAL); only the embedded cloud does not.
    "invalid …: …; the embedded cloud has": [
      found(
        { engineLifecycleSupport: "on" },
        /existing\.asFound\.engineLifecycleSupport: give one of open-source-rds-extended-support/,
      ),
      found({ networkType: "IPV6" }, /existing\.asFound\.networkType: give one of IPV4, DUAL/),
    ],
  },
  "rds/instances/storage-checks.ts": {
    "storage type '…'": [
      found({ storageType: "sc1" }, /existing\.asFound\.storageType: give one of standard, gp2, gp3, io1, io2/),
    ],
    "invalid storage size": [
      found({ allocatedStorage: 10 }, /existing\.asFound\.allocatedStorage: RDS has no gp3 storage below 20 GiB/),
      found(
        { storageType: "io1", iops: 1_000, allocatedStorage: 50 },
        /existing\.asFound\.allocatedStorage: RDS has no io1 storage below 100 GiB/,
      ),
      found(
        { allocatedStorage: 70_000, maxAllocatedStorage: 0 },
        /existing\.asFound\.allocatedStorage: give a whole number from 5 to 65536/,
      ),
    ],
    "max storage size": [
      found(
        { allocatedStorage: 200 },
        /existing\.asFound\.maxAllocatedStorage: give the cap it has, or 0 .*: 100 GiB is less than the allocated 200 GiB/,
      ),
      {
        running: { allocatedStorage: 100, maxAllocatedStorage: 500 },
        wanted: {},
        says: /^storageOfSize: 100 GiB are allocated and storage never shrinks, so it may not be capped at 100 GiB \(at least 110\)/,
      },
    ],
    "you can't specify Iops": [
      found({ storageType: "gp2", iops: 3_000 }, /existing\.asFound\.iops: omit it: RDS accepts none for gp2/),
      found(
        { storageType: "gp2", storageThroughput: 125 },
        /existing\.asFound\.storageThroughput: omit it: RDS accepts none for gp2/,
      ),
    ],
    "you can't specify IOPS": [
      found({ iops: 3_000 }, /existing\.asFound\.iops: omit it: RDS accepts none for gp3 below 400 GiB/),
      found(
        { storageThroughput: 125 },
        /existing\.asFound\.storageThroughput: omit it: RDS accepts none for gp3 below 400 GiB/,
      ),
    ],
    "storage type … needs Iops": [
      found(
        { storageType: "io1", allocatedStorage: 100, maxAllocatedStorage: 0 },
        /existing\.asFound\.iops: give the IOPS it has/,
      ),
      found(
        { storageType: "io2", allocatedStorage: 100, maxAllocatedStorage: 0, iops: 999 },
        /existing\.asFound\.iops: give a whole number from 1000/,
      ),
    ],
    "invalid … value for engine name postgres and storage type gp3: …; it must be … | iops": [
      found({ iops: 3_000 }, /existing\.asFound\.iops: give 12000 to 64000/, { size: "large" }),
    ],
    "invalid … value for engine name postgres and storage type gp3: …; it must be … | storage throughput": [
      found({ storageThroughput: 125 }, /existing\.asFound\.storageThroughput: give 500 to 4000/, { size: "large" }),
    ],
    "requested storage size": [
      {
        running: { allocatedStorage: 50, maxAllocatedStorage: 0 },
        wanted: { allocatedStorage: 20, maxAllocatedStorage: 0 },
        says: /^existing\.asFound\.allocatedStorage: 50 GiB are allocated and storage never shrinks/,
      },
    ],
  },
  "rds/parameter-groups/change-parameters.ts": {
    "… is a default parameter group": "constant",
    "at most … parameters": "provider",
    "the family": "account",
    "could not find parameter": [
      {
        database: { parameters: { work_memory: 65_536 } },
        says: /parameters\.work_memory: is not among the parameters/,
      },
    ],
    "the parameter": [
      { database: { parameters: { port: 5433 } }, says: /parameters\.port: is not among the parameters/ },
    ],
    "cannot use immediate apply method": "constant",
    "invalid parameter value": [
      {
        database: { parameters: { autovacuum_naptime: 15.5 } },
        says: /parameters\.autovacuum_naptime: give a whole number \(s\)/,
      },
      { database: { parameters: { work_mem: 2_147_483_648 } }, says: /parameters\.work_mem: give 1024 to 262144/ },
      { database: { parameters: { random_page_cost: -1 } }, says: /parameters\.random_page_cost: give 1 to 4/ },
      { database: { parameters: { jit: 2 } }, says: /parameters\.jit: give 0 to 1/ },
    ],
  },
  "rds/parameter-groups/parameter-groups.ts": { "DBParameterGroup not found": "account" },
  // Resources that share one generic API here: keys, roles, topics, alarms, log groups, vaults, security groups.
  "recorded/recorded-resources.ts": {
    "the … … cannot be deleted": "order",
    "a … needs": "constant",
    "… of this": "order",
    "…": "provider",
    "a … … already exists": "account",
  },
  "recorded/routes.ts": { "the request must say": "provider", "there is no": "state", "…": "provider" },
  "recorded/record-set.ts": { "… … exists in": "provider" },
  "secrets-manager/access.ts": {
    "Secrets Manager can't find the specified secret.": "state",
    "You can't perform this operation": "account",
    "You can't … this secret": "state",
  },
  "secrets-manager/input-values.ts": {
    "You can't specify both": "unsent",
    "the tag key": [{ platform: { owner: "aws:me?" }, says: /owner: use only letters, digits, spaces/ }],
  },
  "secrets-manager/lifecycle-actions.ts": {
    "You must provide either": "constant",
    "No Lambda": "unsent",
    "You can't use ForceDeleteWithoutRecovery": "provider",
    "The RecoveryWindowInDays": "constant",
    "the secret cannot be rotated": "unsent",
  },
  "secrets-manager/managed-secrets.ts": { "the instance": "unsent" },
  "secrets-manager/reading-actions.ts": { "You must include Filters": "unsent" },
  "secrets-manager/secrets.ts": {
    "You can't create this secret": "account",
    "The operation failed": "account",
    "Secrets Manager can't encrypt": "account",
    "a secret can have": "constant",
  },
  "secrets-manager/versions.ts": {
    "You can't use ClientRequestToken": "provider",
    "Secrets Manager can't find the specified secret value": "state",
    "You provided": "provider",
  },
  "rds/snapshots/find-snapshot.ts": { "DBSnapshot not found": "account" },
  "rds/subnet-groups/subnet-groups.ts": {
    "DBSubnetGroup not found": "account",
    "the subnet ID": "account",
    "the subnets are not": "account",
    "the DB subnet group doesn't": [
      { platform: { subnetIds: ["subnet-1"] }, says: /subnetIds: give private subnets in at least two zones/ },
      { platform: { subnetIds: ["subnet-1", "subnet-1"] }, says: /subnetIds: names a subnet twice/ },
    ],
  },
};

/** The embedded cloud's list, which is shorter than PostgreSQL's own. */
function reservedWords(): string[] {
  return "all analyse analyze and any as check column create default else end for from grant group in into not null on or order primary public references select session_user table to true union unique user using when where with".split(
    " ",
  );
}

/** What the postgresql provider refuses only in the embedded cloud, after RDS has accepted it. */
export const lacking: Refused[] = [
  {
    offered: "17.10",
    features: ["extension:citext"],
    request: { extensions: ["vector"] },
    says: /^extensions: PostgreSQL 17\.10 of this cloud lacks vector/,
  },
  {
    offered: "17.10",
    features: ["authentication:password"],
    request: { roles: { readwrite: { authentication: "iam" } } },
    says: /^roles\.readwrite\.authentication: this cloud has no logins by iam; give "password" here$/,
  },
  { offered: "17.4", says: /^engineVersion: the cloud offers at most 17\.4, the standard requires 17\.9 or newer/ },
];
