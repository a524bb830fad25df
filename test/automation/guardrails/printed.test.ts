import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildCommand } from "../../../automation/command-line/main";
import { createTerminal } from "../../../automation/command-line/terminal";
import { ShipshapeError } from "../../../automation/errors";
import { printable, printableJson, printableLine } from "../../../automation/guardrails/printable";
import { readSettings } from "../../../automation/settings";
import { folderOf, guard, report, run } from "./command";
import { exported } from "./states";

const { at, put, remove } = folderOf("printed");
afterAll(remove);

const hostile = "::stop-commands::x\n::error::made up\u001b[2J\u009b31m\u202etxt.exe\u200b";
const raw = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/;

describe("values from states, tags and file names reach terminals and build servers only as text", () => {
  const state = () =>
    put(
      `hostile/state.json`,
      exported({ multiAz: false, tags: { owner: hostile }, monitoringInterval: hostile, identifier: "##[add-mask]x" }),
    );

  test.each([[[]], [["--json"]], [["--github"]]])("with %s", async (words) => {
    const { out, progress } = await guard("--state", state(), ...words);
    expect(`${out}${progress}`).not.toMatch(raw);
    const lines = out.split("\n").map((line) => line.trim());
    expect(lines.filter((line) => line.startsWith("::") && !/^::(error|warning|notice) /.test(line))).toEqual([]);
    if (words.length === 0) expect(out).not.toContain("##[");
    if (words[0] === "--json") expect(out).toContain("\\u001b");
    else expect(out).toContain("\\u{1b}");
  });

  test("in SARIF", async () => {
    await guard("--state", state(), "--sarif", at("hostile.sarif"));
    expect(readFileSync(at("hostile.sarif"), "utf8")).not.toMatch(raw);
  });

  test("in errors about a file", async () => {
    put("broken/\u001b[2Jb.json", "{");
    put("w/\u001b[2Jw.yaml", "rule: \u001b[2J");
    const { progress } = await guard("--state", at("broken"), "--waivers", at("w"));
    expect(progress).toContain("\\u{1b}[2Jb.json:1: this is not JSON");
    expect(progress).not.toMatch(raw);
    const { out } = await run("waiver", "check", "--waivers", at("w"));
    expect([out.includes("\\u{1b}[2Jw.yaml:"), raw.test(out)]).toEqual([true, false]);
  });

  test("while harmless values stay unchanged", () => {
    expect(printable("Größe: 1 €, 日本")).toBe("Größe: 1 €, 日本");
    expect(printableLine("urn:pulumi:a::b")).toBe("urn:pulumi:a::b");
    expect(printableLine("  ::debug::x ##[x]")).toBe("  \\::debug::x #\\#[x]");
    expect(JSON.parse(printableJson({ text: hostile }))).toEqual({ text: hostile });
  });
});

test("when a folder is judged, the report names each finding's file as well as the line that declares the resource", async () => {
  put("several/a.json", exported({ multiAz: false }));
  put(
    "several/b.json",
    exported({ multiAz: false }, { sourcePosition: undefined, stackTrace: undefined }, "database.other-production"),
  );
  const { out } = await guard("--state", at("several"));
  expect(out).toContain(`::orders-instance  program.ts:12  ${at("several/a.json")}`);
  expect(out).toContain(`::orders-instance  ${at("several/b.json")}`);
  expect((await guard("--state", at("several/a.json"))).out).not.toContain("a.json");
});

describe("files written by everyday tools can be read", () => {
  const text = JSON.stringify(exported({ multiAz: false }), undefined, 2).replaceAll("\n", "\r\n");
  const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
  test.each([
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16, as PowerShell writes it", utf16],
    ["UTF-16 in the other byte order", Buffer.from(utf16).swap16()],
    ["UTF-16 without a byte order mark", Buffer.from(text, "utf16le")],
    ["UTF-16 in the other byte order without a mark", Buffer.from(text, "utf16le").swap16()],
    ["text with Windows line endings", text],
  ])("a state in %s", async (what, content) => {
    expect((await report("--state", put(`encoded/${what}.json`, content))).found).toEqual([
      "violation require-multi-az multiAz",
    ]);
  });

  test("such as a config, whose errors have the right lines", async () => {
    const config = put("config.json", Buffer.from('\ufeff{\r\n  "require-tls": "disabled"\r\n}\r\n', "utf16le"));
    const { exitCode, progress } = await guard("--state", put("c.json", exported()), "--config", config);
    expect([exitCode, progress]).toEqual([
      2,
      expect.stringContaining(`${config}:2: require-tls: a rule can't be disabled`) as string,
    ]);
  });
});

