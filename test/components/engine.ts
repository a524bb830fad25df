import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace, type EngineEvent, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { DatabasePlatform, type DatabasePlatformArgs, type PlatformReference } from "../../components";
import { installPlugins } from "../../localcloud/plugins/bundle";
import { startCloud, type Cloud, type CloudOptions } from "../cloud";
import { callOwn } from "../localcloud/server/own-endpoint";

/** The real engine on its own embedded cloud, with a platform. Programs are functions of the test. */
export interface Engine {
  cloud: Cloud;
  platform: PlatformReference;
  platformStack: Stack;
  stack(name: string, program: PulumiFn): Promise<Stack>;
  stop(): Promise<void>;
}

export const platformArguments: DatabasePlatformArgs = {
  owner: "team-platform",
  costCenter: "1000",
  environment: "production",
  copyRegion: "eu-west-1",
  vpcId: "vpc-0a1b2c3d4e5f60001",
  subnetIds: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"],
};

/** The access keys that stacks are deployed with. */
export const deployers = { platform: "AKIAPLATFORM00000001", databases: "AKIADATABASES0000001" };

export async function startEngine(options: CloudOptions = {}): Promise<Engine> {
  const cloud = await startCloud(options);
  // The tests cannot stop a cloud that they never received.
  return onCloud(cloud).catch(async (error: unknown) => {
    await cloud.stop();
    throw error;
  });
}

