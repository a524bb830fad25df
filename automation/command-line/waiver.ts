import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { stringify } from "yaml";
import { daysBetween } from "../../policypacks/database-guardrails/vocabulary/days";
import { waiverWarningDays } from "../../policypacks/database-guardrails/waivers/waiver";
import { parseWaiver, readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { ShipshapeError } from "../errors";
import type { CommandContext } from "./command-context";
import { printable, printableJson, printableLine } from "../guardrails/printable";
import { waiversFolder } from "./guard";
import { table, type Terminal } from "./terminal";

/** `shipshape waiver …`: exceptions to guardrails, as files that are reviewed like code. */
export function addWaiver(shipshape: Command, { terminal }: CommandContext): void {
  const waiver = shipshape
    .command("waiver")
    .description("exceptions to guardrails: one file each, with owner, approver and expiry")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  npx shipshape waiver list\n  npx shipshape waiver check");
  waiver
    .command("list")
    .description("all waivers, next to expire first")
    .option("--waivers <folder>", "their folder (default: policypacks/waivers)")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape waiver list")
    .action((options: { waivers?: string; json?: boolean }) => list(options, terminal));
  waiver
    .command("check")
    .description("what is wrong with them, with file and line; exit code 2 if anything is, 1 if one has expired")
    .option("--waivers <folder>", "their folder (default: policypacks/waivers)")
    .addHelpText(
      "after",
      "\nOnly `npx shipshape guard`, which sees the resources, can say whether a waiver matches anything.\n\nExample:\n  npx shipshape waiver check",
    )
    .action((options: { waivers?: string }) => check(options, terminal));
  waiver
    .command("new")
    .description("write the file of a new one, for review and merge")
    .requiredOption("--rule <rule>", "the rule it is an exception to")
    .requiredOption("--resource <urn>", "the resource's URN, or a glob of URNs")
    .requiredOption("--reason <text>", "why, for readers half a year from now")
    .requiredOption("--owner <team>", "who has the exception and will end it")
    .requiredOption("--approver <name>", "who approved it; not the owner")
    .requiredOption("--expires-on <day>", "the last day it is valid, 180 days ahead at most")
    .option("--category <category>", "waiver (the risk is accepted) or mitigated (something else reduces it)", "waiver")
    .option("--id <id>", "its name (default: the rule and the resource's name)")
    .option("--waivers <folder>", "the folder to write it to (default: policypacks/waivers)")
    .addHelpText(
      "after",
      "\nExample:\n  npx shipshape waiver new --rule require-multi-az --resource 'urn:pulumi:database.orders-production::shipshape::*::orders-instance' \\\n    --reason 'moves to another Region in March' --owner team-orders --approver team-platform --expires-on 2027-03-31",
    )
    .action((options: NewWaiver) => write(options, terminal));
}

interface NewWaiver {
  rule: string;
  resource: string;
  reason: string;
  owner: string;
  approver: string;
  expiresOn: string;
  category: string;
  id?: string;
  waivers?: string;
}

function list(options: { waivers?: string; json?: boolean }, terminal: Terminal): void {
  const today = todayOf(undefined);
  const { waivers, problems } = readWaivers(waiversFolder(options.waivers), today);
  const byEnd = [...waivers].sort((one, other) => (one.expiresOn < other.expiresOn ? -1 : 1));
  if (options.json) return terminal.say(printableJson({ waivers: byEnd, problems }));
  if (byEnd.length === 0) terminal.say("no waivers");
  const rows = byEnd.map(({ id, rule, resource, owner, approver, expiresOn }) => [
    printableLine(id),
    rule,
    printable(resource),
    owner,
    approver,
    ends(expiresOn, today, terminal),
  ]);
  if (rows.length > 0)
    for (const line of table(["ID", "RULE", "RESOURCE", "OWNER", "APPROVER", "EXPIRES"], rows)) terminal.say(line);
  if (problems.length > 0) terminal.progress(`${problems.length} problems: \`npx shipshape waiver check\``);
}

function check(options: { waivers?: string }, terminal: Terminal): void {
  const today = todayOf(undefined);
  const folder = waiversFolder(options.waivers);
  // A missing folder is an error: otherwise a typo in its name would look like success.
  if (!existsSync(folder))
    throw new ShipshapeError("usage", { problem: `there is no folder ${folder}`, command: "shipshape waiver check" });
  const { waivers, problems } = readWaivers(folder, today);
  for (const { file, line, message } of problems)
    terminal.say(`${terminal.style("red", "✗")} ${printable(`${relative(process.cwd(), file)}:${line}: ${message}`)}`);
  const expired = waivers.filter(({ expiresOn }) => expiresOn < today);
  for (const { file, expiresOn } of expired)
    terminal.say(
      `${terminal.style("red", "✗")} ${printable(relative(process.cwd(), file))}:1: expired on ${expiresOn}`,
    );
  terminal.say(`${waivers.length - expired.length} valid, ${expired.length} expired, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 2 : expired.length > 0 ? 1 : 0;
}

async function write({ id, waivers, ...given }: NewWaiver, terminal: Terminal): Promise<void> {
  const folder = waiversFolder(waivers);
  const name =
    id ??
    `${given.rule}-${(given.resource.split("::").at(-1) ?? "")
      .replace(/[^A-Za-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 100)}`;
  // It becomes a file name: a path in it would lead out of the folder.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw usage(`--id: "${name}" is not a waiver name; give letters, digits and . _ -`);
  const file = join(folder, `${name}.yaml`);
  if (existsSync(file)) throw new ShipshapeError("waiver-exists", { file: relative(process.cwd(), file) });
  const text = stringify(given);
  const [problem] = parseWaiver(file, text, todayOf(undefined)).problems;
  if (problem) throw usage(problem.message);
  await mkdir(folder, { recursive: true });
  await writeFile(file, text);
  terminal.say(`${relative(process.cwd(), file)}: have ${given.approver} review it, and merge it`);
}

const usage = (problem: string) => new ShipshapeError("usage", { problem, command: "shipshape waiver new" });

function ends(expiresOn: string, today: string, terminal: Terminal): string {
  const days = daysBetween(today, expiresOn);
  if (days < 0) return terminal.style("red", `${expiresOn} expired`);
  return days <= waiverWarningDays ? terminal.style("yellow", `${expiresOn} in ${days} days`) : expiresOn;
}
