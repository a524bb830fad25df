import type { DBInstance } from "@aws-sdk/client-rds";
import type { InstanceBeyond } from "./differences";

/** From a description of the instance to what no refresh compares. */
export const instanceBeyond = (instance: DBInstance): InstanceBeyond => ({
  masterSecret: instance.MasterUserSecret
    ? { arn: instance.MasterUserSecret.SecretArn ?? "", key: instance.MasterUserSecret.KmsKeyId ?? null }
    : null,
  port: instance.Endpoint?.Port ?? null,
  optionGroups: texts((instance.OptionGroupMemberships ?? []).map((one) => one.OptionGroupName)),
  replicas: instance.ReadReplicaDBInstanceIdentifiers ?? [],
  roles: (instance.AssociatedRoles ?? []).map((one) => ({ role: one.RoleArn ?? "", feature: one.FeatureName ?? "" })),
  backupsCopiedTo: texts(
    (instance.DBInstanceAutomatedBackupsReplications ?? []).map((one) => one.DBInstanceAutomatedBackupsArn),
  ),
});

const texts = (values: (string | undefined)[]): string[] => values.filter((one) => one !== undefined);
