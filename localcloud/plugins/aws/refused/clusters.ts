import type { Properties } from "../../adapter/resource";
import {
  createOnly,
  computed,
  decimal,
  flag,
  object,
  objectSet,
  region,
  required,
  secret,
  tagged,
  text,
  textSet,
  whole,
  withDefault,
} from "../property-kinds";
import { refused } from "./refused-type";

/** Properties of one kind, for tables that are long and simple. */
const all = (kind: Properties[string], names: string): Properties =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind]),
  );

export const cluster = refused({
  ...tagged,
  ...all(
    computed(text),
    `backupTarget caCertificateIdentifier clusterIdentifierPrefix databaseInsightsMode dbClusterParameterGroupName dbSubnetGroupName engineLifecycleSupport
    engineVersion globalClusterIdentifier masterUserSecretKmsKeyId monitoringRoleArn networkType performanceInsightsKmsKeyId preferredBackupWindow preferredMaintenanceWindow storageType`,
  ),
  ...all(
    text,
    `dbClusterInstanceClass dbInstanceParameterGroupName domain domainIamRoleName finalSnapshotIdentifier replicationSourceIdentifier`,
  ),
  ...all(
    createOnly(computed(text)),
    "clusterIdentifier clusterScalabilityType databaseName dbSystemId kmsKeyId masterUsername",
  ),
  ...all(createOnly(text), "snapshotIdentifier sourceRegion"),
  ...all(
    flag,
    `allowMajorVersionUpgrade copyTagsToSnapshot deletionProtection enableGlobalWriteForwarding enableHttpEndpoint enableLocalWriteForwarding
    iamDatabaseAuthenticationEnabled manageMasterUserPassword skipFinalSnapshot`,
  ),
  ...all(computed(flag), "applyImmediately performanceInsightsEnabled"),
  ...all(computed(whole), "allocatedStorage iops monitoringInterval performanceInsightsRetentionPeriod port"),
  ...all(computed(textSet), "clusterMembers iamRoles vpcSecurityGroupIds"),
  ...all(textSet, "enabledCloudwatchLogsExports warningEventCategories"),
  autoMinorVersionUpgrade: withDefault(flag, true),
  availabilityZones: createOnly(computed(textSet)),
  backtrackWindow: whole,
  backupRetentionPeriod: withDefault(whole, 1),
  deleteAutomatedBackups: withDefault(flag, true),
  engine: createOnly(required(text)),
  engineMode: createOnly(withDefault(text, "provisioned")),
  masterPassword: secret(text),
  masterPasswordWo: { ...secret(text), writeOnly: true },
  masterPasswordWoVersion: whole,
  region,
  restoreToPointInTime: createOnly(
    object({
      restoreToTime: text,
      restoreType: text,
      sourceClusterIdentifier: text,
      sourceClusterResourceId: text,
      useLatestRestorableTime: flag,
    }),
  ),
  s3Import: createOnly(object(all(text, "bucketName bucketPrefix ingestionRole sourceEngine sourceEngineVersion"))),
  scalingConfiguration: object({
    autoPause: flag,
    maxCapacity: whole,
    minCapacity: whole,
    secondsBeforeTimeout: whole,
    secondsUntilAutoPause: whole,
    timeoutAction: text,
  }),
  serverlessv2ScalingConfiguration: object({
    maxCapacity: required(decimal),
    minCapacity: required(decimal),
    secondsUntilAutoPause: whole,
  }),
  storageEncrypted: createOnly(computed(flag)),
});

export const clusterInstance = refused({
  ...tagged,
  ...all(
    computed(text),
    "caCertIdentifier dbParameterGroupName monitoringRoleArn performanceInsightsKmsKeyId preferredBackupWindow preferredMaintenanceWindow engineVersion",
  ),
  ...all(createOnly(computed(text)), "availabilityZone dbSubnetGroupName identifier identifierPrefix"),
  ...all(computed(flag), "applyImmediately performanceInsightsEnabled publiclyAccessible"),
  ...all(flag, "copyTagsToSnapshot forceDestroy"),
  ...all(whole, "monitoringInterval promotionTier"),
  autoMinorVersionUpgrade: withDefault(flag, true),
  clusterIdentifier: createOnly(required(text)),
  customIamInstanceProfile: createOnly(text),
  engine: createOnly(required(text)),
  instanceClass: required(text),
  performanceInsightsRetentionPeriod: computed(whole),
  region,
  warningEventCategories: textSet,
});

export const clusterParameterGroup = refused({
  ...tagged,
  ...all(createOnly(computed(text)), "description name namePrefix"),
  family: createOnly(required(text)),
  parameters: objectSet({ applyMethod: text, name: required(text), value: required(text) }),
  region,
});

export const globalCluster = refused({
  ...tagged,
  ...all(createOnly(computed(text)), "databaseName engine sourceDbClusterIdentifier"),
  deletionProtection: flag,
  engineLifecycleSupport: computed(text),
  engineVersion: computed(text),
  forceDestroy: flag,
  globalClusterIdentifier: createOnly(required(text)),
  region,
  storageEncrypted: createOnly(computed(flag)),
});
