import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCommand } from "../../../automation/command-line/main";
import { readSettings } from "../../../automation/settings";
import { recordedTerminal } from "../command-line/recorded-terminal";

const checkout = join(__dirname, "../../..");

/** A temporary folder for a test file, and functions for its files. */
export function folderOf(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `shipshape-${name}-`));
  const at = (file: string) => join(folder, file);
  const put = (file: string, content: unknown): string => {
    mkdirSync(join(at(file), ".."), { recursive: true });
    writeFileSync(
      at(file),
      typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content, undefined, 2),
    );
    return at(file);
  };
  return { at, put, remove: () => rmSync(folder, { recursive: true }) };
}

/** Runs the command as a person would type it, in this process. */
export async function run(...words: string[]): Promise<{ exitCode: number; out: string; progress: string }> {
  const { terminal, results, messages } = recordedTerminal();
  process.exitCode = undefined;
  try {
    await buildCommand({ settings: readSettings(checkout), terminal }).parseAsync(words, { from: "user" });
    return {
      exitCode: Number(process.exitCode ?? 0),
      out: results.join("\n"),
      progress: messages.join("\n"),
    };
  } finally {
    process.exitCode = undefined;
  }
}

/** `guard`, without waivers unless a folder is given. */
export const guard = (...words: string[]) =>
  run("guard", ...(words.includes("--waivers") ? [] : ["--waivers", join(tmpdir(), "shipshape-no-waivers")]), ...words);

/** Its JSON output. */
export async function report(...words: string[]) {
  const { exitCode, out } = await guard(...words, "--json");
  const parsed = JSON.parse(out) as {
    findings: { rule: string; kind: string; level: string; message: string; name: string; property?: string }[];
    left: string[];
    place?: string;
  };
  return {
    exitCode,
    ...parsed,
    found: parsed.findings
      .map(({ rule, kind, property }) => `${kind} ${rule}${property === undefined ? "" : ` ${property}`}`)
      .sort(),
  };
}
