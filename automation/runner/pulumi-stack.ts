/**
 * The only file that imports the Automation API: `up` and `destroy` that can be repeated after a SIGKILL.
 *
 * `pulumi up` is not idempotent. A killed engine leaves a lock and a pending create, and the cloud may finish what was
 * begun. So before each `up`: a lock whose owner is proven dead is cancelled, the cloud's resources are read
 * once nothing is in flight there, the state is refreshed (it counts a refused update as done) and pending creates are
 * cleared, and the program imports what the cloud has but the state lacks, by the provider's id. The provider's
 * "already exists" never counts as success.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  LocalWorkspace,
  PulumiCommand,
  Stack,
  StackAlreadyExistsError,
  type EngineEvent,
  type PulumiFn,
} from "@pulumi/pulumi/automation";
import { reasonOf, ShipshapeError } from "../errors";
import { whenWritten } from "./half-written";
import { PlannedSteps, type PlannedStep } from "./planned-steps";
import { removeLockFile, whenUnlocked } from "./stack-lock";
import { removeTraces } from "./stack-traces";
import { diagnosticsOf, unreadable } from "./unreadable-stack";
import { withReplacement, type Replacement } from "./replaced-state";
import {
  exportedText,
  exportState,
  folderOf,
  importText,
  PROJECT,
  projectSettings,
  type StackContext,
  type State,
} from "./stack-state";

export interface StackProgram {
  stackName: string;
  /**
   * What encrypts the stack's secrets, in the format of `pulumi stack init --secrets-provider`.
   * @default the backend's own, or a passphrase
   */
  secretsProvider?: string | undefined;
  /**
   * The text of its `Pulumi.<stack>.yaml`. Such a stack has to exist: `up` would create its database a second time.
   * @default it has no config, and is created
   */
  config?: string;
  /** URNs: only these are refreshed and brought up; of the others, state and cloud stay as they are. @default all */
  targets?: string[];
  /** The program; `adopt` has what the cloud has but the state lacks, name → id: the program must import it. */
  program(adopt: ReadonlyMap<string, string>): PulumiFn;
  /** Waits until the cloud has nothing in flight for this stack, then returns what it has, name → id. */
  settleCloud(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

/** Stacks that this process has created and never brought up: nothing is in them. */
const created = new Set<string>();

/** Creates the stack, which `bringUp` then need not do; for a time when there is nothing else to do. */
export async function createAhead(s: StackContext, p: Omit<StackProgram, "program">): Promise<void> {
  if (await create(await stackOf(s, p))) created.add(p.stackName);
}

/** Brings the stack up, whatever an earlier attempt left behind. Errors: stack-locked, stack-failed. */
export async function bringUp(s: StackContext, p: StackProgram, signal: AbortSignal): Promise<void> {
  await translated(p.stackName, async () => {
    const stack = await stackOf(s, p);
    // An engine killed while creating the stack leaves a lock but no stack, so `cancel` does not know it.
    const cancel = async (refusal: string) =>
      (await exportState(s, p.stackName)) ? stack.cancel() : removeLockFile(refusal);
    if (p.config !== undefined && !(await exportState(s, p.stackName))) throw new Error("there is no such stack");
    let isNew =
      p.config === undefined &&
      (created.delete(p.stackName) || (await whenUnlocked({ name: p.stackName, cancel }, signal, () => create(stack))));
    // Repeat everything once a lock is gone: until then its owner may have changed cloud and state.
    await whenUnlocked(stack, signal, async () => {
      const inCloud = await p.settleCloud(signal);
      const inState = isNew
        ? new Set()
        : await namesInState(s, stack, await exportState(s, p.stackName), signal, { refreshing: p });
      isNew = false;
      const adopt = new Map([...inCloud].filter(([name]) => !inState.has(name)));
      await stack.up({ ...engineOptions(signal), ...targeted(p), program: p.program(adopt) });
    });
  });
}

/** Creates the stack. False if there was one already. */
async function create({ name, workspace }: Stack): Promise<boolean> {
  try {
    await workspace.createStack(name);
    return true;
  } catch (error) {
    if (error instanceof StackAlreadyExistsError) return false;
    throw error;
  }
}

/** Destroys the stack and removes it. It is not an error if nothing is left. */
export async function removeStack(
  s: StackContext,
  p: Omit<StackProgram, "program">,
  signal: AbortSignal,
): Promise<void> {
  await translated(p.stackName, async () => {
    const stack = await stackOf(s, p);
    await whenUnlocked(stack, signal, async () => {
      const state = await exportState(s, p.stackName);
      if (!state) return;
      await p.settleCloud(signal);
      const inState = await namesInState(s, stack, state, signal);
      if (inState.size === 0) return stack.workspace.removeStack(p.stackName);
      // One engine does both. If killed in between, it leaves an empty stack.
      await (await stackOf(s, p, "--remove")).destroy({ ...engineOptions(signal), runProgram: false });
    });
  });
  await rm(folderOf(s, p.stackName), { recursive: true, force: true });
  await removeTraces(s.environment, p.stackName);
}

/**
 * The state follows a name that a switchover has moved to another instance: the provider would follow the resource id,
 * and rename the old one. Safe to repeat. Errors: stack-locked, stack-failed.
 */
export async function adoptReplacement(
  s: StackContext,
  stackName: string,
  replacement: Replacement,
  signal: AbortSignal,
): Promise<void> {
  await translated(stackName, async () => {
    const stack = await stackOf(s, { stackName });
    await whenUnlocked(stack, signal, async () => {
      const adopted = withReplacement(await exportedText(s, stackName), replacement);
      if (adopted !== undefined) await importText(s, stackName, adopted);
    });
  });
}

/** A resource as a refresh read it, beside what the state had. Secrets are "[secret]" in both. */
export interface ReadResource {
  urn: string;
  type: string;
  /** Delete: the cloud no longer has it. */
  op: string;
  old: { inputs: Properties; outputs: Properties };
  new: { inputs: Properties; outputs: Properties };
  /** The paths that the provider says differ. */
  differing: string[];
}
type Properties = Record<string, unknown>;

/**
 * Reads what the cloud has of each resource of a stack, without its program. Writes no state and takes no lock. Those in
 * `exclude`, URNs with wildcards, are not read. Resolves to why the engine failed, if it did: what it had read by then
 * was passed to `take`. Errors: stack-unreadable, if it did not begin.
 */
export async function previewRefresh(
  s: StackContext,
  stackName: string,
  exclude: string[],
  take: (resource: ReadResource) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  let hasBegun = false;
  const onEvent = ({ preludeEvent, resOutputsEvent }: EngineEvent): void => {
    hasBegun ||= preludeEvent !== undefined;
    if (!resOutputsEvent) return;
    const { urn, type, op, old, new: now, detailedDiff } = resOutputsEvent.metadata;
    const values = (state: typeof old) => ({ inputs: state?.inputs ?? {}, outputs: state?.outputs ?? {} });
    take({ urn, type, op, old: values(old), new: values(now), differing: Object.keys(detailedDiff ?? {}) });
  };
  try {
    const stack = await stackOf(s, { stackName });
    await whenWritten(() => stack.previewRefresh({ ...engineOptions(signal), exclude, onEvent }));
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    if (!hasBegun) throw unreadable(`${s.project ?? PROJECT}/${stackName}`, error);
    return diagnosticsOf(reasonOf(error));
  }
}

/**
 * What `bringUp` would do now, after a refresh as there: nothing is changed, and no state is written. Errors:
 * stack-locked, stack-failed.
 */
export async function previewUp(
  s: StackContext,
  p: Required<Pick<StackProgram, "stackName" | "config" | "program" | "targets">>,
  signal: AbortSignal,
): Promise<PlannedStep[]> {
  return translated(p.stackName, async () => {
    const stack = await stackOf(s, p);
    const { resources = [] } = (await exportState(s, p.stackName)) ?? {};
    const planned = new PlannedSteps(new Set(resources.map(({ urn }) => urn)));
    const onEvent = (event: EngineEvent) => planned.take(event);
    const options = engineOptions(AbortSignal.any([signal, planned.hasFailed]));
    try {
      const settings = {
        ...options,
        ...targeted(p),
        refresh: true,
        runProgram: true,
        onEvent,
        program: p.program(new Map()),
      };
      await whenUnlocked(stack, signal, () => stack.preview(settings));
    } catch (error) {
      throw planned.failures.length > 0 && !signal.aborted ? new Error(planned.failures.join("\n")) : error;
    }
    return planned.steps;
  });
}

/**
 * A handle to a stack, whether or not it exists; starts no engine. The Automation API would start one to select the
 * stack, although every command names it, and three after each change to read outputs and history, which are not
 * needed here. Those calls are replaced.
 */
async function stackOf(
  s: StackContext,
  { stackName, secretsProvider, config }: Pick<StackProgram, "stackName" | "secretsProvider" | "config">,
  ...moreArguments: string[]
): Promise<Stack> {
  const workDir = folderOf(s, stackName);
  await mkdir(workDir, { recursive: true });
  if (config !== undefined) await writeFile(join(workDir, `Pulumi.${basename(stackName)}.yaml`), config);
  const workspace = await LocalWorkspace.create({
    workDir,
    // The engine inherits this process's environment, and only `undefined` unsets a variable, which the type does not
    // say. In a shell that confirms everything, the engine refuses to preview a refresh.
    envVars: { ...s.environment, PULUMI_RUN_PROGRAM: "false", PULUMI_SKIP_CONFIRMATIONS: undefined } as never,
    projectSettings: projectSettings(s, workDir),
    // In the stack's settings too: another worker may continue, without the file that the first one wrote.
    ...(secretsProvider && { secretsProvider, stackSettings: { [stackName]: { secretsProvider } } }),
    pulumiCommand: await engineOnPath(),
    program: async () => {},
  });
  workspace.selectStack = () => Promise.resolve();
  workspace.serializeArgsForOp = () => Promise.resolve(moreArguments);
  const stack = await Stack.select(stackName, workspace);
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  return stack;
}

let engine: Promise<PulumiCommand> | undefined;
/** Its version is read once. A missing or outdated engine may have been replaced at the next step. */
const engineOnPath = (): Promise<PulumiCommand> =>
  (engine ??= PulumiCommand.get().catch((error: unknown) => {
    engine = undefined;
    throw error;
  }));

/** The engine takes none for all. */
const targeted = ({ targets = [] }: Pick<StackProgram, "targets">) => (targets.length > 0 ? { target: targets } : {});

const engineOptions = (signal: AbortSignal) => ({ signal, suppressProgress: true, color: "never" as const });

/**
 * The names (RDS identifiers, ids) of what the state has, after clearing from it what a killed engine left half-done.
 */
async function namesInState(
  s: StackContext,
  stack: Stack,
  state: State | undefined,
  signal: AbortSignal,
  { refreshing }: { refreshing?: StackProgram } = {},
): Promise<Set<string>> {
  let { resources = [] } = state ?? {};
  if ((state?.pending_operations ?? []).length > 0 || (refreshing && resources.length > 0)) {
    // A program with config logs in to its database, by a password that may have been rotated since the state was
    // written: only the program finds the new one.
    const runProgram = refreshing?.config !== undefined;
    if (runProgram) stack.workspace.program = refreshing.program(new Map());
    const only = refreshing ? targeted(refreshing) : {};
    await stack.refresh({ ...engineOptions(signal), ...only, clearPendingCreates: true, runProgram });
    ({ resources = [] } = (await exportState(s, stack.name)) ?? {});
  }
  return new Set(
    resources.flatMap((r) => [r.id, r.outputs?.["identifier"]]).filter((n): n is string => typeof n === "string"),
  );
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
