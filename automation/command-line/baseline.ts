/** `shipshape baseline …`: begin with a fleet that exists; from then on the file only shrinks. */
import { existsSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { growthOf, valuesOf, type BaselineEntry } from "../../policypacks/database-guardrails/baseline/baseline";
import {
  baselineDays,
  parseBaseline,
  readBaseline,
  writeBaseline,
  baselineText,
} from "../../policypacks/database-guardrails/baseline/baseline-file";
import { decodeText } from "../../components/standards/text-file";
import { teamName } from "../../policypacks/database-guardrails/waivers/waiver";
import { laterBy } from "../../policypacks/database-guardrails/vocabulary/days";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { reasonOf, ShipshapeError } from "../errors";
import { baselineHere } from "../guardrails/rules-here";
import type { CommandContext } from "./command-context";
import { reportedViolations } from "./guard-report";
import { baselineProblemsMax } from "./limits";

export interface NewBaseline {
  from: string;
  owner: string;
  until?: string;
  file?: string;
  json?: boolean;
}
export interface CheckedBaseline {
  against: string;
  file?: string;
  json?: boolean;
}

/** Errors: usage, baseline-exists, guardrails-invalid. */
export function write(options: NewBaseline, context: CommandContext): void {
  const { from, owner } = options;
  const today = todayOf(undefined);
  const file = fileOf(options, "new", context);
  if (existsSync(file)) throw new ShipshapeError("baseline-exists", { file: shown(file) });
  const until = options.until ?? laterBy(today, baselineDays);
  const entries: BaselineEntry[] = reportedViolations(from, "shipshape baseline new")
    .filter(({ level }) => level === "mandatory")
    .map((one) => ({
      rule: one.rule,
      resource: one.urn,
      property: one.property,
      found: valuesOf(one),
      firstSeen: today,
      until,
      // A tag may say anything.
      owner: teamName("").safeParse(one.owner).success ? (one.owner ?? owner) : owner,
    }));
  const text = baselineText(entries);
  const [problem] = parseBaseline(text, today).problems;
  if (problem) throw usage(problem.reason, "new");
  writeBaseline(file, entries);
  const { terminal, settings } = context;
  if (options.json) terminal.json("baseline new", { file, violations: entries.length, until });
  else
    terminal.say(`${shown(file)}: ${entries.length} violations advise until ${until}; have it reviewed, and merge it`);
  if (baselineHere(settings.configurationFile) !== file)
    terminal.progress("so that the policy pack reads it too: guardrails.baseline in shipshape.yaml");
}

/** Errors: usage, baseline-invalid, baseline-grew, guardrails-invalid. */
export function check(options: CheckedBaseline, context: CommandContext): void {
  const today = todayOf(undefined);
  const file = fileOf(options, "check", context);
  const now = valid(file, readBaseline(file, today));
  const before = valid(options.against, committed(options.against, today));
  const grown = growthOf(now, before);
  if (grown.length > 0) {
    const named = grown.slice(0, baselineProblemsMax).map((problem) => `\n  ${problem}`);
    const rest = grown.length > named.length ? `\n  and ${grown.length - named.length} more` : "";
    throw new ShipshapeError("baseline-grew", { file: shown(file), problems: `${named.join("")}${rest}` });
  }
  const expired = now.filter(({ until }) => until < today).length;
  const [left, fewer] = [now.length, before.length - now.length];
  if (options.json) context.terminal.json("baseline check", { left, fewer, expired });
  else context.terminal.say(`${left} left, ${fewer} fewer than before, ${expired} expired`);
}

function committed(file: string, today: string): ReturnType<typeof readBaseline> {
  if (file !== "-") return readBaseline(file, today);
  try {
    return parseBaseline(decodeText(readFileSync(0)), today);
  } catch (error) {
    return { entries: [], problems: [{ line: 1, reason: `cannot be read: ${reasonOf(error)}` }] };
  }
}

function valid(file: string, { entries, problems }: ReturnType<typeof readBaseline>): BaselineEntry[] {
  const [problem] = problems;
  if (problem) throw new ShipshapeError("baseline-invalid", { file: shown(file), ...problem });
  return entries;
}

function fileOf({ file }: { file?: string }, command: string, { settings }: CommandContext): string {
  const named = file === undefined ? baselineHere(settings.configurationFile) : resolve(file);
  if (named === undefined) throw usage("give --file, or guardrails.baseline in shipshape.yaml", command);
  return named;
}

const shown = (file: string): string => (file === "-" ? file : relative(process.cwd(), file) || file);
const usage = (problem: string, command: string) =>
  new ShipshapeError("usage", { problem, command: `shipshape baseline ${command}` });
