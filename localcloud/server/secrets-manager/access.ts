import type { Call } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import type { Secret } from "./secret";

/** Finds the secret that a call names, and refuses what its state or its owner forbids. */

export const named = (secret: Secret): { ARN: string; Name: string } => ({ ARN: secret.arn, Name: secret.name });

export function find(id: string, { cloud, region }: Call): Secret {
  const secret = cloud.secrets.find(id, region);
  if (secret === undefined)
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  return secret;
}

export function findActive(id: string, call: Call): Secret {
  const secret = find(id, call);
  if (secret.deletion)
    throw new AwsError(
      "InvalidRequestException",
      `You can't perform this operation on the secret because it was marked for deletion (scheduled deletion: ${secret.deletion.dueAt}).`,
    );
  return secret;
}

export function findOwn(id: string, call: Call, verb: string): Secret {
  const secret = findActive(id, call);
  refuseManaged(secret, verb);
  return secret;
}

export function refuseManaged(secret: Secret, verb: string): void {
  if (secret.managed)
    throw new AwsError(
      "InvalidRequestException",
      `You can't ${verb} this secret: it is managed by ${secret.managed.service}, which changes it with its DB instance.`,
    );
}