describe("a config can make rules stricter, never weaker", () => {
  const state = put("raise.json", exported());
  test.each([
    [
      '{\n "forbid-open-ingress": { "ports": [] }\n}',
      "2: forbid-open-ingress: ports is []; allowed: a list of numbers that includes 5432",
    ],
    [
      '{\n "forbid-open-ingress": { "ports": [1] }\n}',
      "2: forbid-open-ingress: ports is [1]; allowed: a list of numbers that includes 5432",
    ],
    ['{\n "forbid-open-ingress": { "ports": [5432.5, 5432] }\n}', "2: forbid-open-ingress: ports is [5432.5,5432]"],
    ['{\n "forbid-open-ingress": { "ports": "5432" }\n}', '2: forbid-open-ingress: ports is "5432"'],
    [
      '{\n "require-owner-tags": { "teams": [] }\n}',
      "2: require-owner-tags: teams is []; allowed: a list of strings with at least one team",
    ],
    ['{\n "require-tls": "advisory"\n}', '2: require-tls: "advisory" would lower it'],
    ['{\n "all": "advisory"\n}', '2: all: "advisory" would lower it'],
    [
      '{\n "require-multi-az": { "enforcementLevel": "remediate" }\n}',
      '2: require-multi-az: "remediate" is not a level',
    ],
    ['{\n "require-tls": 3\n}', '2: require-tls: give "mandatory", or a mapping of options'],
    ['{\n "require-tls": null\n}', '2: require-tls: give "mandatory", or a mapping of options'],
    ['["require-tls"]', "1: give a mapping of rules, not a list or a single value"],
    ["", "1: give a mapping of rules, not nothing"],
    ["a: &a [x]\nb: *a\n", "1: anchors and aliases are not allowed; write the value out"],
    ['{\n "require-tls": "mandatory",\n "require-tls": "mandatory"\n}', "3: Map keys must be unique"],
  ])("and %j is an error with its line", async (text, expected) => {
    const config = put("lower.json", text);
    const { exitCode, progress } = await guard("--state", state, "--config", config);
    expect([exitCode, progress]).toEqual([2, expect.stringContaining(`${config}:${expected}`) as string]);
  });

  test("but can add ports to the standard one, and call a rule of low severity advisory", async () => {
    const config = put(
      "raised.json",
      '{ "forbid-open-ingress": { "ports": [5432, 6432] }, "require-enhanced-monitoring": "advisory" }',
    );
    expect((await guard("--state", state, "--config", config)).exitCode).toBe(0);
  });
});

describe("every usage error of guard and waiver", () => {
  const waiver = [
    "waiver",
    "new",
    "--rule",
    "require-tls",
    "--resource",
    "urn:pulumi:a::b::c::d",
    "--reason",
    "r",
    "--expires-on",
    "2026-01-01",
    "--owner",
    "a",
  ];
  test.each([
    ["guard"],
    ["guard", "--state", "x.json", "--live"],
    ["guard", "--state", "/nowhere/x.json"],
    ["guard", "--state", at("empty")],
    [...waiver, "--approver", "a", "--waivers", at("new")],
    [...waiver, "--approver", "b", "--waivers", at("new"), "--id", "../../out"],
    [...waiver, "--approver", "b", "--waivers", at("new"), "--id", "a\nb"],
  ])("names an existing command: %s %s %s %s", async (...words) => {
    put("empty/readme.txt", "");
    const failure: unknown = await run(...words).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ShipshapeError);
    const { hint, exitCode } = failure as ShipshapeError;
    const [, named = ""] = /^`npx shipshape ([a-z ]+) --help`/.exec(hint) ?? [];
    const known = buildCommand({
      settings: readSettings(join(__dirname, "../../..")),
      terminal: createTerminal("never"),
    });
    const found = named
      .split(" ")
      .reduce<typeof known | undefined>((one, word) => one?.commands.find((command) => command.name() === word), known);
    expect([exitCode, named !== "", found !== undefined]).toEqual([2, true, true]);
  });
});
