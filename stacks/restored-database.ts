/**
 * An isolated throwaway: one database restored from another's backups, to be checked and destroyed.
 *
 * It inherits what the restore request does not say (credentials, encryption key, storage) and nothing that costs or outlives it. What RDS
 * and the provider want said, and what must not be: `pulumi up` on RDS refuses or forgets otherwise.
 */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface RestoredDatabaseArgs {
  identifier: string;
  /** The source by its resource id, which still names it when the instance itself is gone. */
  sourceResourceId: string;
  /** On a whole second: RDS knows no finer. */
  restoreTime: string;
  instanceClass: string;
  /** The source's: a default group would start the server without commit timestamps, and they would be lost. */
  parameterGroupName: string;
  subnetGroupName: string;
  securityGroupIds: string[];
  keyArn: string | undefined;
  engineLifecycleSupport: string;
  createTimeoutMinutes: number;
  tags: Record<string, string>;
  /** True when the cloud has the instance and the state does not (a run was killed meanwhile): it is imported, not made. */
  adopt: boolean;
}

export interface RestoredDatabaseOutputs {
  identifier: pulumi.Output<string>;
  endpoint: pulumi.Output<string>;
  resourceId: pulumi.Output<string>;
}

export function restoredDatabase(args: RestoredDatabaseArgs): RestoredDatabaseOutputs {
  const instance = new aws.rds.Instance(
    "restored",
    {
      identifier: args.identifier,
      instanceClass: args.instanceClass,
      // An import cannot bring what it was restored from, and naming it then would plan a replacement.
      ...(args.adopt ? {} : { restoreToPointInTime: { sourceDbiResourceId: args.sourceResourceId, restoreTime: args.restoreTime } }),
      parameterGroupName: args.parameterGroupName,
      dbSubnetGroupName: args.subnetGroupName,
      vpcSecurityGroupIds: args.securityGroupIds,
      publiclyAccessible: false,
      storageEncrypted: true,
      // The restored catalog holds the master password of the recovery target; RDS sets a new one and keeps it.
      manageMasterUserPassword: true,
      ...(args.keyArn ? { masterUserSecretKmsKeyId: args.keyArn } : {}),
      engineLifecycleSupport: args.engineLifecycleSupport,
      autoMinorVersionUpgrade: false,
      multiAz: false,
      monitoringInterval: 0,
      backupRetentionPeriod: 0,
      deletionProtection: false,
      skipFinalSnapshot: true,
      deleteAutomatedBackups: true,
      copyTagsToSnapshot: true,
      applyImmediately: true,
      tags: args.tags,
    },
    {
      protect: false,
      customTimeouts: { create: `${args.createTimeoutMinutes}m` },
      ...(args.adopt ? { import: args.identifier } : {}),
    },
  );
  return { identifier: instance.identifier, endpoint: instance.endpoint, resourceId: instance.resourceId };
}
