/**
 * Every property that the resources of a platform and a database have in AWS: how severe it is if others change it, to
 * what the test changes it, or why nobody can. The test walks a state beside it, so that a property added to a
 * component later fails it until it is here.
 */
import type { Severity } from "../../../../policypacks/database-guardrails/judging/rule";

export interface Found {
  severity: Severity;
  /** What others set it to. @default another value of its kind */
  to?: unknown;
  /** The property that it is seen as. @default its own */
  as?: string;
}
/** Why nobody can change it. */
export type Fate = Found | string;

const critical = (to?: unknown): Found => ({ severity: "critical", to });
const high = (to?: unknown): Found => ({ severity: "high", to });
const medium = (to?: unknown): Found => ({ severity: "medium", to });
const low = (to?: unknown): Found => ({ severity: "low", to });

const identity = "AWS knows it by this, and has no call that changes it";
const ofTheProgram = "AWS does not have it: only the program and the provider know it";
const asCreated = "AWS fixes it when it is created";

/** The resource as a whole is then found to be gone. */
export const removed = "AWS has no call that changes it: others can only delete the resource, and create another";

const nobody = '{"Version":"2012-10-17","Statement":[]}';
const otherKey = "arn:aws:kms:eu-central-1:123456789012:key/other";
const open = { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"], self: false };
const tags: Found = { severity: "low", as: "tags.owner" };

export const standardShape: Record<string, Record<string, Fate>> = {
  "aws:rds/instance:Instance": {
    allocatedStorage: low(10),
    allowMajorVersionUpgrade: ofTheProgram,
    applyImmediately: ofTheProgram,
    autoMinorVersionUpgrade: medium(),
    backupRetentionPeriod: high(1),
    backupWindow: medium("12:00-12:30"),
    caCertIdentifier: high("rds-ca-rsa4096-g1"),
    copyTagsToSnapshot: medium(),
    databaseInsightsMode: medium("advanced"),
    dbName: "RDS has no call that renames the database that it created",
    dbSubnetGroupName: critical("other"),
    deleteAutomatedBackups: ofTheProgram,
    deletionProtection: high(),
    enabledCloudwatchLogsExports: high(["postgresql"]),
    engine: asCreated,
    engineLifecycleSupport: high("open-source-rds-extended-support"),
    engineVersion: medium("17.8"),
    finalSnapshotIdentifier: ofTheProgram,
    iamDatabaseAuthenticationEnabled: high(),
    identifier: "a renamed database is found by its resource id: the test of one that was renamed",
    instanceClass: low("db.m7g.large"),
    iops: low(13_000),
    kmsKeyId: critical(otherKey),
    maintenanceWindow: medium("sun:12:00-sun:13:00"),
    manageMasterUserPassword: "then it has no key either: it is changed after the others, in the same test",
    masterUserSecretKmsKeyId: critical(otherKey),
    maxAllocatedStorage: low(600),
    monitoringInterval: medium(0),
    monitoringRoleArn: medium("arn:aws:iam::123456789012:role/other"),
    multiAz: medium(),
    networkType: medium("DUAL"),
    parameterGroupName: high("default.postgres17"),
    performanceInsightsEnabled: medium(),
    performanceInsightsKmsKeyId: critical(otherKey),
    performanceInsightsRetentionPeriod: medium(31),
    publiclyAccessible: critical(),
    skipFinalSnapshot: ofTheProgram,
    storageEncrypted: critical(),
    storageThroughput: low(600),
    storageType: medium("io2"),
    tags,
    username: "RDS has no call that renames the master",
    vpcSecurityGroupIds: critical(["sg-0a1b2c3d4e5f60001"]),
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    description: asCreated,
    family: asCreated,
    name: identity,
    parameters: high({ "rds.force_ssl": "0" }),
    skipDestroy: ofTheProgram,
    tags,
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    description: low(),
    name: identity,
    subnetIds: critical(["subnet-0a1b2c3d4e5f60001"]),
    tags,
  },
  "aws:rds/eventSubscription:EventSubscription": {
    enabled: medium(),
    eventCategories: medium(["creation"]),
    name: identity,
    snsTopic: medium("arn:aws:sns:eu-central-1:123456789012:other"),
    sourceType: medium("db-snapshot"),
    tags,
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    description: asCreated,
    egress: critical([{ ...open, protocol: "-1", fromPort: 0, toPort: 0 }]),
    ingress: critical([open]),
    name: identity,
    revokeRulesOnDelete: ofTheProgram,
    tags,
    vpcId: asCreated,
  },
  "aws:kms/key:Key": {
    customerMasterKeySpec: asCreated,
    deletionWindowInDays: ofTheProgram,
    description: low(),
    enableKeyRotation: high(),
    isEnabled: critical(),
    keyUsage: asCreated,
    policy: critical(nobody),
    tags,
  },
  "aws:kms/alias:Alias": { name: identity, targetKeyId: critical("00000000-0000-4000-8000-000000000000") },
  "aws:iam/role:Role": {
    assumeRolePolicy: high(nobody),
    description: low(),
    maxSessionDuration: medium(7200),
    name: identity,
    path: identity,
    tags,
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    policyArn: removed,
    role: removed,
  },
  "aws:sns/topic:Topic": { displayName: low(), kmsMasterKeyId: critical("alias/aws/sns"), name: identity, tags },
  "aws:sns/topicPolicy:TopicPolicy": { arn: identity, policy: critical(nobody) },
  "aws:secretsmanager/secret:Secret": {
    description: low(),
    kmsKeyId: critical(otherKey),
    name: identity,
    recoveryWindowInDays: ofTheProgram,
    tags,
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    secretId: identity,
    secretString: { severity: "high", as: "versionStages" },
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    kmsKeyId: critical(""),
    name: identity,
    retentionInDays: high(1),
    skipDestroy: ofTheProgram,
    tags,
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    actionsEnabled: medium(),
    alarmActions: medium([]),
    alarmDescription: low(),
    comparisonOperator: medium("GreaterThanUpperThreshold"),
    datapointsToAlarm: medium(9),
    dimensions: medium({}),
    evaluationPeriods: medium(9),
    insufficientDataActions: medium(["arn:aws:sns:eu-central-1:123456789012:other"]),
    metricName: medium(),
    metricQueries: medium([{ id: "other", expression: "0", returnData: true }]),
    name: identity,
    namespace: medium(),
    okActions: medium([]),
    period: medium(60),
    statistic: medium("SampleCount"),
    tags,
    threshold: medium(),
    treatMissingData: medium("ignore"),
  },
  "aws:backup/vault:Vault": { forceDestroy: ofTheProgram, kmsKeyArn: asCreated, name: identity, tags },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
    backupVaultName: identity,
    maxRetentionDays: high(36_500),
    minRetentionDays: high(1),
  },
  "aws:backup/vaultPolicy:VaultPolicy": { backupVaultName: identity, policy: critical(nobody) },
  "aws:backup/plan:Plan": { name: medium(), rules: high([]), tags },
  "aws:backup/selection:Selection": {
    iamRoleArn: removed,
    name: identity,
    planId: identity,
    selectionTags: removed,
  },
};

/** Of every resource: what the engine adds, and what another property has, too. */
export const ofNoResource: Record<string, string> = {
  __defaults: "the engine's own",
  region: "where a resource is never changes",
  tagsAll: "the tags again, with those of the provider",
};

/** What others would set it to, if nothing else is given: another value of its kind. */
export function another(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (typeof value === "object") return null; // a tag is named by the change itself
  if (typeof value === "string") return `${value} by hand`;
  throw new Error(`give what ${JSON.stringify(value)} is changed to`);
}
