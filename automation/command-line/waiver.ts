import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { daysBetween } from "../../policypacks/database-guardrails/vocabulary/days";
import { waiverWarningDays } from "../../policypacks/database-guardrails/waivers/waiver";
import { parseWaiver, readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { ShipshapeError } from "../errors";
import { printable, printableLine } from "../guardrails/printable";
import { ruleIdsHere } from "../guardrails/rules-here";
import type { CommandContext } from "./command-context";
import { table } from "./layout";
import type { Terminal } from "./terminal";

export interface NewWaiver {
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

/** The waivers of a repository that has its own policy pack next to them. */
export const waiversFolder = (given: string | undefined): string => resolve(given ?? join("policypacks", "waivers"));

export function list(options: { waivers?: string; json?: boolean }, { terminal, settings }: CommandContext): void {
  const today = todayOf(undefined);
  const rules = ruleIdsHere(settings.configurationFile);
  const { waivers, problems } = readWaivers(waiversFolder(options.waivers), today, rules);
  const byEnd = [...waivers].sort((one, other) => (one.expiresOn < other.expiresOn ? -1 : 1));
  if (options.json) return terminal.json({ waivers: byEnd, problems });
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
    for (const line of table(["ID", "RULE", "RESOURCE", "OWNER", "APPROVER", "EXPIRES"], rows, terminal.columns))
      terminal.say(line);
  if (problems.length > 0) terminal.progress(`${problems.length} problems: \`npx shipshape waiver check\``);
}

export function check(options: { waivers?: string }, { terminal, settings }: CommandContext): void {
  const today = todayOf(undefined);
  const folder = waiversFolder(options.waivers);
  // A missing folder is an error: otherwise a typo in its name would look like success.
  if (!existsSync(folder))
    throw new ShipshapeError("usage", { problem: `there is no folder ${folder}`, command: "shipshape waiver check" });
  const { waivers, problems } = readWaivers(folder, today, ruleIdsHere(settings.configurationFile));
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

export async function write(
  { id, waivers, ...given }: NewWaiver,
  { terminal, settings }: CommandContext,
): Promise<void> {
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
  const [problem] = parseWaiver(file, text, todayOf(undefined), ruleIdsHere(settings.configurationFile)).problems;
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
