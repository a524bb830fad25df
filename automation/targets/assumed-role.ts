/** Temporary credentials of a role in another account: the only place that assumes one. */
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { reasonOf, ShipshapeError } from "../errors";
import { telling } from "./aws-calls";
import { credentialsRenewedSeconds, roleAnswerSeconds } from "./limits";

interface Role {
  role: string;
  externalId: string | undefined;
  region: string | undefined;
}

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/** Of this process, by the role: its clients, in all Regions, share one session. */
const sessions = new Map<string, Promise<Credentials>>();

/**
 * A provider for AWS clients. The SDK finds the credentials that assume the role. Errors: role-not-assumed,
 * cloud-unreachable, cloud-credentials, cloud-region.
 */
export function assumedRole(role: Role, cloud: object): () => Promise<Credentials> {
  const key = JSON.stringify([role.role, role.externalId, cloud]);
  return async () => {
    const known = await sessions.get(key)?.catch(() => undefined);
    if (known && known.expiration.getTime() > Date.now() + credentialsRenewedSeconds * 1000) return known;
    const asked = assume(role, cloud);
    sessions.set(key, asked);
    return asked;
  };
}

async function assume({ role, externalId, region }: Role, cloud: object): Promise<Credentials> {
  const abortSignal = AbortSignal.timeout(roleAnswerSeconds * 1000);
  const client = telling(new STSClient({ ...cloud, ...(region !== undefined && { region }) }));
  try {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "shipshape", ExternalId: externalId }),
      { abortSignal },
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw new Error("STS gave no credentials");
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  } catch (error) {
    const reason = abortSignal.aborted ? `STS did not answer within ${roleAnswerSeconds} s` : reasonOf(error);
    throw new ShipshapeError("role-not-assumed", { role, reason }, { cause: error });
  } finally {
    client.destroy();
  }
}
