// What runs before each npm command, in small checkouts with a fake npm that writes what npm would.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder, writeProgram } from "./temporary-folder";

const wanted = {
  "": {},
  "node_modules/a": { version: "1.0.0" },
  "node_modules/b": { version: "2.0.0", optional: true, os: ["elsewhere"], cpu: [process.arch] },
  "node_modules/c": { version: "3.0.0", optional: true },
};
const installs = `sleep 0.3; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json; echo "$@" >> npm-calls`;

test("nothing is installed or printed when everything required is there", async () => {
  const checkout = checkoutWith({ installed: { "node_modules/a": { version: "1.0.0" } } });
  expect(await install(checkout)).toEqual({ code: 0, output: "" });
  expect(calls(checkout)).toEqual([]);
});

test.each([
  ["there are none", undefined, "no packages are installed yet"],
  [
    "one is of another version",
    { "node_modules/a": { version: "0.9.0" } },
    "a is not the version in package-lock.json",
  ],
  ["one is missing", {}, "a is not the version in package-lock.json"],
])("packages are installed when %s, without running their install scripts", async (_, installed, reason) => {
  const checkout = checkoutWith({ installed });
  const { code, output } = await install(checkout);
  expect({ code, output }).toEqual({ code: 0, output: `installing packages: ${reason}\n` });
  expect(calls(checkout)).toEqual([expect.stringMatching(/^ci --ignore-scripts /)]);
});

test("two commands started at once install once", async () => {
  const checkout = checkoutWith({ installed: undefined });
  const both = await Promise.all([install(checkout), install(checkout)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(calls(checkout)).toHaveLength(1);
});

test("a failed installation ends the command with the reason", async () => {
  const checkout = checkoutWith({ installed: undefined, npm: "echo no network >&2; exit 5" });
  const { code, output } = await install(checkout);
  expect(code).toBe(1);
  expect(output).toMatch(/no network\n"npm ci" failed \(5\)/);
});

test("a Node.js that is too old is refused with the required version", async () => {
  const checkout = checkoutWith({ installed: {} });
  const file = join(checkout, "localcloud/toolchain/install.cjs");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("requireNode(process.versions.node)", 'requireNode("18.20.4")'),
  );
  const { code, output } = await install(checkout);
  expect(code).toBe(1);
  expect(output).toMatch(/^Shipshape needs Node\.js 20\.19 or newer; this is 18\.20\.4, at /);
});

function checkoutWith({ installed, npm = installs }: { installed: object | undefined; npm?: string }): string {
  const checkout = temporaryFolder();
  mkdirSync(join(checkout, "localcloud/toolchain"), { recursive: true });
  copyFileSync(
    join(__dirname, "../../../localcloud/toolchain/install.cjs"),
    join(checkout, "localcloud/toolchain/install.cjs"),
  );
  writeFileSync(join(checkout, "package-lock.json"), JSON.stringify({ packages: wanted }));
  if (installed !== undefined) {
    mkdirSync(join(checkout, "node_modules"));
    writeFileSync(join(checkout, "node_modules/.package-lock.json"), JSON.stringify({ packages: installed }));
  }
  mkdirSync(join(checkout, "bin"));
  writeProgram(join(checkout, "bin", "npm"), npm);
  return checkout;
}

function install(checkout: string): Promise<{ code: number | null; output: string }> {
  const env = { PATH: `${join(checkout, "bin")}:/usr/bin:/bin` };
  const child = spawn(process.execPath, [join(checkout, "localcloud/toolchain/install.cjs")], {
    env,
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

function calls(checkout: string): string[] {
  const file = join(checkout, "npm-calls");
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
}
