import { accessKeyOf } from "../automation/command-line/local-cloud";
import type { Scene } from "./chapter";

/** A key of that name, as `local env --as <name>` prints it. */
export function keyOf({ settings }: Scene, name: string): Record<string, string> {
  const { accessKeyId, secretAccessKey } = accessKeyOf(settings.dataFolder, { as: name });
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** As the reader would become that name, in a shell of its own. */
export const as = (name: string) => `eval "$(npx shipshape local env --as ${name})";`;
