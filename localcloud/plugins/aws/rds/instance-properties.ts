import type { Properties, Property } from "../../adapter/resource";
import { between, computed, createOnly, flag, object, objects, oneOf, output, region, required, secret, tagged, text, textSet, texts, whole, withDefault } from "../property-kinds";

/** AWS stores windows and the engine's name in lower case; a program may write them as it likes. */
const anyCase: Property["equal"] = (old: string, wanted: string) => old.toLowerCase() === wanted.toLowerCase();

/** `17` asks for any 17.x: no difference as long as the minor that runs is one of them. */
const prefixOf: Property["equal"] = (old: string, wanted: string) => old.startsWith(`${wanted}.`);

/** More than the program says is what autoscaling has added, as long as the program leaves it room. */
const grown: Property["equal"] = (old: number, wanted: number, { maxAllocatedStorage = 0 }) => old > wanted && maxAllocatedStorage > wanted;

/** What a program may say about an `aws.rds.Instance`, by upstream's schema. */
const inputs: Properties = {
  allocatedStorage: { ...computed(whole), equal: grown },
  allowMajorVersionUpgrade: flag,
  applyImmediately: flag,
  autoMinorVersionUpgrade: withDefault(flag, true),
  availabilityZone: createOnly(computed(text)),
  backupRetentionPeriod: between(computed(whole), 0, 35),
  backupTarget: createOnly(computed(oneOf(text, "region", "outposts"))),
  backupWindow: computed(text),
  blueGreenUpdate: object({ enabled: flag }),
  caCertIdentifier: computed(text),
  characterSetName: createOnly(computed(text)),
  copyTagsToSnapshot: flag,
  customIamInstanceProfile: createOnly(text),
  customerOwnedIpEnabled: flag,
  databaseInsightsMode: computed(oneOf(text, "standard", "advanced")),
  dbName: createOnly(computed(text)),
  dbSubnetGroupName: computed(text),
  dedicatedLogVolume: flag,
  deleteAutomatedBackups: withDefault(flag, true),
  deletionProtection: flag,
  domain: text,
  domainAuthSecretArn: text,
  domainDnsIps: textSet,
  domainFqdn: computed(text),
  domainIamRoleName: text,
  domainOu: text,
  enabledCloudwatchLogsExports: textSet,
  engine: { ...createOnly(computed(text)), equal: anyCase },
  engineLifecycleSupport: computed(oneOf(text, "open-source-rds-extended-support", "open-source-rds-extended-support-disabled")),
  engineVersion: { ...computed(text), equal: prefixOf },
  finalSnapshotIdentifier: text,
  iamDatabaseAuthenticationEnabled: flag,
  identifier: computed(text),
  identifierPrefix: computed(text),
  instanceClass: required(text),
  iops: computed(whole),
  kmsKeyId: createOnly(computed(text)),
  licenseModel: computed(text),
  maintenanceWindow: { ...computed(text), equal: anyCase },
  manageMasterUserPassword: flag,
  masterUserSecretKmsKeyId: computed(text),
  maxAllocatedStorage: whole,
  monitoringInterval: oneOf(whole, 0, 1, 5, 10, 15, 30, 60),
  monitoringRoleArn: computed(text),
  multiAz: computed(flag),
  ncharCharacterSetName: createOnly(computed(text)),
  networkType: computed(oneOf(text, "IPV4", "DUAL")),
  optionGroupName: computed(text),
  parameterGroupName: computed(text),
  password: secret(text),
  passwordWo: { ...secret(text), writeOnly: true },
  passwordWoVersion: whole,
  performanceInsightsEnabled: flag,
  performanceInsightsKmsKeyId: computed(text),
  performanceInsightsRetentionPeriod: computed(whole),
  port: computed(whole),
  publiclyAccessible: flag,
  region,
  replicaMode: computed(oneOf(text, "open-read-only", "mounted")),
  replicateSourceDb: text,
  restoreToPointInTime: createOnly(
    object({ restoreTime: text, sourceDbInstanceAutomatedBackupsArn: text, sourceDbInstanceIdentifier: text, sourceDbiResourceId: text, useLatestRestorableTime: flag }),
  ),
  s3Import: createOnly(
    object({ bucketName: required(text), bucketPrefix: text, ingestionRole: required(text), sourceEngine: required(text), sourceEngineVersion: required(text) }),
  ),
  skipFinalSnapshot: flag,
  snapshotIdentifier: createOnly(computed(text)),
  storageEncrypted: createOnly(flag),
  storageThroughput: computed(whole),
  storageType: computed(oneOf(text, "standard", "gp2", "gp3", "io1", "io2")),
  timezone: createOnly(computed(text)),
  upgradeStorageConfig: flag,
  username: createOnly(computed(text)),
  vpcSecurityGroupIds: computed(textSet),
  warningEventCategories: textSet,
};

const endpoint: Properties = { address: text, hostedZoneId: text, port: whole };

export const instanceProperties: Properties = {
  ...inputs,
  ...tagged,
  address: output(text),
  arn: output(text),
  endpoint: output(text),
  engineVersionActual: output(text),
  hostedZoneId: output(text),
  latestRestorableTime: output(text),
  listenerEndpoints: output(objects(endpoint)),
  masterUserSecrets: output(objects({ kmsKeyId: text, secretArn: text, secretStatus: text })),
  replicas: output(texts),
  resourceId: output(text),
  status: output(text),
  upgradeRolloutOrder: output(text),
};
