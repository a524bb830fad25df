import {
  createOnly,
  flag,
  objectSet,
  computed,
  region,
  required,
  tagged,
  text,
  textSet,
  whole,
} from "../property-kinds";
import { refused } from "./refused-type";

const shared = { ...tagged, region, sharedAccounts: textSet };

export const snapshot = refused({
  ...shared,
  dbInstanceIdentifier: createOnly(required(text)),
  dbSnapshotIdentifier: createOnly(required(text)),
});

export const clusterSnapshot = refused({
  ...shared,
  dbClusterIdentifier: createOnly(required(text)),
  dbClusterSnapshotIdentifier: createOnly(required(text)),
});

const copy = {
  ...shared,
  copyTags: createOnly(flag),
  destinationRegion: createOnly(text),
  kmsKeyId: createOnly(text),
  presignedUrl: createOnly(text),
};

export const snapshotCopy = refused({
  ...copy,
  optionGroupName: createOnly(computed(text)),
  sourceDbSnapshotIdentifier: createOnly(required(text)),
  targetCustomAvailabilityZone: createOnly(text),
  targetDbSnapshotIdentifier: createOnly(required(text)),
});

export const clusterSnapshotCopy = refused({
  ...copy,
  sourceDbClusterSnapshotIdentifier: createOnly(required(text)),
  targetDbClusterSnapshotIdentifier: createOnly(required(text)),
});

export const automatedBackupsReplication = refused({
  kmsKeyId: createOnly(text),
  preSignedUrl: createOnly(text),
  region,
  retentionPeriod: createOnly(whole),
  sourceDbInstanceArn: createOnly(required(text)),
});

const auth = {
  authScheme: text,
  clientPasswordAuthType: computed(text),
  description: text,
  iamAuth: text,
  secretArn: text,
  username: text,
};

/** Not a snapshot, but like them something that RDS has in addition to a database. */
export const proxy = refused({
  ...tagged,
  auths: objectSet(auth),
  debugLogging: flag,
  defaultAuthScheme: text,
  endpointNetworkType: createOnly(computed(text)),
  engineFamily: createOnly(required(text)),
  idleClientTimeout: computed(whole),
  name: createOnly(computed(text)),
  region,
  requireTls: flag,
  roleArn: required(text),
  targetConnectionNetworkType: createOnly(computed(text)),
  vpcSecurityGroupIds: computed(textSet),
  vpcSubnetIds: createOnly(required(textSet)),
});
