import type { Service } from "../wire/action";
import { lifecycleActions } from "./lifecycle-actions";
import { readingActions } from "./reading-actions";

const noReplicas = "secrets are in one Region here";

export const secretsManager: Service = {
  name: "secretsmanager",
  protocol: "json",
  actions: [...lifecycleActions, ...readingActions],
  notSupported: {
    PutResourcePolicy: "policies of secrets are recorded resources: declare an aws.secretsmanager.SecretPolicy",
    DeleteResourcePolicy: "policies of secrets are recorded resources: declare an aws.secretsmanager.SecretPolicy",
    ReplicateSecretToRegions: noReplicas,
    RemoveRegionsFromReplication: noReplicas,
    StopReplicationToReplica: noReplicas,
    CancelRotateSecret: "rotations here are complete when RotateSecret returns",
    UpdateSecretVersionStage: "stages move with PutSecretValue",
    ValidateResourcePolicy: "policies are stored, not evaluated",
  },
};
