/**
 * What the backend knows about a stack. It starts one engine and uses no Automation API, which takes a second to load.
 */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { whenWritten } from "./half-written";
import { stackStateBytesMax } from "./limits";

export interface StackContext {
  /** Where workspaces are created, one folder per stack; they contain nothing of value. */
  workspacesFolder: string;
  /**
   * What the engine runs with: backend, passphrase, PULUMI_HOME, the cloud's endpoint; and, as `undefined`, what it
   * must not inherit.
   */
  environment: Readonly<Record<string, string | undefined>>;
  /** The stack's project. @default "shipshape" */
  project?: string;
}

export const PROJECT = "shipshape";

export const projectSettings = ({ project: name = PROJECT }: StackContext, workDir: string) => ({
  name,
  runtime: "nodejs" as const,
  main: workDir,
});

export interface KnownStack {
  /** Secrets come in plain text. */
  outputs: Record<string, unknown>;
  /** Its secrets provider if that is a key service; undefined if it is a passphrase or the backend itself. */
  secretsProvider: string | undefined;
}

/** A stack that others manage; undefined if there is none of that name. */
export async function readStack(s: StackContext, stackName: string): Promise<KnownStack | undefined> {
  const state = await stateOf(s, stackName);
  if (!state) return undefined;
  const outputs = state.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  const { type, state: provider } = state.secrets_providers ?? {};
  return {
    outputs: inPlainText(outputs) as Record<string, unknown>,
    secretsProvider: type === "cloud" ? provider?.url : undefined,
  };
}

export const stackExists = async (s: StackContext, stackName: string): Promise<boolean> =>
  (await stateOf(s, stackName)) !== undefined;

async function stateOf(s: StackContext, stackName: string): Promise<State | undefined> {
  const state = await exportState(s, stackName);
  if (!state) await rm(folderOf(s, stackName), { recursive: true, force: true });
  return state;
}

/** The parts of a stack's state that are read here. */
export interface State {
  resources?: { urn?: string; type?: string; id?: string; outputs?: Record<string, unknown> }[];
  pending_operations?: unknown[];
  secrets_providers?: { type?: string; state?: { url?: string } };
}

/** Undefined if there is no stack of that name. Does not wait for locks. */
export async function exportState(s: StackContext, stackName: string): Promise<State | undefined> {
  try {
    const stdout = await engine(s, stackName, ["stack", "export", "--show-secrets"]);
    return (JSON.parse(stdout) as { deployment?: State }).deployment ?? {};
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    if (/no stack named.*found/.test(stderr)) return undefined;
    throw error;
  }
}

/** A stack's state as the engine imports it: its secrets are encrypted. */
export const exportedText = (s: StackContext, stackName: string): Promise<string> =>
  engine(s, stackName, ["stack", "export"]);

/** Takes the place of its state. An error of a locked stack is called ConcurrentUpdateError, as the Automation API's. */
export async function importText(s: StackContext, stackName: string, text: string): Promise<void> {
  const file = join(folderOf(s, stackName), "adopted-state.json");
  await writeFile(file, text);
  try {
    await engine(s, stackName, ["stack", "import", "--file", file]);
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    if (/currently locked|update is currently in progress/.test(stderr))
      throw Object.assign(new Error(stderr), { name: "ConcurrentUpdateError" });
    throw error;
  } finally {
    await rm(file, { force: true });
  }
}

/** Resolves to what one command about a stack prints. */
async function engine(s: StackContext, stackName: string, command: string[]): Promise<string> {
  const cwd = folderOf(s, stackName);
  await mkdir(cwd, { recursive: true });
  // JSON is YAML.
  await writeFile(join(cwd, "Pulumi.yaml"), JSON.stringify(projectSettings(s, cwd)));
  const words = [...command, "--stack", stackName, "--non-interactive"];
  const settings = { cwd, env: { ...s.environment, PULUMI_AUTOMATION_API: "true" }, maxBuffer: stackStateBytesMax };
  const { stdout } = await whenWritten(() => promisify(execFile)("pulumi", words, settings));
  return stdout;
}

/** A state and its export have a secret as an object with this key; in plain text its value is JSON. */
export const SECRET = "4dabf18193072939515e22adb298388d";

function inPlainText(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inPlainText);
  const object = value as Record<string, unknown>;
  if (SECRET in object && typeof object["plaintext"] === "string") return inPlainText(JSON.parse(object["plaintext"]));
  return Object.fromEntries(Object.entries(object).map(([name, inner]) => [name, inPlainText(inner)]));
}

export const folderOf = ({ workspacesFolder, project = PROJECT }: StackContext, stackName: string) =>
  join(workspacesFolder, ...(project === PROJECT ? [] : [project]), stackName);