async function onCloud(cloud: Cloud): Promise<Engine> {
  const { PULUMI_HOME = "", PATH } = cloud.env;
  await installPlugins(PULUMI_HOME);
  mkdirSync(join(cloud.dataFolder, "pulumi-state"), { recursive: true });
  // The Automation API looks for the engine on this process's PATH first.
  process.env.PATH = PATH;
  // Each role of docs/going-to-production.md has its own access key, so that the cloud records whose calls they were.
  const deployer = (name: string) => {
    const { credentials } = cloud.client(name.startsWith("platform.") ? deployers.platform : deployers.databases);
    return {
      ...cloud.env,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  };
  const stack = async (name: string, program: PulumiFn): Promise<Stack> => {
    const workDir = join(cloud.dataFolder, "programs", name);
    mkdirSync(workDir, { recursive: true });
    const stack = await LocalWorkspace.createOrSelectStack(
      { projectName: "shipshape", stackName: name, program },
      { workDir, envVars: deployer(name) },
    );
    return boundEachCommand(stack);
  };
  const platformStack = await stack("platform.test", async () => {
    const { vpcId, keyArn, topicArn, monitoringRoleArn, subnetGroupName, parameterGroupNames, ...rest } =
      new DatabasePlatform("platform", platformArguments);
    const { isolationSecurityGroupId } = rest;
    return {
      ...{ vpcId, keyArn, topicArn, monitoringRoleArn, subnetGroupName, parameterGroupNames },
      isolationSecurityGroupId,
    };
  });
  const { outputs } = await platformStack.up();
  const platform = Object.fromEntries(
    Object.entries(outputs).map(([name, output]) => [name, output.value]),
  ) as unknown as PlatformReference;
  return { cloud, platform, platformStack, stack, stop: () => cloud.stop() };
}

/** No command of a test takes as long: a program that waits for what never comes would hold a worker of the tests. */
const commandSecondsMax = 300;

/** Interrupts the engine once a command has run for too long, so that its test fails instead of hanging. */
export function boundEachCommand(stack: Stack, secondsMax = commandSecondsMax): Stack {
  // Every call of the SDK goes through it, but its type does not show it.
  const command = stack.workspace.pulumiCommand as unknown as { run: (...given: unknown[]) => Promise<unknown> };
  const run = command.run.bind(command);
  command.run = async (words, cwd, environment, onOutput, onError, signal) => {
    const overdue = new AbortController();
    const timer = setTimeout(() => overdue.abort(), secondsMax * 1000);
    const either = signal instanceof AbortSignal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal;
    try {
      return await run(words, cwd, environment, onOutput, onError, either);
    } finally {
      clearTimeout(timer);
    }
  };
  return stack;
}

/**
 * `pulumi preview` of `stacks/`, as users type it, for changes that a program refuses only once it has seen the running
 * database. An inline program would hang: the outputs of a resource whose arguments were refused never resolve, and
 * the SDK waits for everything that depends on them. Returns everything printed.
 */
export async function typedPreview(
  engine: Engine,
  stackName: string,
  config: Record<string, unknown>,
): Promise<string> {
  const file = join(engine.cloud.dataFolder, `${stackName}.yaml`);
  writeFileSync(file, JSON.stringify({ config }));
  const words = ["preview", "--stack", stackName, "--config-file", file, "--non-interactive", "--color", "never"];
  const options = {
    cwd: join(__dirname, "../.."),
    env: engine.cloud.env,
    maxBuffer: 64 << 20,
    timeout: commandSecondsMax * 1000,
  };
  return promisify(execFile)("pulumi", words, options).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ""}${error.stderr ?? ""}`,
  );
}

export interface StateResource {
  urn: string;
  type: string;
  id: string;
  custom: boolean;
  protect?: boolean;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** What the engine sent and received, from its state. */
export async function stateOf(stack: Stack): Promise<StateResource[]> {
  const exported = (await stack.exportStack()).deployment as { resources?: StateResource[] };
  return (exported.resources ?? []).map((resource) => ({
    ...resource,
    inputs: resource.inputs ?? {},
    outputs: resource.outputs ?? {},
  }));
}

export const nameOf = (urn: string): string => urn.split("::").pop() ?? "";

/** What an operation did to each resource: the engine's steps, by name, without "same". */
export interface Step {
  op: string;
  name: string;
  type: string;
  paths: string[];
  /** Outputs that differ; the provider's own diff omits inputs that it never reads back. */
  outputs: string[];
}

export interface Watched {
  onEvent(event: EngineEvent): void;
  steps: Step[];
  diagnostics: string[];
}

/**
 * Collects the steps of an operation: a plan reports them in `resourcePreEvent`, a refresh in `resOutputsEvent`, after
 * it has read.
 */
export function watch(kind: "plan" | "refresh"): Watched {
  const watched: Watched = {
    steps: [],
    diagnostics: [],
    onEvent(event) {
      if (event.diagnosticEvent && ["error", "warning"].includes(event.diagnosticEvent.severity))
        watched.diagnostics.push(event.diagnosticEvent.message);
      const metadata = kind === "refresh" ? event.resOutputsEvent?.metadata : event.resourcePreEvent?.metadata;
      if (!metadata || ["same", "read", "refresh"].includes(metadata.op)) return;
      watched.steps.push({
        op: metadata.op,
        name: nameOf(metadata.urn),
        type: metadata.type,
        paths: Object.keys(metadata.detailedDiff ?? {}).sort(),
        outputs: differing(metadata.old?.outputs, metadata.new?.outputs),
      });
    },
  };
  return watched;
}

function differing(old: Record<string, unknown> = {}, now: Record<string, unknown> = {}): string[] {
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .sort();
}

/** Calls our own routes of the embedded cloud, which act as a person in the AWS console would. */
export async function callCloud(cloud: Cloud, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await callOwn(cloud, method, `/shipshape/${path}`, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/**
 * Changes resources outside the engine, by their names in a state, and returns the changed properties that a refresh
 * then does not show.
 */
export async function changedUnseen(
  cloud: Cloud,
  stack: Stack,
  changes: Record<string, Record<string, unknown>>,
  seenAs: Record<string, string> = {},
) {
  const state = await stateOf(stack);
  for (const [name, properties] of Object.entries(changes)) {
    const found = state.find((resource) => nameOf(resource.urn) === name)!;
    // A topic policy's ARN is its topic's, an input; it has none of its own.
    const arn = "arn" in found.inputs ? undefined : found.outputs.arn;
    await callCloud(cloud, "POST", "change", { arn: arn ?? `${found.type}::${found.id}`, properties });
  }
  const watched = watch("refresh");
  await stack.previewRefresh({ onEvent: watched.onEvent });
  const seen = Object.fromEntries(
    watched.steps.filter((step) => step.paths.length > 0).map((step) => [step.name, step]),
  );
  const unseen = Object.entries(changes).flatMap(([name, properties]) => {
    const heads = new Set([
      ...(seen[name]?.paths ?? []).map((path) => path.split(/[.[]/)[0]),
      ...(seen[name]?.outputs ?? []),
    ]);
    const missing = Object.keys(properties).filter((path) => {
      const property = path.split(".")[0]!;
      return seen[name]?.op !== "update" || !heads.has(seenAs[property] ?? property);
    });
    return missing.map((property) => `${name}.${property}`);
  });
  return { unseen, seen };
}

/** The recorded resources of a service; the platform's resources and the default network belong to none. */
export async function recordedOf(cloud: Cloud, service: string): Promise<string[]> {
  const { resources } = (await callCloud(cloud, "GET", "recorded")) as {
    resources: { id: string; properties: { tags?: Record<string, string> } }[];
  };
  return resources
    .filter((one) => one.properties.tags?.service === service)
    .map((one) => one.id)
    .sort();
}
