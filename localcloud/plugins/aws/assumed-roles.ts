import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { PropertyValues } from "../adapter/wire";
import { attempt } from "./aws-error";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  expiration?: Date | undefined;
}

export type CredentialsOf = () => Promise<Credentials>;

/** Of the last of these roles: each is assumed with what the one before gave, as the official provider does. */
export function assumed(roles: PropertyValues[], first: Credentials, endpoint: string, region: string): CredentialsOf {
  return roles.reduce<CredentialsOf>(
    (before, role) => renewed(() => assume(role, before, endpoint, region)),
    () => Promise.resolve(first),
  );
}

async function assume(
  { roleArn, sessionName, externalId, duration }: PropertyValues,
  credentials: CredentialsOf,
  endpoint: string,
  region: string,
): Promise<Credentials> {
  const client = new STSClient({ endpoint, region, credentials });
  try {
    const { Credentials: given } = await attempt(`assuming IAM Role (${roleArn})`, () =>
      client.send(
        new AssumeRoleCommand({
          RoleArn: roleArn,
          RoleSessionName: sessionName ?? "pulumi",
          ExternalId: externalId,
          DurationSeconds: duration && secondsOf(duration),
        }),
      ),
    );
    return {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken,
      expiration: given?.Expiration,
    };
  } finally {
    client.destroy();
  }
}

/** The same until shortly before they expire: calls that are signed just then must still be answered. */
function renewed(ask: CredentialsOf): CredentialsOf {
  let held: Promise<Credentials> | undefined;
  return async () => {
    const known = await held?.catch(() => undefined);
    if (known && (known.expiration?.getTime() ?? Infinity) > Date.now() + 60_000) return known;
    return (held = ask());
  };
}

export const durationForm = /^(\d+)(s|m|h)$/;

function secondsOf(duration: string): number {
  const [, count, unit] = durationForm.exec(duration) ?? [];
  return Number(count) * { s: 1, m: 60, h: 3600 }[unit as "s" | "m" | "h"];
}
