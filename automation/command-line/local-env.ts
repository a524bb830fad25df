import { type Command, Option } from "commander";
import { type Shell, shells } from "../settings";
import type { CommandContext } from "./command-context";
import { readEngine } from "./engine-record";
import { requireLocalCloud } from "./local-cloud";
import { localEnvironment, misleadingSettings } from "./local-environment";

export function addEnv(local: Command, context: CommandContext): void {
  const { settings, terminal } = context;
  local
    .command("env")
    .description("print the environment in which aws, pulumi and the AWS SDK use the embedded cloud")
    .addOption(new Option("--shell <shell>", "the shell to write for").choices([...shells]).default(settings.shell))
    .option("--json", "print it as JSON")
    .addHelpText("after", '\nExamples:\n  eval "$(npx shipshape local env)"                                    # bash, zsh\n  npx shipshape local env --shell fish | source\n  npx shipshape local env --shell powershell | Out-String | Invoke-Expression')
    .action(async (options: { shell: Shell; json?: boolean }) => {
      const { dataFolder, inherited } = context.settings;
      const { url } = await requireLocalCloud(dataFolder);
      const set = localEnvironment({ url, dataFolder, engineFolder: (await readEngine(dataFolder))?.folder }, inherited);
      if (options.json) return terminal.say(JSON.stringify(set, undefined, 2));
      for (const line of shellLines(options.shell, set, misleadingSettings(inherited))) terminal.say(line);
    });
}

/** The statements that set and unset these names in a shell, quoted so that no value is ever interpreted. */
export function shellLines(shell: Shell, set: Record<string, string>, unset: string[]): string[] {
  const { assign, remove } = syntax[shell];
  return [...unset.map(remove), ...Object.entries(set).map(([name, value]) => assign(name, value))];
}

const syntax: Record<Shell, { assign(name: string, value: string): string; remove(name: string): string }> = {
  sh: {
    assign: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    remove: (name) => `unset ${name}`,
  },
  fish: {
    assign: (name, value) => `set -gx ${name} ${(name === "PATH" ? value.split(":") : [value]).map((part) => `'${part.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`).join(" ")}`,
    remove: (name) => `set -e ${name}`,
  },
  powershell: {
    assign: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    remove: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
};
