import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Section {
  title: string;
  blocks: Block[];
}
interface Block {
  language: string;
  text: string;
}

/** The sections of a page that have something to do. */
export const sectionsOf = (page: string): Section[] =>
  readFileSync(join(__dirname, "..", page), "utf8")
    .split(/^## /m)
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf("\n")),
      blocks: [...text.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(([, language = "", block = ""]) => ({
        language,
        text: block,
      })),
    }))
    .filter(({ blocks }) => blocks.length > 0);

/** Someone who does in a folder what a page says, in one shell: its variables last from block to block. */
export class Follower {
  constructor(
    readonly folder: string,
    public env: NodeJS.ProcessEnv,
    /** What is installed from a file, since it is not published yet. */
    private readonly packages: Record<string, string>,
  ) {}

  /** Returns what was printed. */
  async follow({ blocks }: Pick<Section, "blocks">): Promise<string> {
    let printed = "";
    for (const { language, text } of blocks)
      if (language === "sh") printed += await this.type(text);
      else if (language === "diff") this.change(text);
      else this.write(text);
    return printed;
  }

  async type(commands: string): Promise<string> {
    const left = join(this.folder, ".environment");
    const script = `set -eo pipefail\n${this.fromFiles(commands)}\nenv -0 > "${left}"`;
    const options = { cwd: this.folder, env: this.env, maxBuffer: 64 << 20 };
    const running = promisify(execFile)("bash", ["-c", script], options);
    running.child.stdin?.end();
    const { stdout, stderr } = await running.catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${commands}\n${error.stdout?.slice(-4000)}\n${error.stderr?.slice(-4000)}`);
    });
    const variables = readFileSync(left, "utf8").split("\0").filter(Boolean);
    this.env = Object.fromEntries(
      variables.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]),
    );
    return stdout + stderr;
  }

  private fromFiles(commands: string): string {
    return commands.replace(/^npm install .*$/gm, (line) =>
      line
        .split(" ")
        .map((word) => this.packages[word] ?? word)
        .join(" "),
    );
  }

  /** The first line of a file names it. */
  private write(text: string): void {
    const [, name] = /^(?:\/\/|#) (\S+)\n/.exec(text) ?? [];
    if (name === undefined) throw new Error(`which file is this?\n${text}`);
    writeFileSync(join(this.folder, name), text);
  }

  private change(diff: string): void {
    const lines = (sign: string) =>
      diff
        .split("\n")
        .filter((line) => line.startsWith(sign))
        .map((line) => line.slice(1))
        .join("\n");
    const program = join(this.folder, "index.ts");
    const parts = readFileSync(program, "utf8").split(lines("-"));
    if (parts.length !== 2) throw new Error(`index.ts has ${parts.length - 1} of these lines, not one:\n${diff}`);
    writeFileSync(program, parts.join(lines("+")));
  }
}
