import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Scene } from "./chapter";
import { DemoError } from "./errors";

export interface CommandOptions {
  /** Added to the environment. */
  environment?: Record<string, string>;
  /** @default [0] */
  expectedCodes?: number[];
}

/**
 * Runs the command as a user would, shows its progress, and returns its output. Fails with `demo-command-failed` if it
 * ends with another exit code than expected.
 */
export async function shipshape(
  { stage, settings, environment }: Scene,
  chapter: string,
  words: string[],
  options: CommandOptions = {},
): Promise<string[]> {
  const launcher = join(settings.packageFolder, "automation", "command-line", "shipshape.cjs");
  const child = spawn(process.execPath, [launcher, ...words], {
    cwd: settings.packageFolder,
    env: {
      ...environment,
      SHIPSHAPE_DATA_FOLDER: settings.dataFolder,
      COLUMNS: String(stage.resultColumns),
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) =>
    child.once("error", reject).once("close", (code) => resolve(code ?? 1)),
  );
  const output: string[] = [];
  const relayed = (async () => {
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.startsWith("  …")) stage.progress(line.trim());
      else if (line !== "") {
        stage.clearProgress();
        stage.result(line);
      }
    }
  })();
  for await (const line of createInterface({ input: child.stdout })) output.push(line);
  await relayed;
  const code = await ended;
  stage.clearProgress();
  if ((options.expectedCodes ?? [0]).includes(code)) return output;
  stage.result(output);
  throw new DemoError("demo-command-failed", {
    command: `shipshape ${words.join(" ")}`,
    code,
    logFile: "above",
    chapter,
  });
}
