// Plugins that engines attach: a small program in place of each, which prints a port and writes down its process id.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StateResource } from "../../../automation/runner/declared-databases";
import { sharedPlugins, type SharedPlugins } from "../../../automation/runner/shared-plugins";
import { temporaryFolder } from "../../cloud";
import { until } from "../../until";

let home: string;
let plugins: SharedPlugins;
beforeEach(() => {
  home = temporaryFolder();
  plugins = sharedPlugins({ environment: { PATH: process.env["PATH"], PULUMI_HOME: home } });
});
afterEach(async () => {
  plugins.close();
  await until("no plugin is left", () => started().every((pid) => !isAlive(pid)));
});

/** Like an official plugin, it does not notice that whatever started it is gone. */
function installed(version: string, prints = "echo 4711"): void {
  const folder = join(home, "plugins", `resource-aws-v${version}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "pulumi-resource-aws");
  writeFileSync(file, `#!/bin/sh\necho $$ >>${join(home, "started")}\n${prints}\nexec sleep 600 </dev/null\n`);
  chmodSync(file, 0o755);
}
function started(): number[] {
  try {
    return readFileSync(join(home, "started"), "utf8").trim().split("\n").map(Number);
  } catch {
    return [];
  }
}
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const provider = (inputs: Record<string, unknown>): StateResource => ({
  urn: "urn:pulumi:s::p::pulumi:providers:aws::default",
  type: "pulumi:providers:aws",
  inputs: { version: "7.48.0", ...inputs },
});
/** What each attempt was given to attach. */
async function attached(state: StateResource[], hasFailed: (given: string | undefined) => boolean = () => false) {
  const given: (string | undefined)[] = [];
  const work = async ({ PULUMI_DEBUG_PROVIDERS: ports }: Record<string, string>) => (given.push(ports), ports);
  await plugins.attached(state, ["aws"], new AbortController().signal, work, hasFailed);
  return given;
}

test("previews with one configuration share one plugin, and those with another have their own", async () => {
  installed("7.48.0");
  const here = [provider({ region: "eu-central-1", __internal: {} })];
  await Promise.all([attached(here), attached(here), attached(here)]);
  expect(await attached(here)).toEqual(["aws:4711"]);
  expect(started()).toHaveLength(1);
  expect(await attached([provider({ region: "eu-west-1" })])).toEqual(["aws:4711"]);
  expect(started()).toHaveLength(2);
});

test.each<[string, StateResource[]]>([
  ["a stack without such a provider", []],
  ["one with two configurations", [provider({ region: "eu-central-1" }), provider({ region: "eu-west-1" })]],
  [
    "one with a secret in it",
    [provider({ token: { "4dabf18193072939515e22adb298388d": "1b47", ciphertext: "v1:x" } })],
  ],
  ["a version that is not installed", [provider({ version: "7.0.0" })]],
])("%s attaches nothing", async (_, state) => {
  installed("7.48.0");
  expect(await attached(state)).toEqual([undefined]);
  expect(started()).toEqual([]);
});

test("what fails with a plugin attached is done without, and that plugin is not used again", async () => {
  installed("7.48.0");
  const state = [provider({})];
  expect(await attached(state, (given) => given !== undefined)).toEqual(["aws:4711", undefined]);
  expect(await attached(state)).toEqual(["aws:4711"]);
  expect(started()).toHaveLength(2);
});

test("a plugin that does not start is not waited for again", async () => {
  installed("7.48.0", "exit 1");
  expect(await attached([provider({})])).toEqual([undefined]);
  expect(await attached([provider({})])).toEqual([undefined]);
  expect(started()).toHaveLength(1);
});

test("a worker that is killed leaves no plugin behind", async () => {
  installed("7.48.0");
  const module = join(__dirname, "../../../automation/runner/shared-plugins");
  const program = `
    const { sharedPlugins } = require(${JSON.stringify(module)});
    const state = ${JSON.stringify([provider({})])};
    const plugins = sharedPlugins({ environment: { PATH: process.env.PATH, PULUMI_HOME: ${JSON.stringify(home)} } });
    void plugins.attached(state, ["aws"], new AbortController().signal, () => new Promise(() => setInterval(() => {}, 1000)));`;
  const worker = spawn(process.execPath, ["--import", "tsx", "--eval", program], { stdio: "ignore" });
  const [pid = 0] = await until("it has started the plugin", () => (started().length > 0 ? started() : undefined));
  expect(isAlive(pid)).toBe(true);
  worker.kill("SIGKILL");
  await until("the plugin has ended, too", () => !isAlive(pid));
});
