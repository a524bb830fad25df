/**
 * The only file that imports the Automation API: `up` and `destroy` that can be repeated after a SIGKILL.
 *
 * `pulumi up` is not idempotent. A killed engine leaves a lock and a pending create, and the cloud may finish what was
 * begun. So before each `up`: a lock whose owner is proven dead is cancelled, the cloud is asked what it has once
 * nothing is in flight there, the state is refreshed (it counts a refused update as done) and pending creates are
 * cleared, and the program imports what the cloud has but the state lacks, by the provider's id. The provider's
 * "already exists" never counts as success.
 */
import { readFileSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  ConcurrentUpdateError,
  LocalWorkspace,
  StackNotFoundError,
  type OutputMap,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { reasonOf, ShipshapeError } from "../errors";
import { stackLockPollMilliseconds, stackLockWaitSeconds } from "./limits";

export interface StackContext {
  /** Where workspaces are created, one folder per stack; they contain nothing of value. */
  workspacesFolder: string;
  /**
   * What the engine runs with: backend, passphrase, PULUMI_HOME, the cloud's endpoint; and, as `undefined`, what it
   * must not inherit.
   */
  environment: Readonly<Record<string, string | undefined>>;
}

export interface StackProgram {
  stackName: string;
  /**
   * What encrypts the stack's secrets, in the format of `pulumi stack init --secrets-provider`. @default the backend's
   * own, or a passphrase
   */
  secretsProvider?: string | undefined;
  /** The program; `adopt` has what the cloud has but the state lacks, name → id: the program must import it. */
  program(adopt: ReadonlyMap<string, string>): PulumiFn;
  /** Waits until the cloud has nothing in flight for this stack, then returns what it has, name → id. */
  settleCloud(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

const PROJECT = "shipshape";

/** Brings the stack up, whatever an earlier attempt left behind. Errors: stack-locked, stack-failed. */
export async function bringUp(s: StackContext, p: StackProgram, signal: AbortSignal): Promise<OutputMap> {
  return translated(p.stackName, async () => {
    const place = { projectName: PROJECT, stackName: p.stackName, program: nothing };
    const settings = await workspace(s, p.stackName, p.secretsProvider);
    // An engine killed while creating the stack leaves a lock but no stack, so `cancel` does not know it.
    const unmade = { name: p.stackName, cancel: removeLockFile };
    const stack = await whenUnlocked(unmade, signal, () => LocalWorkspace.createOrSelectStack(place, settings));
    // Repeat everything once a lock is gone: until then its owner may have changed cloud and state.
    return whenUnlocked(stack, signal, async () => {
      const inCloud = await p.settleCloud(signal);
      const inState = await namesInState(stack, signal, "refresh");
      const adopt = new Map([...inCloud].filter(([name]) => !inState.has(name)));
      return (await stack.up({ ...engineOptions(signal), program: p.program(adopt) })).outputs;
    });
  });
}

/** Destroys the stack and removes it. It is not an error if nothing is left. */
export async function removeStack(
  s: StackContext,
  { stackName, secretsProvider, settleCloud }: Omit<StackProgram, "program">,
  signal: AbortSignal,
): Promise<void> {
  await translated(stackName, async () => {
    const stack = await findStack(s, stackName, secretsProvider);
    if (!stack) return;
    await whenUnlocked(stack, signal, async () => {
      await settleCloud(signal);
      const inState = await namesInState(stack, signal);
      if (inState.size > 0) await stack.destroy({ ...engineOptions(signal), runProgram: false });
      await stack.workspace.removeStack(stackName);
    });
  });
  await rm(folderOf(s, stackName), { recursive: true, force: true });
  await removeTraces(s.environment, stackName);
}

/**
 * A folder backend keeps backups, the history and an empty lock folder of a removed stack, and the engine keeps its
 * logs. Those of a throwaway describe a copy of real data; in a bucket, versioning and lifecycle rules decide.
 */
async function removeTraces(
  { PULUMI_BACKEND_URL: backend = "", PULUMI_HOME: home }: StackContext["environment"],
  stackName: string,
): Promise<void> {
  if (home !== undefined) await removeBeginningWith(join(home, "logs"), `organization+${PROJECT}+${stackName}-`);
  if (!backend.startsWith("file://")) return;
  // Pulumi treats it as a URL: a percent sign or a hash in a folder's name is escaped.
  const state = join(decodeURIComponent(backend.slice("file://".length)), ".pulumi");
  for (const kind of ["history", "backups", "locks/organization"])
    await rm(join(state, kind, PROJECT, stackName), { recursive: true, force: true });
  await removeBeginningWith(join(state, "stacks", PROJECT), `${stackName}.json`);
}

async function removeBeginningWith(folder: string, beginning: string): Promise<void> {
  const names = await readdir(folder).catch(() => []); // there is none yet
  for (const name of names) if (name.startsWith(beginning)) await rm(join(folder, name), { force: true });
}

export interface KnownStack {
  /** Secrets come in plain text. */
  outputs: Record<string, unknown>;
  /** Its secrets provider if that is a key service; undefined if it is a passphrase or the backend itself. */
  secretsProvider: string | undefined;
}

/** A stack that others manage; undefined if there is none of that name. */
export async function readStack(s: StackContext, stackName: string): Promise<KnownStack | undefined> {
  const stack = await findStack(s, stackName);
  if (!stack) return undefined;
  const outputs = Object.fromEntries(Object.entries(await stack.outputs()).map(([k, o]) => [k, o.value as unknown]));
  const { deployment } = (await stack.exportStack()) as {
    deployment?: { secrets_providers?: { type?: string; state?: { url?: string } } };
  };
  const { type, state } = deployment?.secrets_providers ?? {};
  return { outputs, secretsProvider: type === "cloud" ? state?.url : undefined };
}

export const stackExists = async (s: StackContext, stackName: string): Promise<boolean> =>
  (await findStack(s, stackName)) !== undefined;

async function findStack(s: StackContext, stackName: string, secretsProvider?: string): Promise<Stack | undefined> {
  try {
    return await LocalWorkspace.selectStack(
      { projectName: PROJECT, stackName, program: nothing },
      await workspace(s, stackName, secretsProvider),
    );
  } catch (error) {
    if (!(error instanceof StackNotFoundError)) throw error;
    await rm(folderOf(s, stackName), { recursive: true, force: true });
    return undefined;
  }
}

const nothing: PulumiFn = async () => {};
const folderOf = (s: StackContext, stackName: string) => join(s.workspacesFolder, stackName);

async function workspace(s: StackContext, stackName: string, secretsProvider?: string) {
  const workDir = folderOf(s, stackName);
  await mkdir(workDir, { recursive: true });
  // The engine inherits this process's environment, and only `undefined` unsets a variable, which the type does not
  // say.
  const envVars = { ...s.environment, PULUMI_RUN_PROGRAM: "false" } as Record<string, string>;
  return {
    workDir,
    envVars,
    projectSettings: { name: PROJECT, runtime: "nodejs" as const, main: workDir },
    // In the stack's settings too: another worker may continue, without the file that the first one wrote.
    ...(secretsProvider && { secretsProvider, stackSettings: { [stackName]: { secretsProvider } } }),
  };
}

const engineOptions = (signal: AbortSignal) => ({ signal, suppressProgress: true, color: "never" as const });

/**
 * The names (RDS identifiers, ids) of what the state has, after clearing from it what a killed engine left half-done.
 */
async function namesInState(stack: Stack, signal: AbortSignal, refresh?: "refresh"): Promise<Set<string>> {
  let { deployment } = await stack.exportStack();
  if (deployment?.pending_operations?.length > 0 || (refresh && deployment?.resources?.length > 0)) {
    await stack.refresh({ ...engineOptions(signal), clearPendingCreates: true });
    ({ deployment } = await stack.exportStack());
  }
  const resources = (deployment?.resources ?? []) as { id?: string; outputs?: { identifier?: string } }[];
  return new Set(
    resources.flatMap((r) => [r.id, r.outputs?.identifier]).filter((n): n is string => typeof n === "string"),
  );
}

/** Runs `work`; on a lock, waits for its owner, or cancels the lock if the owner is proven dead. */
async function whenUnlocked<T>(
  stack: { name: string; cancel(refusal: string): Promise<void> },
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (const endsAt = Date.now() + stackLockWaitSeconds * 1000; ;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConcurrentUpdateError)) throw error;
      const owner = lockOwner(error.message);
      if (owner && isDead(owner)) await stack.cancel(error.message);
      else if (signal.aborted || Date.now() > endsAt)
        throw new ShipshapeError(
          "stack-locked",
          { stack: stack.name, owner: owner ? `process ${owner.pid} on ${owner.host}` : "another process" },
          { cause: error },
        );
      else await new Promise((resolve) => setTimeout(resolve, stackLockPollMilliseconds));
    }
  }
}

