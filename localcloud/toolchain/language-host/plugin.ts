import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { exited, spawnNode } from "./children";
import { optionsEnvironment, runtimeOptions } from "./runtime-options";
import { sdkEntryPoint } from "./sdk";
import { inheritedEnvironment } from "./settings";

/**
 * Runs a policy pack, or a plugin written in TypeScript or JavaScript, and relays its output until it ends. What keeps
 * it from starting is relayed as if the plugin had said it: an error of the call itself the engine would wait out.
 */
export async function runPlugin(
  request: RunPluginRequest,
  send: (part: RunPluginResponse) => void,
  cancelled: AbortSignal,
): Promise<void> {
  const code = await started(request, send, cancelled).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    send(part((answer) => answer.setStderr(Buffer.from(`${reason}\n`))));
    return 1;
  });
  send(part((answer) => answer.setExitcode(code)));
}

async function started(
  request: RunPluginRequest,
  send: (part: RunPluginResponse) => void,
  cancelled: AbortSignal,
): Promise<number> {
  const folder = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const options = runtimeOptions(request.getInfo());
  const child = spawnNode([...options.nodeargs, ...pluginArguments(request, folder)], {
    // A policy pack reads package.json from its working directory, and the engine passes the program's folder.
    cwd: request.getKind() === "analyzer" ? folder : request.getPwd() || folder,
    env: inheritedEnvironment({ ...given(request.getEnvList()), ...optionsEnvironment(options) }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  cancelled.addEventListener("abort", () => child.kill("SIGKILL"));
  child.stdout?.on("data", (bytes: Buffer) => send(part((answer) => answer.setStdout(bytes))));
  child.stderr?.on("data", (bytes: Buffer) => send(part((answer) => answer.setStderr(bytes))));
  const { code } = await exited(child);
  return code ?? 1;
}

function pluginArguments(request: RunPluginRequest, folder: string): string[] {
  // The SDK's two entry points disagree on where the folder goes.
  if (request.getKind() === "analyzer")
    return [sdkEntryPoint(folder, "run-policy-pack"), ...request.getArgsList(), folder];
  return [sdkEntryPoint(folder, "run-plugin"), folder, ...request.getArgsList()];
}

function given(environment: string[]): Record<string, string> {
  return Object.fromEntries(
    environment.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function part(fill: (answer: RunPluginResponse) => void): RunPluginResponse {
  const answer = new RunPluginResponse();
  fill(answer);
  return answer;
}
