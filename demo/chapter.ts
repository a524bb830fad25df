import type { AwsClients } from "../automation/targets/aws-access";
import type { LocalCloud } from "../automation/command-line/local-cloud";
import type { Settings } from "../automation/settings";
import type { Stage } from "./stage";

/** One part of the demo. Each can be run on its own and repeated: it continues from what already exists. */
export interface Chapter {
  name: string;
  title: string;
  run(scene: Scene): Promise<void>;
}

/** What a chapter works with: a running embedded cloud, and a way to print. */
export interface Scene {
  stage: Stage;
  settings: Settings;
  cloud: LocalCloud;
  /** The environment with everything that `shipshape local env` prints: what a program started in such a shell gets. */
  environment: Record<string, string>;
  clients: AwsClients;
  rootCertificateFile: string;
}

/** The names the demo gives its stacks and its database. */
export const platformStack = "platform.dev";
export const databaseStack = "database.orders-production";
export const databaseIdentifier = "orders-production";
