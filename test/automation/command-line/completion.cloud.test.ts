// What the tab key offers in real shells, as far as this machine has them.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command, Option } from "commander";
import { completionsOf, paths } from "../../../automation/command-line/completion";
import { completionScript, type CompletedShell } from "../../../automation/command-line/completion-scripts";
import { buildCommand, main } from "../../../automation/command-line/main";
import { operations } from "../../../automation/operations/registry";
import { readSettings } from "../../../automation/settings";
import { recordedTerminal } from "./recorded-terminal";

const packageFolder = join(__dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "shipshape-completion-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "exports"));
writeFileSync(join(folder, "export 1.json"), "");

const shipshape = buildCommand({
  settings: readSettings(packageFolder),
  terminal: recordedTerminal().terminal,
  operations,
});
const shells = ["bash", "zsh", "fish"] as const satisfies CompletedShell[];

/** The words after `shipshape`, of which the last is being typed, and what is offered. */
const lines: [typed: string[], offered: string[]][] = [
  [["st"], ["standard", "status"]],
  [["nothing-begins-like-this"], []],
  [
    ["local", ""],
    ["change", "clock", "env", "logs", "psql", "reset", "start", "status", "stop"],
  ],
  [
    ["request", "--"],
    ["--help", "--quiet", "--verbose"],
  ],
  [
    ["request", "restore-drill", "--st"],
    ["--structure-gib", "--structure-seconds"],
  ],
  [
    ["hand-over", "orders", "--for", ""],
    ["ecs", "external-secrets", "iam", "lambda"],
  ],
  [
    ["hand-over", "orders", "--for", "e"],
    ["ecs", "external-secrets"],
  ],
  [
    ["completion", ""],
    ["bash", "fish", "zsh"],
  ],
  // Values of options are neither commands nor arguments, even if they look like it.
  [
    ["local", "--data-folder", "start", "st"],
    ["start", "status", "stop"],
  ],
  [["hand-over", "--role", "--for", "--f"], ["--for"]],
  [["hand-over", "--for=ecs", "--r"], ["--role"]],
  [["evidence", "report", "--out", "x.html", ""], []],
  [
    ["show", "status", ""],
    ["--help", "--json", "--quiet", "--verbose", "--watch"],
  ],
  [
    ["guard", "--state", "exp"],
    ["export 1.json", "exports"],
  ],
  [
    ["standard", "diff", "old.yaml", "more.yaml", "exp"],
    ["export 1.json", "exports"],
  ],
  [["local", "start", "--data-folder", "exp"], ["exports"]],
  [["rule", "pages", "exp"], ["exports"]],
  [["guard", "--on", "exp"], []],
];

describe.each(shells)("%s", (shell) => {
  const isHere = spawnSync(shell, ["--version"]).error === undefined;
  const where = isHere ? "" : ` (skipped: no ${shell} on this machine)`;
  const check = isHere ? test : test.skip;

  check(`completes commands, options, closed values and paths${where}`, () => {
    const offered = ask(
      shell,
      lines.map(([typed]) => typed),
    );
    expect(lines.map(([typed], i) => [typed, offered[i]])).toEqual(lines);
  });

  check(`completes --option=value${where}`, () => {
    const [offered] = ask(shell, [["hand-over", "--for=e"]]);
    // Readline takes what follows the sign for the word.
    const before = shell === "fish" ? "--for=" : "";
    expect(offered).toEqual([`${before}ecs`, `${before}external-secrets`]);
  });

  check(`completes every command that there is, each with its options and their values${where}`, () => {
    const expected = everything(shipshape, [], []);
    expect(expected.length).toBeGreaterThan(60);
    const offered = ask(
      shell,
      expected.map(([typed]) => typed),
    );
    expect(expected.map(([typed], i) => [typed, offered[i]])).toEqual(expected);
  });

  test("the command prints the script, with the operations that can be requested", async () => {
    let printed = "";
    const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
    try {
      expect(await main(["completion", shell, "--json"], packageFolder)).toBe(0);
    } finally {
      write.mockRestore();
      process.stdout.removeAllListeners("error");
    }
    expect(JSON.parse(printed)).toEqual({ shell, script: completionScript(shell, completionsOf(shipshape)) });
  });
});

test("of every placeholder in help it is known whether it stands for a path", () => {
  const placeholders = (command: Command): string[] => [
    ...command.options.filter(({ required, argChoices }) => required && !argChoices).map(placeholderOf),
    ...command.registeredArguments.filter(({ argChoices }) => !argChoices).map((argument) => argument.name()),
    ...command.commands.flatMap(placeholders),
  ];
  const found = new Set(placeholders(shipshape));
  expect([...found].filter((one) => !(one in paths)).sort()).toEqual(notPaths);
  expect(Object.keys(paths).filter((one) => !found.has(one))).toEqual([]);
});

test("an option has either a value or none", () => {
  const optional = (command: Command): string[] => [
    ...command.options.filter(({ optional }) => optional).map(({ flags }) => flags),
    ...command.commands.flatMap(optional),
  ];
  expect(optional(shipshape)).toEqual([]);
});

const notPaths = [
  "arn",
  "category",
  "count",
  "database",
  "day",
  "days",
  "digest",
  "duration",
  "finding",
  "from",
  "gib",
  "hours",
  "id",
  "identifier",
  "key",
  "minutes",
  "moment",
  "name",
  "names",
  "number",
  "operation",
  "pattern",
  "project/stack",
  "property=value",
  "region",
  "request id",
  "resource id",
  "role",
  "roles",
  "rule",
  "seconds",
  "sql",
  "team",
  "text",
  "tier",
  "time",
  "urn",
  "user",
  "window",
];

const placeholderOf = ({ flags }: Option): string => /<(.*)>/.exec(flags)![1]!;

/** What is to be offered for each command of the tree, in the form of `lines`. */
function everything(command: Command, path: string[], inherited: string[]): typeof lines {
  const options = [...command.options.map(({ long }) => long!), "--help", ...inherited].sort();
  const below = [...inherited, ...command.options.map(({ long }) => long!).filter((long) => long !== "--version")];
  return [
    [[...path, "--"], options],
    ...(command.commands.length > 0
      ? [[[...path, ""], command.commands.map((one) => one.name()).sort()] as (typeof lines)[number]]
      : []),
    ...command.options
      .filter(({ argChoices }) => argChoices)
      .map(({ long, argChoices }): (typeof lines)[number] => [[...path, long!, ""], [...argChoices!].sort()]),
    ...command.commands.flatMap((one) => everything(one, [...path, one.name()], below)),
  ];
}

/** What a shell offers for each of these lines. */
function ask(shell: CompletedShell, typed: string[][]): string[][] {
  writeFileSync(join(folder, "script"), `${completionScript(shell, completionsOf(shipshape))}\n`);
  const program = `${before[shell]}\n${typed.map((words) => `${asking[shell](words)}; echo end`).join("\n")}\n`;
  writeFileSync(join(folder, "program"), program);
  const noConfiguration = { bash: "--norc", zsh: "-f", fish: "--no-config" }[shell];
  const output = execFileSync(shell, [noConfiguration, join(folder, "program")], { cwd: folder, encoding: "utf8" });
  rmSync(join(folder, "script"));
  rmSync(join(folder, "program"));
  const answers = output.split("end\n").slice(0, -1);
  return answers.map((answer, i) =>
    answer
      .split("\n")
      .map((line) => line.replace(/\t.*$/, "").replace(/\/$/, ""))
      .filter((word) => word !== "" && (shell !== "zsh" || word.startsWith(typed[i]!.at(-1)!.replace(/^--.*=/, ""))))
      .sort(),
  );
}

const quoted = (words: string[]) => words.map((word) => `'${word}'`).join(" ");

const before: Record<CompletedShell, string> = {
  bash: `source ./script
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shipshape; if ((\${#COMPREPLY[@]})); then printf '%s\\n' "\${COMPREPLY[@]}"; fi; }`,
  // What a widget of zsh calls works only while keys are read: here it prints what it is given.
  zsh: `compdef() { }
compadd() { shift; print -l -- "$@"; }
compset() { }
_describe() { local word; for word in "\${(@P)@[-1]}"; do print -r -- "\${word%%:*}"; done; }
_files() { if [[ $1 == -/ ]]; then print -l -- *(N/); else print -l -- *(N); fi; }
source ./script
ask() { words=("$@"); CURRENT=$#; _shipshape; }`,
  fish: "source ./script",
};
const asking: Record<CompletedShell, (words: string[]) => string> = {
  // As readline divides them.
  bash: (words) => `ask shipshape ${quoted(words.flatMap((word) => word.split(/(=)/)))}`,
  zsh: (words) => `ask shipshape ${quoted(words)}`,
  fish: (words) => `complete -C 'shipshape ${words.join(" ")}'`,
};
