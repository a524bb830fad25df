// Programs of a checkout run compiled: nothing may be stale, and nothing may need the compiled file to be there.
import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "./localcloud/toolchain/temporary-folder";

const repository = join(__dirname, "..");
const checkout = realpathSync(temporaryFolder());
const cache = join(checkout, "node_modules", ".cache", "shipshape");
const source = (name: string, text: string) => writeFileSync(join(checkout, "programs", name), text);

beforeAll(() => {
  for (const folder of ["programs", "node_modules"]) mkdirSync(join(checkout, folder));
  copyFileSync(join(repository, "precompiled.cjs"), join(checkout, "precompiled.cjs"));
  for (const library of ["esbuild", "source-map-support"])
    symlinkSync(join(repository, "node_modules", library), join(checkout, "node_modules", library));
});

beforeEach(() => {
  rmSync(join(checkout, "node_modules", ".cache"), { recursive: true, force: true });
  source("main.ts", 'import { word } from "./word";\nexport const value: string = `${word()} ${__dirname}`;\n');
  source("word.ts", 'import { letters } from "./letters.json";\nexport const word = (): string => letters;\n');
  source("letters.json", '{ "letters": "first" }');
});

/** What the program says, run in a process of its own. */
async function output(cwd = checkout): Promise<string> {
  const script = 'require("./precompiled.cjs"); process.stdout.write(require("./programs/main.ts").value)';
  return (await promisify(execFile)(process.execPath, ["-e", script], { cwd })).stdout;
}
const compiledFile = () => join(cache, readdirSync(cache)[0]!);

test("a program is compiled once, for its owner alone, and knows where its source is", async () => {
  expect(await output()).toBe(`first ${checkout}/programs`);
  const { ino, mode } = statSync(compiledFile());
  expect([mode & 0o777, statSync(cache).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(await output()).toBe(`first ${checkout}/programs`);
  expect(statSync(compiledFile()).ino).toBe(ino);
});

test.each([
  ["a file that another imports", () => source("word.ts", 'export const word = () => "second";')],
  ["a file of data", () => source("letters.json", '{ "letters": "second" }')],
])("what has changed is compiled before it runs: %s", async (_, change) => {
  await output();
  change();
  expect(await output()).toBe(`second ${checkout}/programs`);
});

test("an update of the compiler, or other options, compile a program again", async () => {
  await output();
  const { ino } = statSync(compiledFile());
  writeFileSync(join(checkout, "precompiled.cjs"), "// other options\n", { flag: "a" });
  await output();
  expect(statSync(compiledFile()).ino).not.toBe(ino);
});

test("a checkout that was moved knows its new path", async () => {
  source("word.ts", "export const word = () => __filename;");
  await output();
  renameSync(checkout, `${checkout}-moved`);
  try {
    expect(await output(`${checkout}-moved`)).toBe(`${checkout}-moved/programs/word.ts ${checkout}-moved/programs`);
  } finally {
    renameSync(`${checkout}-moved`, checkout);
  }
});

test("what cannot be compiled is not run as it was", async () => {
  await output();
  source("word.ts", "export const word = ;");
  await expect(output()).rejects.toThrow(/programs\/main\.ts cannot be compiled: [^]*programs\/word\.ts:1:20/);
});

test("several that start at once all run, and leave one compiled file", async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => output()));
  expect(new Set(all)).toEqual(new Set([`first ${checkout}/programs`]));
  expect(readdirSync(cache)).toHaveLength(1);
});

test("a program also runs where nothing can be written", async () => {
  writeFileSync(join(checkout, "node_modules", ".cache"), "no folder");
  expect(await output()).toBe(`first ${checkout}/programs`);
  source("letters.json", '{ "letters": "second" }');
  expect(await output()).toBe(`second ${checkout}/programs`);
});

test("half a compiled file is none", async () => {
  await output();
  writeFileSync(compiledFile(), "exports.value = 'half'");
  expect(await output()).toBe(`first ${checkout}/programs`);
});

test("an error names the line of the source", async () => {
  source(
    "word.ts",
    'interface Nothing { x: 1 }\n\nexport const word = (): string => {\n  throw new Error("no word");\n};\n',
  );
  await expect(output()).rejects.toThrow(/no word\n\s+at .*programs\/word\.ts:4:9/);
});

test("what Pulumi's SDK needs for serialized functions is loaded when one is serialized", async () => {
  const script = `
    require("./precompiled.cjs");
    const { runtime } = require("@pulumi/pulumi");
    const loaded = () => Object.keys(require.cache).filter((file) => /arborist.lib.index|lib.typescript\\.js/.test(file)).length;
    const before = loaded();
    runtime.serializeFunction(() => 42).then(({ text }) => console.log(before, loaded(), text.includes("return 42") || text.includes("=> 42")));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: repository });
  expect(stdout).toBe("0 1 true\n");
});
