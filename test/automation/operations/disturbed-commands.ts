import { execFileSync, spawn, type StdioOptions } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cloud } from "../../cloud";

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** `shipshape` on a cloud, with a git repository that has the config of its stacks. */
export class Commands {
  private readonly running = new Set<() => void>();

  private constructor(
    readonly env: Record<string, string>,
    private readonly repository: string,
    private readonly operation: string,
  ) {}

  static in(cloud: Cloud, repository: string, operation: string): Commands {
    const configuration = join(repository, "shipshape.yaml");
    writeFileSync(
      configuration,
      "stacks:\n  - project: shipshape\n    folder: .\n    author: Platform <platform@example.com>\n",
    );
    const env = {
      ...cloud.env,
      HOME: cloud.dataFolder,
      SHIPSHAPE_DATA_FOLDER: cloud.dataFolder,
      SHIPSHAPE_CONFIGURATION_FILE: configuration,
    };
    const commands = new Commands(env, repository, operation);
    for (const words of [["init"], ["add", "."], [...ana, "commit", "--message", "Begin"]]) commands.git(...words);
    return commands;
  }

  /** The same, of another operation. */
  of(operation: string): Commands {
    return new Commands(this.env, this.repository, operation);
  }

  git(...words: string[]): string {
    const stdio: StdioOptions = ["ignore", "pipe", "pipe"];
    const settings = {
      cwd: this.repository,
      env: this.env,
      encoding: "utf8",
      stdio,
    } as const;
    return execFileSync("git", words, settings).trim();
  }

  /** A command whose operation is disturbed at that moment (harness/disturbed.ts). */
  shipshape(moment: string, ...words: string[]): { ended: Promise<Ended>; kill(signal: NodeJS.Signals): void } {
    const program = ["--import", "tsx", join(__dirname, "../harness/killed-command.ts"), this.operation, moment];
    const child = spawn(process.execPath, [...program, ...words], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const kill = (signal: NodeJS.Signals = "SIGKILL") => void child.kill(signal);
    const end = () => kill();
    this.running.add(end);
    const ended = new Promise<Ended>((resolve) =>
      child.once("close", (code, signal) => {
        this.running.delete(end);
        resolve({ code, signal, stdout, stderr });
      }),
    );
    return { ended, kill };
  }

  stop(): void {
    for (const end of this.running) end();
  }
}

const ana = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"];
