import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Command } from "commander";
import { buildCommand } from "../../automation/command-line/main";
import { createTerminal } from "../../automation/command-line/terminal";
import { operations } from "../../automation/operations/registry";
import { readSettings } from "../../automation/settings";
import { builtIn } from "../../components/standards/built-in";
import { part, sizesOf, tiersOf, tierStandard } from "../../components/standards/standard";
import { errorTable } from "../../automation/errors";

const checkout = join(__dirname, "../..");
const pages = [
  "README.md",
  ...(readdirSync(join(checkout, "docs"), { recursive: true }) as string[])
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];
const text = (page: string): string => readFileSync(join(checkout, page), "utf8");

const linksOf = (page: string) =>
  [...text(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = ""]) => target);
const commandsOf = (page: string) =>
  [...text(page).matchAll(/(?:npx |`)shipshape ([a-z][^`\n#|]*)/g)].map(([, line = ""]) => line);
const jsonOf = (page: string) => [...text(page).matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
/** Only pages with something to check become tests. */
const having = (parts: (page: string) => string[]) => pages.filter((page) => parts(page).length > 0);

test.each(having(linksOf))("%s: links lead to files that exist", (page) => {
  const targets = linksOf(page).map((target) => join(checkout, dirname(page), target));
  expect(targets.filter((target) => !existsSync(target)).map((target) => relative(checkout, target))).toEqual([]);
});

test.each(having(commandsOf))("%s: the commands and options it names exist", (page) => {
  expect(commandsOf(page).flatMap((line) => unknownWords(line))).toEqual([]);
});

test.each(having(jsonOf))("%s: JSON blocks are valid JSON", (page) => {
  for (const block of jsonOf(page)) expect(() => JSON.parse(block) as unknown).not.toThrow();
});

const shipshape = buildCommand({ settings: readSettings(checkout), terminal: createTerminal("never"), operations });

/**
 * For a command line without its first word: the first unknown subcommand, and the options that the command does not
 * accept.
 */
function unknownWords(line: string): string[] {
  const words = line.trim().split(/[\s,)"]+/);
  let command: Command = shipshape;
  while (command.commands.length > 0 && /^[a-z]/.test(words[0] ?? "")) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (!next) return [line];
    command = next;
    words.shift();
  }
  const taken = ["--help", "--data-folder", ...command.options.map((option) => option.long)];
  return words
    .filter((word) => word.startsWith("--") && !taken.includes(word.replace(/=.*/, "")))
    .map((word) => `${line}: ${word}`);
}

/** The help of a command as a user sees it. */
function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
  return help;
}
const allCommands = (parent: Command): Command[] => [parent, ...parent.commands.flatMap(allCommands)];

test.each(allCommands(shipshape).map((command) => [command.name(), command] as const))(
  "the help of %s has an example",
  (_, command) => {
    const help = helpOf(command);
    const example = [...help.matchAll(/^ {2}.*npx shipshape ([a-z].*?)( {2,}#.*| \| .*)?$/gm)].map(
      ([, line = ""]) => line,
    );
    expect(example.length).toBeGreaterThan(0);
    expect(example.flatMap(unknownWords)).toEqual([]);
  },
);

test("errors whose hints refer to a page are explained on that page", () => {
  const promised = Object.values(errorTable).flatMap(({ hint }) =>
    [...hint.matchAll(/(docs\/[\w-]+\.md), "([^"]+)"/g)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
  expect(promised.length).toBeGreaterThan(0);
  const headings = (page: string) =>
    [...text(page).matchAll(/^#+ (.*)$/gm)].map((match) => (match[1] ?? "").replaceAll("`", "")).join("\n");
  expect(promised.filter(([page, heading]) => !headings(page ?? "").includes(heading ?? ""))).toEqual([]);
});

test("the IAM policies of going to production allow no service as a whole, and name every resource where possible", () => {
  const policies = [...text("docs/going-to-production.md").matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, block = ""]) =>
      JSON.parse(block) as { Statement: { Sid: string; Action: string | string[]; Resource: string | string[] }[] },
  );
  expect(policies).toHaveLength(3);
  for (const { Sid, Action, Resource } of policies.flatMap(({ Statement }) => Statement)) {
    for (const action of [Action].flat())
      expect([Sid, action]).toEqual([
        Sid,
        expect.stringMatching(/^[a-z0-9-]+:[A-Z][A-Za-z]+(?<!\*)$|^rds:Describe\*$/),
      ]);
    if ([Resource].flat().includes("*")) expect(["Look", "MakeKeys", "VaultStorage"]).toContain(Sid);
  }
});

describe("docs/standard-database.md", () => {
  const page = text("docs/standard-database.md");
  test.each(sizesOf(builtIn))("gives size %s as the table of standards has it", (size) => {
    const { instanceClass, vcpus, memoryGib, allocatedGib, capGib } = part(builtIn.sizes, size);
    const number = (value: number) => value.toLocaleString("en-US");
    expect(page).toContain(
      `| ${size} | ${instanceClass} (${vcpus} vCPU, ${memoryGib} GiB) | ${number(allocatedGib)} → ${number(capGib)} GiB |`,
    );
  });

  test("gives the tiers of production as the table of standards has them", () => {
    const row = (of: (tier: string) => string | number) => tiersOf(builtIn).map(of).join(" | ");
    expect(page).toContain(
      `| automated backups kept | ${row((tier) => `${tierStandard(builtIn, tier, "production").backupRetentionDays} days`)} |`,
    );
    expect(page).toContain(
      `| restore drill at least every | ${row((tier) => `${tierStandard(builtIn, tier, "production").drillEveryDays} days`)} |`,
    );
    expect(page).toContain(
      `| drift detection at least every | ${row((tier) => `${tierStandard(builtIn, tier, "production").driftEveryHours} hours`)} |`,
    );
    expect(page).toContain(`| patch ring | ${row((tier) => tierStandard(builtIn, tier, "production").ring)} |`);
    expect(page).toContain(
      `| enhanced monitoring every | ${row((tier) => `${tierStandard(builtIn, tier, "production").monitoringIntervalSeconds} s`)} |`,
    );
  });
});
