import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { LocalWorkspace, type EngineEvent, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import type { PropertyValues } from "../../../localcloud/plugins/adapter";
import { installPlugins } from "../../../localcloud/plugins/bundle";
import { ensureEngine } from "../../../localcloud/toolchain/engine";

/** A stack of an inline program on the real engine and our plugins, with state in its own folder. */
export interface PluginStack {
  stack: Stack;
  folder: string;
  /** Runs one operation of the program and reports what the engine did, resource by resource. */
  up(program: PulumiFn): Promise<Outcome>;
  preview(program: PulumiFn): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  previewRefresh(): Promise<Outcome>;
  destroy(): Promise<Outcome>;
  /** Every call the engine made to the plugins in `operation`: method and request, in order. */
  recordCalls(operation: () => Promise<unknown>): Promise<RecordedCall[]>;
  remove(): void;
}

export interface Outcome {
  /** Resource name → operation, except for unchanged resources. */
  changes: Record<string, string>;
  /** Resource name → every operation on it, in order; a replacement is several. */
  steps: Record<string, string[]>;
  /** Resource name → path → kind. */
  diffs: Record<string, Record<string, string>>;
  /** Resource name → replaced properties. */
  replaced: Record<string, string[]>;
  /** New outputs by resource name. */
  outputs: Record<string, PropertyValues>;
  failed: boolean;
  diagnostics: string;
}

export interface RecordedCall {
  method: string;
  request: PropertyValues;
  response: PropertyValues;
}

export async function createPluginStack(project: string): Promise<PluginStack> {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-plugins-"));
  chmodSync(folder, 0o755);
  const engine = await ensureEngine(() => {});
  const pulumiHome = join(folder, "pulumi-home");
  await installPlugins(pulumiHome);
  // The Automation API looks for the engine on the PATH of its own process.
  process.env.PATH = [engine.folder, process.env.PATH].join(delimiter);
  const environment = {
    PATH: process.env.PATH,
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "test", projectName: project, program: async () => {} },
    {
      workDir: folder,
      envVars: environment,
      projectSettings: { name: project, runtime: "nodejs", backend: { url: `file://${folder}` } },
    },
  );

  const run = async (operation: (onEvent: (event: EngineEvent) => void) => Promise<unknown>): Promise<Outcome> => {
    const events: EngineEvent[] = [];
    const failed = await operation((event) => events.push(event)).then(
      () => false,
      (error: unknown) => (events.length > 0 ? true : Promise.reject(error)),
    );
    return { ...describeEvents(events), failed };
  };

  return {
    stack,
    folder,
    up: (program) => run((onEvent) => stack.up({ program, onEvent })),
    preview: (program) => run((onEvent) => stack.preview({ program, onEvent })),
    refresh: () => run((onEvent) => stack.refresh({ onEvent })),
    previewRefresh: () => run((onEvent) => stack.previewRefresh({ onEvent })),
    destroy: () => run((onEvent) => stack.destroy({ onEvent })),
    async recordCalls(operation) {
      const file = join(folder, "calls.json");
      rmSync(file, { force: true });
      Object.assign(stack.workspace.envVars, { PULUMI_DEBUG_GRPC: file });
      try {
        await operation();
      } finally {
        delete stack.workspace.envVars.PULUMI_DEBUG_GRPC;
      }
      return readCalls(file);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readCalls(file: string): RecordedCall[] {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  // Each call is logged when it starts and again when it returns.
  const answered = lines.filter(
    (line) => line.method.startsWith("/pulumirpc.ResourceProvider/") && line.progress !== "request_started",
  );
  return answered.map(({ method, request, response }) => ({ method: method.split("/").pop(), request, response }));
}

function describeEvents(events: EngineEvent[]): Omit<Outcome, "failed"> {
  const outcome: Omit<Outcome, "failed"> = {
    changes: {},
    steps: {},
    diffs: {},
    replaced: {},
    outputs: {},
    diagnostics: "",
  };
  for (const event of events) {
    const step = event.resOutputsEvent ?? event.resourcePreEvent;
    if (event.diagnosticEvent && event.diagnosticEvent.severity === "error")
      outcome.diagnostics += event.diagnosticEvent.message;
    if (!step || step.metadata.type.startsWith("pulumi:pulumi:")) continue;
    const { urn, op, detailedDiff, keys, new: after } = step.metadata;
    const name = urn.split("::").pop() ?? urn;
    if (event.resourcePreEvent && op !== "same") (outcome.steps[name] ??= []).push(op);
    // A replacement is several steps; "replace" represents them all.
    if (op !== "same" && op !== "refresh" && outcome.changes[name] !== "replace") outcome.changes[name] = op;
    if (detailedDiff && Object.keys(detailedDiff).length > 0)
      outcome.diffs[name] = Object.fromEntries(
        Object.entries(detailedDiff).map(([path, diff]) => [path, diff.diffKind as string]),
      );
    if (op === "replace" && keys) outcome.replaced[name] = keys;
    if (after?.outputs) outcome.outputs[name] = after.outputs;
  }
  return outcome;
}
