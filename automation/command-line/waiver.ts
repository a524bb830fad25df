import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { daysBetween, laterBy } from "../../policypacks/database-guardrails/vocabulary/days";
import { waiverDays, waiverWarningDays } from "../../policypacks/database-guardrails/waivers/waiver";
import { parseWaiver, readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { matchesGlob } from "../../policypacks/database-guardrails/waivers/waiver-glob";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { ShipshapeError } from "../errors";
import { printable, printableLine } from "../guardrails/printable";
import { ruleIdsHere } from "../guardrails/rules-here";
import type { CommandContext } from "./command-context";
import { reportedViolations } from "./guard-report";
import { table } from "./layout";
import { waiversAtOnceMax } from "./limits";
import type { Terminal } from "./terminal";

export interface NewWaiver {
  from?: string;
  all?: boolean;
  rule?: string;
  resource?: string;
  reason: string;
  owner: string;
  approver: string;
  expiresOn?: string;
  category: string;
  id?: string;
  waivers?: string;
  json?: boolean;
}

/** The waivers of a repository that has its own policy pack next to them. */
export const waiversFolder = (given: string | undefined): string => resolve(given ?? join("policypacks", "waivers"));

export function list(options: { waivers?: string; json?: boolean }, { terminal, settings }: CommandContext): void {
  const today = todayOf(undefined);
  const rules = ruleIdsHere(settings.configurationFile);
  const { waivers, problems } = readWaivers(waiversFolder(options.waivers), today, rules);
  const byEnd = [...waivers].sort((one, other) => (one.expiresOn < other.expiresOn ? -1 : 1));
  if (options.json) return terminal.json("waiver list", { waivers: byEnd, problems });
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
  if (problems.length > 0) terminal.complain(`${problems.length} problems: \`npx shipshape waiver check\``);
}

export function check(options: { waivers?: string; json?: boolean }, { terminal, settings }: CommandContext): void {
  const today = todayOf(undefined);
  const folder = waiversFolder(options.waivers);
  // A missing folder is an error: otherwise a typo in its name would look like success.
  if (!existsSync(folder))
    throw new ShipshapeError("usage", { problem: `there is no folder ${folder}`, command: "shipshape waiver check" });
  const { waivers, problems } = readWaivers(folder, today, ruleIdsHere(settings.configurationFile));
  const expired = waivers.filter(({ expiresOn }) => expiresOn < today);
  process.exitCode = problems.length > 0 ? 2 : expired.length > 0 ? 1 : 0;
  if (options.json)
    return terminal.json("waiver check", {
      valid: waivers.length - expired.length,
      expired: expired.map(({ file, expiresOn }) => ({ file, expiresOn })),
      problems,
    });
  for (const { file, line, message } of problems)
    terminal.say(`${terminal.style("red", "✗")} ${printable(`${relative(process.cwd(), file)}:${line}: ${message}`)}`);
  for (const { file, expiresOn } of expired)
    terminal.say(
      `${terminal.style("red", "✗")} ${printable(relative(process.cwd(), file))}:1: expired on ${expiresOn}`,
    );
  terminal.say(`${waivers.length - expired.length} valid, ${expired.length} expired, ${problems.length} problems`);
}

/** Writes one, or one for each chosen violation of a report: all of them or none. Errors: usage, waiver-exists. */
export async function write(
  { id, waivers, json, from, all, rule, resource, expiresOn, ...given }: NewWaiver,
  { terminal, settings }: CommandContext,
): Promise<void> {
  const today = todayOf(undefined);
  const folder = waiversFolder(waivers);
  const rules = ruleIdsHere(settings.configurationFile);
  if (from === undefined && (rule === undefined || resource === undefined))
    throw usage("give --rule and --resource, or --from with a report");
  if (from !== undefined && id !== undefined) throw usage("--id names one waiver; leave it out with --from");
  const exceptions =
    from === undefined
      ? [{ name: id ?? nameOf(rule ?? "", resource ?? ""), rule, resource }]
      : chosen(from, { rule, resource, all });
  const files = exceptions.map(({ name, ...exception }) => {
    // It becomes a file name: a path in it would lead out of the folder.
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
      throw usage(`--id: "${name}" is not a waiver name; give letters, digits and . _ -`);
    const file = join(folder, `${name}.yaml`);
    const text = stringify({ ...exception, ...given, expiresOn: expiresOn ?? laterBy(today, waiverDays) });
    // From a report, the command may be repeated after it was interrupted.
    const isWritten = existsSync(file) && from !== undefined && readFileSync(file, "utf8") === text;
    if (existsSync(file) && !isWritten)
      throw new ShipshapeError("waiver-exists", { file: relative(process.cwd(), file) });
    const [problem] = parseWaiver(file, text, today, rules).problems;
    if (problem) throw usage(problem.message);
    return { file, text };
  });
  await mkdir(folder, { recursive: true });
  for (const { file, text } of files) {
    await writeFile(`${file}.${process.pid}`, text);
    await rename(`${file}.${process.pid}`, file);
  }
  if (json) return terminal.json("waiver new", { files: files.map(({ file }) => file) });
  for (const { file } of files)
    terminal.say(`${relative(process.cwd(), file)}: have ${given.approver} review it, and merge it`);
}

/** The violations of a report that these options name, one entry for each rule and resource. */
function chosen(from: string, { rule, resource, all }: Pick<NewWaiver, "rule" | "resource" | "all">) {
  if ((rule ?? resource) === undefined && !all)
    throw usage("--from: choose by --rule, --resource, or both, or give --all");
  const found = reportedViolations(from, "shipshape waiver new").filter(
    (one) =>
      (rule === undefined || one.rule === rule) &&
      (resource === undefined || matchesGlob(resource, one.urn)) &&
      (!all || one.level === "mandatory"),
  );
  const distinct = new Map(found.map((one) => [`${one.rule} ${one.urn}`, one]));
  if (distinct.size === 0) throw usage("--from: the report has no such violation");
  if (distinct.size > waiversAtOnceMax)
    throw usage(
      `--from: ${distinct.size} waivers; allowed: ${waiversAtOnceMax} at once. For a fleet that exists: \`npx shipshape baseline new --help\``,
    );
  return [...distinct.values()].map(({ rule: of, urn }) => {
    if (urn.includes("*")) throw usage(`--from: the name of ${urn} contains *, which a waiver takes for anything`);
    const digest = createHash("sha256").update(urn).digest("hex").slice(0, 6);
    return { name: `${nameOf(of, urn)}-${digest}`, rule: of, resource: urn };
  });
}

const nameOf = (rule: string, resource: string): string =>
  `${rule}-${(resource.split("::").at(-1) ?? "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 100)}`;

const usage = (problem: string) => new ShipshapeError("usage", { problem, command: "shipshape waiver new" });

function ends(expiresOn: string, today: string, terminal: Terminal): string {
  const days = daysBetween(today, expiresOn);
  if (days < 0) return terminal.style("red", `${expiresOn} expired`);
  return days <= waiverWarningDays ? terminal.style("yellow", `${expiresOn} in ${days} days`) : expiresOn;
}
