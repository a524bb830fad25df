/**
 * What rules read besides the properties that they judge. No value of these is a violation, so ignoring changes to them
 * hides none. Everything else that a rule reads must be in its `properties`, and is therefore audited.
 */
export const contextProperties: readonly string[] = [
  // Which resource it is, and which resource it belongs to.
  ...[
    "arn",
    "id",
    "identifier",
    "resourceId",
    "clusterIdentifier",
    "name",
    "owner",
    "keyId",
    "securityGroupId",
    "vpcId",
  ],
  ...["targetKeyId", "targetKeyArn", "type"],
  // Who owns it and how strictly it is judged; require-owner-tags judges these.
  ...["tags", "tagsAll"],
  // What kind of database it is: changing these replaces it.
  ...["engine", "engineMode", "family"],
  // What it was created from: some rules do not apply to copies, and others need to know whose data is in it.
  ...["replicateSourceDb", "replicationSourceIdentifier", "globalClusterIdentifier", "snapshotIdentifier"],
  ...["restoreToPointInTime", "s3Import", "sourceArn"],
  // What only AWS reports: no program sets it, so none can ignore it.
  ...["status", "encrypted", "parameterApplyStatus", "standardSupportEnds"],
];
