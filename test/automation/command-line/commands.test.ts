import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import type { Command } from "commander";
import { buildCommand, main } from "../../../automation/command-line/main";
import { outputs } from "../../../automation/command-line/json/outputs";
import { outputsSchemaText } from "../../../automation/command-line/json/schema";
import { reportError } from "../../../automation/command-line/error-report";
import { createTerminal } from "../../../automation/command-line/terminal";
import { ShipshapeError } from "../../../automation/errors";
import { operations } from "../../../automation/operations/registry";
import { readSettings } from "../../../automation/settings";
import { recordedTerminal } from "./recorded-terminal";

const packageFolder = join(__dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "shipshape-commands-"));
afterAll(() => rmSync(folder, { recursive: true }));
const keyFile = join(folder, "key.pem");
writeFileSync(keyFile, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), {
  mode: 0o600,
});
const profileFile = join(folder, "orders.masking.yaml");
writeFileSync(profileFile, JSON.stringify({ version: 1, source: "orders", key: { secret: "a" }, tables: {} }));
const settings = readSettings(packageFolder, folder, {
  SHIPSHAPE_DATABASE_URL: "postgresql://control:hidden@127.0.0.1:9/control",
  SHIPSHAPE_SIGNING_KEY_FILE: keyFile,
  SHIPSHAPE_DATA_FOLDER: folder,
});
const { terminal } = recordedTerminal();
const build = () => buildCommand({ settings, terminal, operations });

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
const pathOf = (command: Command): string[] =>
  command.parent === null ? [] : [...pathOf(command.parent), command.name()];
const all = leaves(build()).map((command) => ({ path: pathOf(command), command }));

/** Standard error and exit code of a command line, run in this process. */
async function run(words: string[]): Promise<{ code: number; errors: string }> {
  let errors = "";
  const write = jest.spyOn(process.stderr, "write").mockImplementation((text) => ((errors += String(text)), true));
  process.exitCode = undefined;
  try {
    return { code: await main(words, packageFolder), errors };
  } finally {
    write.mockRestore();
    process.exitCode = undefined;
    process.stdout.removeAllListeners("error");
  }
}

test("every command prints JSON, and what it prints is documented", () => {
  expect(all.filter(({ command }) => !command.options.some(({ long }) => long === "--json"))).toEqual([]);
  const documented = new Set(all.map(({ path }) => (path[0] === "request" ? "request" : path.join(" "))));
  expect(Object.keys(outputs).sort()).toEqual([...documented].sort());
});

test("the names in JSON are in camel case", () => {
  const names: string[] = [];
  JSON.parse(outputsSchemaText(), (key, value: { properties?: object }) => {
    if (key !== "properties") names.push(...Object.keys(value?.properties ?? {}));
    return value;
  });
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !/^[a-z]+([A-Z][a-z]+)*$/.test(name))).toEqual([]);
});

test("docs/command-line.schema.json is what `npm run pages` writes", () => {
  expect(readFileSync(join(packageFolder, "docs", "command-line.schema.json"), "utf8")).toBe(outputsSchemaText());
});

/** The command that a hint names, as words; undefined if it names none. */
const helpNamed = (errors: string): string[] | undefined =>
  /`npx shipshape ?([a-z -]*?) ?--help`/.exec(errors)?.[1]?.split(" ").filter(Boolean);
const exists = (words: string[]): boolean => {
  let at: Command | undefined = build();
  for (const word of words) at = at?.commands.find((command) => command.name() === word);
  return at !== undefined;
};

describe.each(all.map(({ path, command }) => [path.join(" "), path, command] as const))("%s", (_, path, command) => {
  const needed = [
    ...command.registeredArguments.filter((a) => a.required).map((a) => (a.variadic ? "x=y" : "x")),
    ...command.options.filter((o) => o.mandatory).flatMap((o) => [o.long!, "x"]),
  ];

  test("an unknown option is a usage error whose hint names an existing command", async () => {
    const { code, errors } = await run([...path, ...needed, "--no-such-option"]);
    expect(code).toBe(2);
    expect(errors).toContain("[usage]");
    expect(helpNamed(errors)).toEqual(path);
    expect(exists(helpNamed(errors)!)).toBe(true);
  });

  test("with --json the same error is one line of JSON", async () => {
    const { code, errors } = await run([...path, ...needed, "--json", "--no-such-option"]);
    expect({ code, error: JSON.parse(errors) as unknown }).toMatchObject({
      code: 2,
      error: { error: { code: "usage" } },
    });
  });
});

