/**
 * An isolated throwaway: one database that RDS restored from another's backups, to be checked and destroyed.
 *
 * The program creates nothing. The provider's own restore says no backup retention, so the copy would inherit its
 * source's and be backed up before anyone could say otherwise; RDS is asked itself, and the stack adopts what it made,
 * by resource id (the provider's id of an instance).
 */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface RestoredDatabaseArgs {
  identifier: string;
  instanceClass: string;
  parameterGroupName: string;
  subnetGroupName: string;
  securityGroupIds: string[];
  keyArn: string | undefined;
  engineLifecycleSupport: string;
  tags: Record<string, string>;
  /** Given while the state does not have the instance: it is imported then. Never created. */
  importId: string | undefined;
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
      copyTagsToSnapshot: false,
      applyImmediately: true,
      tags: args.tags,
    },
    { protect: false, ...(args.importId ? { import: args.importId } : {}) },
  );
  return { identifier: instance.identifier, endpoint: instance.endpoint, resourceId: instance.resourceId };
}
