// Users wait for everything that a command loads before it starts. Here imports are followed, not timed.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { transformSync } from "@swc/core";

const root = join(__dirname, "../../..");
const commandLine = (file: string) => join(root, "automation", "command-line", file);

test("help and version load the names of all commands, and no library except the command line parser", () => {
  const { packages, files } = loaded(commandLine("main.ts"), "at once");
  expect(packages).toEqual(["commander"]);
  expect(files).not.toContain("automation/command-line/status.ts");
});

// The durable engine and the SDKs of Pulumi take half a second each to load.
test.each([
  "status.ts",
  "fleet.ts",
  "recoverability.ts",
  "list-runs.ts",
  "show.ts",
  "explain.ts",
  "review.ts",
  "alerts.ts",
  "metrics.ts",
  "evidence.ts",
  "evidence-key.ts",
  "evidence-verify.ts",
])("%s, which reads or writes records, never loads code that runs operations", (file) =>
  expect(ofOperations(loaded(commandLine(file), "ever"))).toEqual([]),
);

test.each(["guard.ts", "pending.ts", "waiver.ts", "local-status.ts", "local-logs.ts", "local-env.ts", "local-psql.ts"])(
  "%s never loads code that runs operations",
  (file) => expect(ofOperations(loaded(commandLine(file), "ever"))).toEqual([]),
);

test("what can be requested is known without the code that does it", () => {
  expect(loaded(join(root, "automation", "operations", "registry.ts"), "at once")).toEqual({
    packages: ["zod"],
    files: expect.not.arrayContaining([
      expect.stringMatching(/steps\.ts$|^automation\/(runner|targets)\//),
    ]) as string[],
  });
});

test("cancelling a run loads the durable engine, but no operation", () => {
  const files = [commandLine("runs.ts"), join(root, "automation", "control-plane.ts")];
  const found = files.flatMap((file) => ofOperations(loaded(file, "at once")));
  expect([...new Set(found)]).toEqual(["@dbos-inc/dbos-sdk"]);
});

test("no SDK of OpenTelemetry is loaded before a worker needs it", () => {
  const file = join(root, "automation", "control-plane.ts");
  const sdk = "@opentelemetry/sdk-trace";
  expect(loaded(file, "at once").packages).not.toContain(sdk);
  expect(loaded(file, "ever").packages).toContain(sdk);
});

/** Without the table of their errors, which every message needs. */
const ofOperations = ({ packages, files }: Loaded): string[] =>
  [...packages, ...files].filter(
    (name) => /^(@dbos-inc|@pulumi)\/|^(stacks|automation\/operations)\//.test(name) && !name.endsWith("/errors.ts"),
  );

interface Loaded {
  packages: string[];
  files: string[];
}

/** All files that loading this one loads: immediately, or also with a later `import()`. */
function loaded(entry: string, when: "at once" | "ever"): Loaded {
  const [packages, files] = [new Set<string>(), new Set<string>()];
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    const { now, later } = importsOf(file);
    for (const name of when === "ever" ? [...now, ...later] : now)
      if (name.startsWith(".")) follow(sourceOf(join(dirname(file), name)));
      else if (!name.startsWith("node:")) packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)![0]);
  };
  follow(entry);
  return { packages: [...packages].sort(), files: [...files].map((file) => relative(root, file)).sort() };
}

/** From the compiled text, which has no type imports. */
function importsOf(file: string): { now: string[]; later: string[] } {
  if (!file.endsWith(".ts")) return { now: [], later: [] };
  const { code } = transformSync(readFileSync(file, "utf8"), {
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
    module: { type: "es6" },
  });
  const named = (pattern: RegExp) => [...code.matchAll(pattern)].map(([, name]) => name!);
  return {
    now: named(/(?:^|\*\/ )(?:import|export)\b(?:[^;="]*? from)? ?"([^"]+)";$/gm),
    later: named(/\bimport\("([^"]+)"\)/g),
  };
}

const sourceOf = (path: string): string =>
  [path, `${path}.ts`, join(path, "index.ts")].find((file) => existsSync(file) && /\.\w+$/.test(file))!;