test.each([
  ["an unknown command", ["nonsense"]],
  ["a group without a subcommand", ["local"]],
  ["guard without anything to judge", ["guard"]],
  ["guard of a missing file", ["guard", "--state", "/absent.json"]],
  ["guard of a folder without states", ["guard", "--state", folder]],
  ["a waiver for an unknown rule", ["waiver", "new", ...waiverWords("no-such-rule")]],
  ["verification of unreadable evidence", ["evidence", "verify", folder, "--key", "/absent.pub"]],
])("%s has a hint that names an existing command", async (_, words) => {
  const { code, errors } = await run(words);
  expect(code).toBe(2);
  const named = helpNamed(errors);
  if (errors.includes("[usage]")) expect(named).toBeDefined();
  expect(exists(named ?? [])).toBe(true);
});

function waiverWords(rule: string): string[] {
  const given = {
    rule,
    resource: "urn:pulumi:a::b::c::d",
    reason: "r",
    owner: "team-a",
    approver: "team-b",
    "expires-on": "2026-12-01",
  };
  return [...Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]), "--waivers", folder];
}

/** Arguments for each command that uses the control plane; the others do not need one. */
const usesControlPlane: Record<string, string[]> = {
  status: [],
  fleet: [],
  recoverability: [],
  drift: [],
  runs: [],
  "show x": [],
  schedule: [],
  "explain x": [],
  "approve x": ["--plan", "0123456789ab", "--comment", "c"],
  "reject x": ["--plan", "0123456789ab", "--comment", "c"],
  "pause all": ["--reason", "r"],
  "resume all": [],
  "train show x": [],
  "train halt x": ["--reason", "r"],
  "train resume x": ["--reason", "r"],
  "train skip x": ["--database", "orders", "--reason", "r"],
  "train abort x": ["--reason", "r"],
  "request database-patch": ["--database", "orders", "--to", "17.10", "--reason", "r"],
  "request ringed-patch": ["--fleet", "--to", "17.10", "--reason", "r"],
  "cancel x": [],
  "clean-up x": [],
  worker: [],
  "alerts list": [],
  [`masking preview ${profileFile}`]: [],
  metrics: [],
  "request drift-repair": ["--database", "orders", "--reason", "r"],
  "request environment-refresh": [
    "--database",
    "orders",
    "--environment",
    "staging",
    "--retention-days",
    "7",
    "--reason",
    "r",
  ],
  "request masking-preview": ["--database", "orders", "--reason", "r"],
  "request password-rotation": ["--database", "orders", "--reason", "r"],
  "request patch-rehearsal": ["--database", "orders", "--to", "17.10", "--reason", "r"],
  "request retire-replaced-instance": ["--database", "orders-production-old1", "--reason", "r"],
  "request patch-undo": ["--database", "orders", "--patch", "261123093000-1a2b3c4d", "--reason", "r"],
  "request refresh-extension": ["--database", "orders-staging", "--retention-days", "7", "--reason", "r"],
  "request refresh-removal": ["--database", "orders-staging", "--reason", "r"],
  "request restore-drill": ["--database", "orders", "--reason", "r"],
  "evidence list": [],
  "evidence show x": [],
  "evidence report x": [],
  "evidence population": ["--from", "2026-01-01", "--to", "2026-01-31"],
  "evidence checkpoint": [],
  "evidence publish": ["--to", join(folder, "published")],
  "evidence restore": ["--from", join(folder, "published")],
  "evidence export x": ["--out", join(folder, "out")],
};

test.each(Object.entries(usesControlPlane))(
  "%s without a control plane fails with a code and a hint, but no stack trace",
  async (command, options) => {
    const words = [...command.split(" "), ...options];
    const thrown: unknown = await build()
      .parseAsync(words, { from: "user" })
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: "control-plane-unreachable",
      exitCode: 1,
      hint: expect.stringContaining("SHIPSHAPE_DATABASE_URL") as string,
    });
    expect((thrown as Error).message).toMatch(/127\.0\.0\.1:9\/control cannot be used: .*ECONNREFUSED/);
    expect((thrown as Error).message).not.toContain("hidden");
  },
);

test("an unexpected error is JSON for machines too, and has a stack trace for people", () => {
  let errors = "";
  const write = jest.spyOn(process.stderr, "write").mockImplementation((text) => ((errors += String(text)), true));
  const real = createTerminal("never");
  try {
    expect(reportError(new TypeError("x is not a function"), true, real)).toBe(1);
    expect(JSON.parse(errors)).toEqual({ error: { code: "unexpected", message: "x is not a function" } });
    errors = "";
    reportError(new TypeError("x is not a function"), false, real);
    expect(errors).toMatch(/^unexpected: TypeError: x is not a function\n +at /);
    errors = "";
    expect(reportError(new ShipshapeError("run-over", { id: "x" }), false, real)).toBe(2);
    expect(errors).toBe("error: the run of request x has ended\nhint:  `npx shipshape show x` shows how [run-over]\n");
  } finally {
    write.mockRestore();
  }
});
