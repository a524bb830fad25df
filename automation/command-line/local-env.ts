import type { Shell } from "../settings";
import type { CommandContext } from "./command-context";
import { accessKeyOf, requireLocalCloud } from "./local-cloud";
import { localEnvironment, localNames, misleadingSettings } from "./local-environment";
import { readStartRecord } from "./start-record";

export interface EnvironmentOptions {
  shell: Shell;
  as?: string;
  account?: string;
  unset?: boolean;
  json?: boolean;
}

export async function printEnvironment(
  options: EnvironmentOptions,
  { settings, terminal }: CommandContext,
): Promise<void> {
  if (options.unset) {
    if (options.json) return terminal.json("local env", Object.fromEntries(localNames().map((name) => [name, null])));
    for (const line of shellLines(options.shell, {}, localNames())) terminal.exact(line);
    return;
  }
  const { dataFolder, inherited } = settings;
  const { url, controlPlaneUrl, passphrase, accessKey: ownKey } = await requireLocalCloud(dataFolder);
  const accessKey =
    options.as === undefined && options.account === undefined ? ownKey : accessKeyOf(dataFolder, options);
  const engineFolder = (await readStartRecord(dataFolder))?.engine.folder;
  const { PATH, ...set } = localEnvironment(
    { url, dataFolder, accessKey, passphrase, controlPlaneUrl, engineFolder },
    inherited,
  );
  if (options.json) return terminal.json("local env", { ...set, ...(PATH && { PATH }) });
  for (const line of shellLines(options.shell, set, misleadingSettings(inherited), PATH && engineFolder))
    terminal.exact(line);
}

/**
 * The statements that set and unset these names in a shell, quoted so that no value is ever interpreted. The engine's
 * folder is put before the shell's own PATH, which is not the one we see: `npx` and `npm run` add folders to ours.
 */
export function shellLines(shell: Shell, set: Record<string, string>, unset: string[], firstOnPath?: string): string[] {
  const { quote, assign, remove, prepend } = syntax[shell];
  const lines = [...unset.map(remove), ...Object.entries(set).map(([name, value]) => assign(name, quote(value)))];
  return firstOnPath === undefined ? lines : [...lines, prepend(quote(firstOnPath))];
}

interface ShellSyntax {
  quote(value: string): string;
  assign(name: string, quoted: string): string;
  remove(name: string): string;
  prepend(quoted: string): string;
}

const syntax: Record<Shell, ShellSyntax> = {
  sh: {
    quote: (value) => `'${value.replaceAll("'", "'\\''")}'`,
    assign: (name, quoted) => `export ${name}=${quoted}`,
    remove: (name) => `unset ${name}`,
    prepend: (quoted) => `export PATH=${quoted}:"$PATH"`,
  },
  fish: {
    quote: (value) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
    assign: (name, quoted) => `set -gx ${name} ${quoted}`,
    remove: (name) => `set -e ${name}`,
    prepend: (quoted) => `set -gx PATH ${quoted} $PATH`,
  },
  powershell: {
    quote: (value) => `'${value.replaceAll("'", "''")}'`,
    assign: (name, quoted) => `$env:${name} = ${quoted}`,
    remove: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
    prepend: (quoted) => `$env:PATH = ${quoted} + [IO.Path]::PathSeparator + $env:PATH`,
  },
};
