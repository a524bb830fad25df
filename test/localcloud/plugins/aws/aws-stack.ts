import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../../cloud";
import { callOwn } from "../../server/own-endpoint";
import { createPluginStack, type PluginStack } from "../plugin-stack";

/** A stack whose `aws` programs use this cloud. */
export async function createAwsStack(project: string, cloud: Cloud): Promise<PluginStack> {
  const stack = await createPluginStack(project);
  Object.assign(
    stack.stack.workspace.envVars,
    Object.fromEntries(Object.entries(cloud.env).filter(([name]) => name.startsWith("AWS_"))),
  );
  return stack;
}

/** State as stored in the backend: what a reader of the file without the passphrase sees. */
export function stateFiles(stack: PluginStack): string {
  const folder = join(stack.folder, ".pulumi");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".json"));
  return files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
}

/** Changes something outside Pulumi, also in ways no API offers. */
export async function changeOutside(cloud: Cloud, arn: string, properties: object): Promise<void> {
  const { status, body } = await callOwn(cloud, "POST", "/shipshape/change", { arn, properties });
  if (status >= 300) throw new Error(JSON.stringify(body));
}

export async function setClock(cloud: Cloud, to: object): Promise<void> {
  await callOwn(cloud, "PUT", "/shipshape/clock", to);
}
