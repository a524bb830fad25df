import { type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import { exited, spawnNode, type Exit } from "./children";
import { optionsEnvironment, runtimeOptions } from "./runtime-options";
import { sdkEntryPoint } from "./sdk";
import { inheritedEnvironment } from "./settings";

/** The SDK's exit code for "it failed, and the user has been told why": nothing more may be printed. */
const failureAlreadyReported = 32;

/** Runs a Pulumi program to its end. */
export async function runProgram(
  request: RunRequest,
  engineAddress: string,
  cancelled: AbortSignal,
): Promise<RunResponse> {
  if (request.getAttachDebugger())
    throw new Error("this Node.js language host cannot attach a debugger; use the official Pulumi download for that");
  const options = runtimeOptions(request.getInfo());
  const entry = sdkEntryPoint(request.getInfo()?.getProgramDirectory() || request.getPwd(), "run");
  const child = spawnNode([...options.nodeargs, entry, ...programArguments(request, engineAddress)], {
    cwd: request.getPwd(), // nodeargs such as "--import tsx" are resolved from here
    env: inheritedEnvironment({ ...optionsEnvironment(options), ...configEnvironment(request) }),
    stdio: ["ignore", "inherit", "inherit"], // the engine shows what the host writes
  });
  cancelled.addEventListener("abort", () => child.kill("SIGKILL"));
  return response(await exited(child));
}

function programArguments(request: RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

function configEnvironment(request: RunRequest): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

function response({ code, signal }: Exit): RunResponse {
  const answer = new RunResponse();
  if (signal !== null) answer.setError(`the program was killed by ${signal}`);
  else if (code === failureAlreadyReported) answer.setBail(true);
  else if (code !== 0) answer.setError(`the program ended with exit code ${code}`);
  return answer;
}
