/**
 * An isolated throwaway: one database that RDS restored from another's backups, to check and destroy.
 *
 * The program creates nothing. The provider's own restore sends no backup retention, so the copy would inherit its
 * source's and be backed up before that could be changed; instead RDS is called directly, and the stack adopts the
 * instance by resource id (the provider's id of an instance).
 */
// Not the whole package: its index takes 0.2 s to load.
import { Provider } from "@pulumi/aws/provider";
import { Instance } from "@pulumi/aws/rds";
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
  /** Set while the state lacks the instance, which is then imported. Never created. */
  importId: string | undefined;
}

export interface RestoredDatabaseOutputs {
  identifier: pulumi.Output<string>;
  endpoint: pulumi.Output<string>;
  resourceId: pulumi.Output<string>;
}

/** Where RDS has restored it, and the role to assume there; undefined: as the environment says. */
export interface RestoredDatabaseLocation {
  region?: string | undefined;
  role?: string | undefined;
  externalId?: string | undefined;
}

export function restoredDatabase(
  args: RestoredDatabaseArgs,
  { region, role, externalId }: RestoredDatabaseLocation,
): RestoredDatabaseOutputs {
  const provider = new Provider("location", {
    ...(region && { region }),
    ...(role && { assumeRoles: [{ roleArn: role, ...(externalId && { externalId }) }] }),
  });
  const instance = new Instance(
    "restored",
    {
      identifier: args.identifier,
      instanceClass: args.instanceClass,
      parameterGroupName: args.parameterGroupName,
      dbSubnetGroupName: args.subnetGroupName,
      vpcSecurityGroupIds: args.securityGroupIds,
      publiclyAccessible: false,
      storageEncrypted: true,
      // The restored catalog holds the master password of the recovery target; RDS sets and manages a new one.
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
    { provider, protect: false, ...(args.importId ? { import: args.importId } : {}) },
  );
  return { identifier: instance.identifier, endpoint: instance.endpoint, resourceId: instance.resourceId };
}
