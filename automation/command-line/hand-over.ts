import { stringify } from "yaml";
import { readHandOver } from "../hand-over";
import type { HandOverTarget } from "../../components/hand-over";
import type { CommandContext } from "./command-context";
import { stackContext } from "./open-records";

export interface HandOverOptions {
  for: HandOverTarget;
  role: string;
  stack?: string;
  json?: boolean;
}

/** Where it belongs, on standard error: standard output has only what is pasted. */
const belongs: Record<HandOverTarget, string> = {
  ecs: "for a container definition. ECS reads secrets when a task starts: once a password has been rotated, start new tasks, or have the program read DATABASE_SECRET_ARN whenever it connects",
  lambda: "for the variables of a function. With a secret it reads DATABASE_SECRET_ARN whenever it connects",
  "external-secrets":
    "for kubectl apply, where a ClusterSecretStore is called aws-secrets-manager. A pod sees new values in files, in variables only once it restarts",
  iam: "for the role of the application; in ECS also for the task execution role, which reads secrets",
};

/** `shipshape hand-over`: what an application needs to connect as a role, ready to paste. */
export async function printHandOver(
  database: string,
  { for: target, role, stack, json }: HandOverOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  const handOver = await readHandOver(stackContext(settings), { identifier: database, target, role, stack });
  if (json) return terminal.json("hand-over", { database, role, for: target, handOver });
  terminal.progress(belongs[target]);
  if (target === "external-secrets") terminal.exact(stringify(handOver, { lineWidth: 0 }).trimEnd());
  else terminal.exact(JSON.stringify(handOver, undefined, 2));
}
