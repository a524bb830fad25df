// Programs through the real engine and our language host, in a project laid out like this repository.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { version } from "@pulumi/pulumi/package.json";
import { ensureEngine } from "../../../localcloud/toolchain/engine";
import { installLanguageHost } from "../../../localcloud/toolchain/language-host-install";
import { toolchainSettings } from "../../../localcloud/toolchain/settings";
import { temporaryFolder } from "./temporary-folder";

const project = temporaryFolder();
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  const engine = await ensureEngine(() => undefined);
  // First on PATH, so that ours is tested whatever host the engine includes.
  const host = join(project, "host");
  mkdirSync(host);
  await installLanguageHost(toolchainSettings(), host);
  symlinkSync(join(__dirname, "../../../node_modules"), join(project, "node_modules"));
  for (const folder of ["state", "stacks"]) mkdirSync(join(project, folder));
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "tiny", dependencies: { "@pulumi/pulumi": "*" } }),
  );
  writeFileSync(
    join(project, "Pulumi.yaml"),
    'name: tiny\nmain: stacks/index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: "--import tsx"\n',
  );
  writeFileSync(join(project, "stacks", "index.ts"), program);
  environment = {
    ...process.env,
    PATH: [host, engine.folder, process.env["PATH"]].join(":"),
    PULUMI_HOME: join(project, "home"),
    PULUMI_BACKEND_URL: `file://${join(project, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "tiny",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NO_COLOR: "1",
  };
  await pulumi("stack", "init", "tiny");
});

const program = `
import { renameSync, writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const ending: string = process.env.ENDING ?? "well";
if (ending === "refusing") throw new pulumi.RunError("size: 'huge' is none of small, large");
if (ending === "code") process.exit(3);
if (ending === "signal") process.kill(process.pid, "SIGKILL");
if (ending === "never") {
  writeFileSync("../running", String(process.pid));
  renameSync("../running", "../running.pid");
  setInterval(() => undefined, 1000);
}
export const workingFolder = process.cwd();
export const stack = pulumi.getStack();
export const password = config.getSecret("password");
`;

const policyPack = `
import { PolicyPack, type StackValidationArgs } from "@pulumi/policy";

const validateStack = (stack: StackValidationArgs, report: (message: string) => void) => report("found " + stack.resources.length);
new PolicyPack("tiny", { policies: [{ name: "forbid-stacks", description: "none at all", enforcementLevel: "mandatory", validateStack }] });
`;

test("a program runs in its own folder, with its stack's name and its secrets", async () => {
  await pulumi("config", "set", "--secret", "password", "hunter2");
  await pulumi("up", "--yes", "--skip-preview");
  expect(JSON.parse((await pulumi("stack", "output", "--json")).output)).toEqual({
    workingFolder: join(project, "stacks"),
    stack: "tiny",
    password: "[secret]",
  });
  expect(readFileSync(join(project, "state/.pulumi/stacks/tiny/tiny.json"), "utf8")).not.toContain("hunter2");
});

test.each([
  ["refusing", /error: size: 'huge' is none of small, large\n/, /unhandled|\n {4}at /],
  ["code", /the program ended with exit code 3/, /bail/],
  ["signal", /the program was killed by SIGKILL/, /bail/],
])(
  "a program that ends by %s fails the preview, and only the relevant error is printed",
  async (ending, expected, unexpected) => {
    environment["ENDING"] = ending;
    const { code, output } = await pulumi("preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(expected);
    expect(output).not.toMatch(unexpected);
  },
);

test.each(["SIGINT", "SIGKILL"] as const)("no program outlives an engine that was stopped by %s", async (signal) => {
  environment["ENDING"] = "never";
  const marker = join(project, "running.pid");
  const engine = spawn("pulumi", ["preview", "--non-interactive"], { cwd: project, env: environment, stdio: "ignore" });
  while (!existsSync(marker) && engine.exitCode === null) await sleep(50);
  const running = Number(readFileSync(marker, "utf8"));
  expect(lives(running)).toBe(true);
  engine.kill(signal);
  await ended(engine);
  while (lives(running)) await sleep(50); // the test's own time limit is the bound
  rmSync(marker);
});

test("a policy pack in TypeScript judges a preview", async () => {
  delete environment["ENDING"];
  const pack = join(project, "pack");
  mkdirSync(pack);
  writeFileSync(join(pack, "package.json"), '{"name":"pack","version":"1.0.0"}');
  writeFileSync(
    join(pack, "PulumiPolicy.yaml"),
    'runtime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: "--import tsx"\nmain: index.ts\n',
  );
  writeFileSync(join(pack, "index.ts"), policyPack);
  const { code, output } = await pulumi("preview", "--policy-pack", pack);
  expect(code).not.toBe(0);
  expect(output).toMatch(/\[mandatory\]\s+forbid-stacks/);
});

test("a component package without the SDK ends at once, and the reason is printed", async () => {
  const folder = join(temporaryFolder(), "package");
  mkdirSync(folder);
  writeFileSync(join(folder, "PulumiPlugin.yaml"), "runtime: nodejs\n");
  writeFileSync(join(folder, "package.json"), '{"name":"lonely","version":"1.0.0","main":"index.js"}');
  writeFileSync(join(folder, "index.js"), "");
  const { code, output } = await pulumi("package", "get-schema", folder);
  expect(code).not.toBe(0);
  expect(output).toContain(`the Pulumi SDK for Node.js was not found from ${folder}`);
  expect(readdirSync(folder).sort()).toEqual(["PulumiPlugin.yaml", "index.js", "package.json"]);
});

test("the packages of a program are listed in the versions installed", async () => {
  const { output } = await pulumi("about", "--json");
  const { dependencies } = JSON.parse(output) as { dependencies: { name: string; version: string }[] };
  expect(dependencies).toEqual([{ name: "@pulumi/pulumi", version: version }]);
});

function pulumi(...args: string[]): Promise<{ code: number; output: string }> {
  const words = ["--non-interactive", ...args];
  return new Promise((resolve) => {
    execFile("pulumi", words, { cwd: project, env: environment }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code ?? 1),
        output: stdout + (args.includes("--json") ? "" : stderr),
      }),
    );
  });
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", resolve));
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
