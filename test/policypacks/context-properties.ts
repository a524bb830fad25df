/**
 * What rules read besides the properties that they judge. No value of these is a violation, so ignoring a change to one
 * hides none. Everything else that a rule reads is one of its `properties`, and so audited.
 */
export const contextProperties: readonly string[] = [
  // Which resource it is, and which it belongs to.
  ...["arn", "id", "identifier", "clusterIdentifier", "name", "owner", "keyId", "securityGroupId", "vpcId"],
  ...["targetKeyId", "targetKeyArn", "type"],
  // Whose it is and how strictly it is judged; require-owner-tags judges them.
  ...["tags", "tagsAll"],
  // What it is: RDS cannot change these of a living database, but replaces it.
  ...["engine", "engineMode", "family"],
  // What it was made of: read to ask less of a copy, and to know whose data is in it.
  ...["replicateSourceDb", "replicationSourceIdentifier", "globalClusterIdentifier", "snapshotIdentifier"],
  ...["restoreToPointInTime", "s3Import", "sourceArn"],
  // What only AWS can say: no program sets it, so none can ignore it.
  ...["status", "encrypted", "parameterApplyStatus"],
];
