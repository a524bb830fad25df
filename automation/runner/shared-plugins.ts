/**
 * Provider plugins that stay up: engines attach themselves to one instead of each starting its own, which takes more
 * CPU time than all that it then reads. One process has one configuration, as the engine gives it to whatever attaches,
 * so there is one for each digest of what the state says of its provider.
 *
 * Only for previews: where nothing can be attached, or what is attached fails, the engine starts plugins as always.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { canonicalJson } from "../records";
import type { StateResource } from "./declared-databases";
import { pluginIdleSeconds, pluginsAtOnceMax, pluginStartSeconds, previewsOfPluginMax } from "./limits";
import { SECRET, type StackContext } from "./stack-state";

export interface SharedPlugins {
  /**
   * Does the work with what the engine's environment needs to attach the plugins that these resources have; if that
   * fails, or there is nothing to attach, without.
   */
  attached<T>(
    resources: readonly StateResource[],
    packages: readonly string[],
    signal: AbortSignal,
    work: (environment: Record<string, string>) => Promise<T>,
    hasFailed: (result: T) => boolean,
  ): Promise<T>;
  /** Ends all of them; so does the end of this process, even by SIGKILL. */
  close(): void;
}

interface Plugin {
  port: Promise<number>;
  previews: number;
  underWay: number;
  isRetired: boolean;
  idle: NodeJS.Timeout | undefined;
  end(): void;
}

export function sharedPlugins({ environment }: Pick<StackContext, "environment">): SharedPlugins {
  const plugins = new Map<string, Plugin>();
  /** What did not start once is not waited for again. */
  const unusable = new Set<string>();
  const retire = (key: string, plugin: Plugin) => {
    plugin.isRetired = true;
    if (plugins.get(key) === plugin) plugins.delete(key);
    if (plugin.underWay === 0) plugin.end();
  };
  const take = ({ key, file }: Wanted): Plugin | undefined => {
    const known = plugins.get(key);
    if (known || unusable.has(key)) return known;
    if (plugins.size >= pluginsAtOnceMax) {
      const idle = [...plugins].find(([, { underWay }]) => underWay === 0);
      if (!idle) return undefined;
      retire(...idle);
    }
    const started = start(file, environment);
    plugins.set(key, started);
    started.port.catch(() => {
      unusable.add(key);
      retire(key, started);
    });
    return started;
  };
  const giveBack = (key: string, plugin: Plugin) => {
    plugin.underWay--;
    if (plugin.isRetired || plugin.previews >= previewsOfPluginMax) return retire(key, plugin);
    plugin.idle = setTimeout(() => retire(key, plugin), pluginIdleSeconds * 1000).unref();
  };
  return {
    async attached(resources, packages, signal, work, hasFailed) {
      const wanted = packages.flatMap((name) => wantedOf(name, resources, environment) ?? []);
      const taken = wanted.flatMap((one) => {
        const plugin = take(one);
        if (!plugin) return [];
        plugin.previews++;
        plugin.underWay++;
        clearTimeout(plugin.idle);
        return [{ ...one, plugin }];
      });
      const failed = () => taken.forEach(({ key, plugin }) => retire(key, plugin));
      try {
        if (taken.length > 0) {
          const ports = await Promise.all(taken.map(async ({ name, plugin }) => `${name}:${await plugin.port}`));
          const result = await work({ PULUMI_DEBUG_PROVIDERS: ports.join(",") });
          if (!hasFailed(result)) return result;
          failed();
        }
      } catch (error) {
        // An engine that is interrupted cancels what it is attached to, for others too.
        failed();
        if (signal.aborted) throw error;
      } finally {
        for (const { key, plugin } of taken) giveBack(key, plugin);
      }
      return work({});
    },
    close: () => [...plugins].forEach(([key, plugin]) => retire(key, plugin)),
  };
}

interface Wanted {
  name: string;
  file: string;
  /** The same for the same plugin with the same configuration. */
  key: string;
}

/** Undefined if the engine may need several of one package, or one whose configuration cannot be compared. */
function wantedOf(
  name: string,
  resources: readonly StateResource[],
  { PULUMI_HOME = join(homedir(), ".pulumi") }: StackContext["environment"],
): Wanted | undefined {
  const settings = resources
    .filter(({ type }) => type === `pulumi:providers:${name}`)
    .map(({ inputs = {} }) => canonicalJson({ ...inputs, __internal: undefined }));
  const [only, ...others] = new Set(settings);
  // Secrets are encrypted with another salt in each stack.
  if (only === undefined || others.length > 0 || only.includes(SECRET)) return undefined;
  const { version } = JSON.parse(only) as { version?: unknown };
  const file = join(PULUMI_HOME, "plugins", `resource-${name}-v${String(version)}`, `pulumi-resource-${name}`);
  return existsSync(file)
    ? { name, file, key: createHash("sha256").update(`${file}\n${only}`).digest("hex") }
    : undefined;
}

/**
 * Holds the plugin by a pipe that closes when this process ends, however it ends: the official plugins would outlive it.
 * What it prints first is its port.
 */
const HELD = 'exec 3<&0; "$0" <&3 3<&- & exec >/dev/null; cat <&3; kill -9 $!';

function start(file: string, environment: StackContext["environment"]): Plugin {
  const env: NodeJS.ProcessEnv = { ...environment };
  // In a group of its own: Ctrl-C in a terminal would end the shell, and not what it is to end.
  const child = spawn("sh", ["-c", HELD, file], { env, stdio: ["pipe", "pipe", "ignore"], detached: true });
  const port = new Promise<number>((resolve, reject) => {
    let text = "";
    const failed = () => reject(new Error(`${file} printed no port`));
    const timer = setTimeout(failed, pluginStartSeconds * 1000).unref();
    child.once("error", failed);
    child.stdout.once("close", failed);
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const [, found] = /^(\d+)\r?\n/.exec(text) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(Number(found));
    });
  });
  port.catch(() => undefined);
  // It keeps no command alive that has ended.
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref?(): void }).unref?.();
  child.stdin.on("error", () => undefined);
  return {
    ...{ port, previews: 0, underWay: 0, isRetired: false, idle: undefined },
    end: () => {
      child.stdin.end();
      child.stdout.destroy();
    },
  };
}
