import { accessKeyOf } from "../automation/command-line/local-cloud";
import { localAccess } from "../automation/command-line/local-environment";
import { awsClients, type AwsClients } from "../automation/targets/aws-access";
import type { Scene } from "./chapter";

/** A key of that name, as `local env --as <name>` prints it. */
export function keyOf({ settings }: Scene, name: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = accessKeyOf(settings.dataFolder, { as: name });
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** What that name asks of the embedded cloud; its CloudTrail says who it was. */
export function clientsOf({ cloud: local, settings }: Scene, name: string): AwsClients {
  const { cloud, ...access } = localAccess(local);
  return awsClients({
    ...access,
    ...(cloud && { cloud: { ...cloud, credentials: accessKeyOf(settings.dataFolder, { as: name }) } }),
  });
}

/** As the reader would become that name, in a shell of its own. */
export const as = (name: string) => `eval "$(npx shipshape local env --as ${name})";`;