/** The engine names the lock's file. A lock in a bucket is left to people: nothing here may delete objects there. */
async function removeLockFile(refusal: string): Promise<void> {
  const [, file] = /(file:\/\/\/\S+?\/\.pulumi\/locks\/\S+?\.json)\S*: created by /.exec(refusal) ?? [];
  if (file === undefined) throw new Error(refusal);
  await rm(fileURLToPath(file), { force: true });
}

interface LockOwner {
  host: string;
  pid: number;
}

/** Self-managed backends name a lock's owner: "created by user@host (pid 123) at …". */
function lockOwner(message: string): LockOwner | undefined {
  const [, host, pid] = /created by [^@\s]+@(\S+) \(pid (\d+)\)/.exec(message) ?? [];
  return host && pid ? { host, pid: Number(pid) } : undefined;
}

/**
 * An owner counts as dead only with proof: it was on this host, and its process is gone or its pid belongs to another
 * program.
 */
function isDead({ host, pid }: LockOwner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  try {
    return !readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("pulumi");
  } catch {
    return false;
  }
}

async function translated<T>(stackName: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShipshapeError) throw error;
    throw new ShipshapeError(
      "stack-failed",
      { stack: stackName, reason: diagnosticsOf(reasonOf(error)) },
      { cause: error },
    );
  }
}

/** The engine's own diagnostics from a command's output: what a human needs first. */
export function diagnosticsOf(output: string): string {
  const lines = output
    .split("\n")
    .filter((l) => /error:/i.test(l))
    .map((l) => l.trim());
  return [...new Set(lines)].slice(0, 5).join("; ") || output.split("\n").slice(0, 3).join(" ");
}
