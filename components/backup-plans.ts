import * as backup from "@pulumi/aws/backup";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { assumedBy, copyVaultPolicy, keyPolicy, type AwsLocation } from "./platform-policies";
import {
  backupPlanRetentionDays,
  backupPlanSchedule,
  backupPlanTag,
  keyDeletionDays,
  type BackupPlan,
  type EnvironmentKind,
} from "./standards/fixed";
import type { Tags } from "./tags";

export interface BackupSettings {
  platformName: string;
  kind: EnvironmentKind;
  keyArn: pulumi.Input<string>;
  /** Where copies go; undefined: there are no copies, and both plans only use the vault. */
  copyRegion: string | undefined;
  location: pulumi.Output<AwsLocation>;
  keyOptions: pulumi.CustomResourceOptions;
  /** Of vaults. */
  lasting: pulumi.CustomResourceOptions;
  tags: Tags;
}

/**
 * AWS Backup in addition to RDS's own backups: copies that survive the deletion of the database and, through the vault
 * lock, a hasty administrator. Databases are selected by tag, so none has to be listed here.
 */
export function backupPlans(
  name: string,
  settings: BackupSettings,
  options: pulumi.CustomResourceOptions,
): { vaultName: pulumi.Output<string>; leaves: pulumi.Resource[] } {
  const vault = lockedVault(`${name}-vault`, settings.platformName, settings.keyArn, {}, settings, options);
  const copies = settings.copyRegion ? copyVault(name, settings.copyRegion, settings, options) : undefined;
  const role = new iam.Role(
    `${name}-backup-role`,
    {
      name: pulumi.interpolate`${settings.platformName}-${settings.location.region}-backup`,
      description: "AWS Backup takes snapshots of databases with it",
      assumeRolePolicy: assumedBy("backup.amazonaws.com"),
      tags: settings.tags,
    },
    options,
  );
  const attachment = new iam.RolePolicyAttachment(
    `${name}-backup-role-policy`,
    {
      role: role.name,
      policyArn: pulumi.interpolate`arn:${settings.location.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup`,
    },
    options,
  );
  const selections = (["vault", "vault-and-copy"] as const).map((kind) =>
    plan(name, kind, vault.name, kind === "vault-and-copy" ? copies?.arn : undefined, role, settings, {
      ...options,
      dependsOn: [attachment],
    }),
  );
  return { vaultName: vault.name, leaves: [...selections, ...vault.leaves, ...(copies?.leaves ?? [])] };
}

function plan(
  name: string,
  kind: Exclude<BackupPlan, "none">,
  vaultName: pulumi.Output<string>,
  copyTo: pulumi.Output<string> | undefined,
  role: iam.Role,
  settings: BackupSettings,
  options: pulumi.CustomResourceOptions,
): backup.Selection {
  const lifecycle = { deleteAfter: backupPlanRetentionDays[kind] };
  const plan = new backup.Plan(
    `${name}-plan-${kind}`,
    {
      name: `${settings.platformName}-${kind}`,
      rules: [
        {
          ruleName: "daily",
          targetVaultName: vaultName,
          schedule: backupPlanSchedule,
          startWindow: 60,
          completionWindow: 480,
          // A continuous plan would take control of RDS's own retention.
          enableContinuousBackup: false,
          lifecycle,
          ...(copyTo ? { copyActions: [{ destinationVaultArn: copyTo, lifecycle }] } : {}),
        },
      ],
      tags: settings.tags,
    },
    options,
  );
  return new backup.Selection(
    `${name}-selection-${kind}`,
    {
      name: kind,
      planId: plan.id,
      iamRoleArn: role.arn,
      selectionTags: [{ type: "STRINGEQUALS", key: backupPlanTag, value: kind }],
    },
    options,
  );
}

interface Vault {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  /** The resources that no other resource depends on. */
  leaves: pulumi.Resource[];
}

/**
 * Locked in governance mode: only someone with the permission can lift it, so not by accident. Compliance mode
 * (`changeableForDays`) cannot be undone, even by AWS, so a default must not choose it.
 */
function lockedVault(
  name: string,
  vaultName: pulumi.Input<string>,
  keyArn: pulumi.Input<string>,
  where: { region?: string },
  settings: BackupSettings,
  options: pulumi.CustomResourceOptions,
): Vault {
  const vault = new backup.Vault(
    name,
    { name: vaultName, kmsKeyArn: keyArn, forceDestroy: false, tags: settings.tags, ...where },
    // With another name or Region it would be replaced, and the backups in it lost or left behind.
    settings.lasting,
  );
  const lock = new backup.VaultLockConfiguration(
    `${name}-lock`,
    { backupVaultName: vault.name, minRetentionDays: 7, maxRetentionDays: 365, ...where },
    options,
  );
  return { name: vault.name, arn: vault.arn, leaves: [lock] };
}

/** Copies are re-encrypted with a key of their own Region: the other Region's key may be what was lost. */
function copyVault(
  name: string,
  region: string,
  settings: BackupSettings,
  options: pulumi.CustomResourceOptions,
): Vault {
  const key = new kms.Key(
    `${name}-copy-key`,
    {
      description: `Shipshape: copies of backups in ${region}`,
      enableKeyRotation: true,
      deletionWindowInDays: keyDeletionDays(settings.kind),
      policy: settings.location.apply((location) => keyPolicy({ ...location, region })),
      region,
      tags: settings.tags,
    },
    settings.keyOptions,
  );
  // Several Regions may copy to the same one.
  const vaultName = pulumi.interpolate`${settings.platformName}-of-${settings.location.region}`;
  const vault = lockedVault(`${name}-copy-vault`, vaultName, key.arn, { region }, settings, options);
  const policy = new backup.VaultPolicy(
    `${name}-copy-vault-policy`,
    { backupVaultName: vault.name, policy: settings.location.apply(copyVaultPolicy), region },
    options,
  );
  return { ...vault, leaves: [...vault.leaves, policy] };
}
