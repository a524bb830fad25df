import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { ShipshapeError } from "../automation/errors";
import { DemoError } from "./errors";
import type { Scene } from "./chapter";

/** What a `pulumi` command printed on standard output, and the log with all of its output. */
export interface PulumiOutput {
  lines: string[];
  logFile: string;
  seconds: number;
}

/**
 * Runs the real `pulumi` as a user would, in the environment of the embedded cloud. Its full output goes to a file; the
 * terminal shows the resource in progress. Fails with `demo-command-failed` on any exit code but 0.
 */
export async function runPulumi(scene: Scene, chapter: string, words: string[]): Promise<PulumiOutput> {
  const folder = join(scene.settings.dataFolder, "demo");
  mkdirSync(folder, { recursive: true });
  const logFile = join(
    folder,
    `${[chapter, ...words.filter((word) => /^[a-z]+$/.test(word)).slice(0, 2), stackOf(words)].filter(Boolean).join("-")}.log`,
  );
  const log = createWriteStream(logFile);
  const began = performance.now();
  const child = spawn("pulumi", [...words, "--non-interactive", "--color", "never"], {
    cwd: scene.settings.packageFolder,
    env: scene.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  child.stderr.pipe(log, { end: false });
  const done = new Promise<number>((resolve, reject) =>
    child.once("error", reject).once("close", (code) => resolve(code ?? 1)),
  );
  // Ctrl-C reaches the engine as well, which then shuts down cleanly; exiting before it would leave its lock behind.
  let interrupted = false;
  const wait = () => void (interrupted = true);
  process.on("SIGINT", wait);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      log.write(`${line}\n`);
      const step =
        /^\s*[-+~@ ]+ *((?:aws|postgresql|random|shipshape|pulumi):\S+) (\S+) (creat|updat|delet|refresh|read|import|replac)\w+/.exec(
          line,
        );
      if (step) scene.stage.progress(`${step[3]}ing ${step[1]?.split(":").at(-1)} ${step[2]}`);
    }
    const code = await done;
    if (interrupted) throw new ShipshapeError("interrupted", { action: `\`pulumi ${words.join(" ")}\`` });
    if (code !== 0) throw await failure(scene, chapter, words, code, lines, logFile);
    return { lines, logFile, seconds: (performance.now() - began) / 1000 };
  } finally {
    scene.stage.clearProgress();
    process.removeListener("SIGINT", wait);
    log.end();
  }
}

/** Selects the stack, creating it the first time, and runs `pulumi up`. */
export async function pulumiUp(scene: Scene, chapter: string, stack: string, more: string[] = []): Promise<void> {
  await runPulumi(scene, chapter, ["stack", "select", "--create", "--stack", stack]);
  scene.stage.command(`pulumi up --stack ${stack}${more.map((word) => ` ${word}`).join("")}`);
  const output = await runPulumi(scene, chapter, ["up", "--yes", "--skip-preview", "--stack", stack, ...more]);
  scene.stage.good(
    `${changesIn(output.lines)} in ${output.seconds.toFixed(1)} s (all of it: ${relative(process.cwd(), output.logFile)})`,
  );
}

export async function stackExists(scene: Scene, stack: string): Promise<boolean> {
  const { lines } = await runPulumi(scene, "stacks", ["stack", "ls", "--json"]);
  return (JSON.parse(lines.join("\n")) as { name: string }[]).some(
    ({ name }) => name === stack || name.endsWith(`/${stack}`),
  );
}

/** The engine's own summary: `+ 43 created`, `41 unchanged`. */
function changesIn(lines: string[]): string {
  const from = lines.findIndex((line) => line.startsWith("Resources:"));
  const summary = lines
    .slice(from + 1)
    .map((line) => line.trim())
    .filter((line) => /^\D{0,4}\d+ \w+/.test(line) && !line.startsWith("Duration"));
  return from < 0 || summary.length === 0 ? "done" : summary.join(", ");
}

async function failure(
  scene: Scene,
  chapter: string,
  words: string[],
  code: number,
  lines: string[],
  logFile: string,
): Promise<DemoError> {
  const from = lines.findIndex((line) => line.startsWith("Diagnostics:"));
  scene.stage.clearProgress();
  scene.stage.result(lines.slice(from < 0 ? -12 : from).slice(0, 30));
  return new DemoError("demo-command-failed", { command: `pulumi ${words.join(" ")}`, code, logFile, chapter });
}

const stackOf = (words: string[]): string =>
  words.includes("--stack") ? (words[words.indexOf("--stack") + 1] ?? "") : "";
