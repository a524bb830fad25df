/** A baseline as a file: JSON with one entry per line, so that a review shows which were removed. */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { z } from "zod";
import { decodeText } from "../../../components/standards/text-file";
import { forbidStaleWaivers } from "../rules/forbid-stale-waivers";
import { daysBetween } from "../vocabulary/days";
import { teamName } from "../waivers/waiver";
import type { BaselineEntry } from "./baseline";

/** A year: two budgets, and every database has had its maintenance by then. */
export const baselineDaysMax = 365;
/** If nothing else is said: as long as a waiver may last. */
export const baselineDays = 180;
/** A hundred databases of some twenty violations, fifty times. */
const entriesMax = 100_000;
/** A file of that many entries. */
const fileBytesMax = 64 * 2 ** 20;
/** What one finding can have found: a value for each line of a long list. */
const valuesMax = 1_000;
const lettersMax = 4_000;
/** Enough to start with. */
const problemsMax = 20;

export interface BaselineProblem {
  line: number;
  reason: string;
}

const day = z.iso.date({ error: () => "give a day as YYYY-MM-DD" });
const text = (what: string) => z.string({ error: () => `give ${what}` }).max(lettersMax);

const entrySchema = (today: string) =>
  z
    .strictObject({
      rule: text("the rule").refine((rule) => rule !== forbidStaleWaivers.id, {
        error: () => "a waiver that is not needed or not valid cannot be in a baseline",
      }),
      resource: text("the resource").regex(/^(urn:pulumi:|arn:)/, { error: () => "give a URN or an ARN" }),
      property: text("the property").optional(),
      found: z.array(text("the values found")).min(1).max(valuesMax),
      firstSeen: day.refine((given) => given <= today, {
        error: ({ input }) => `${String(input)} is after today, ${today}: is the clock right?`,
      }),
      until: day,
      owner: teamName("the team that will fix it"),
    })
    .refine(({ firstSeen, until }) => daysBetween(firstSeen, until) <= baselineDaysMax, {
      path: ["until"],
      error: () => `allowed: ${baselineDaysMax} days after firstSeen at most`,
    });

/** The entries of a file; with problems, none. */
export function readBaseline(file: string, today: string): { entries: BaselineEntry[]; problems: BaselineProblem[] } {
  try {
    const { size } = statSync(file);
    if (size > fileBytesMax) throw new Error(`it has ${size} bytes; allowed: ${fileBytesMax} at most`);
    return parseBaseline(decodeText(readFileSync(file)), today);
  } catch (error) {
    return { entries: [], problems: [{ line: 1, reason: `cannot be read: ${(error as Error).message}` }] };
  }
}

export function parseBaseline(content: string, today: string): ReturnType<typeof readBaseline> {
  const schema = z.strictObject({
    baseline: z.literal(1, { error: () => "give 1: a newer Shipshape wrote this file" }),
    entries: z.array(entrySchema(today), { error: () => "give a list of entries" }).max(entriesMax),
  });
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch (error) {
    return { entries: [], problems: [{ line: 1, reason: `this is not JSON: ${(error as Error).message}` }] };
  }
  const { data, error } = schema.safeParse(given);
  if (data) return { entries: data.entries, problems: [] };
  const tree = parseTree(content);
  const lineOf = (path: readonly PropertyKey[]): number => {
    const node = tree && findNodeAtLocation(tree, path as (string | number)[]);
    if (!node && path.length > 0) return lineOf(path.slice(0, -1));
    return content.slice(0, node?.offset ?? 0).split("\n").length;
  };
  const problems = error.issues.slice(0, problemsMax).map((issue) => ({
    line: lineOf(issue.path),
    reason:
      issue.code === "unrecognized_keys"
        ? `unknown key: ${issue.keys.join(", ")}`
        : `${issue.path.filter((step) => typeof step === "string").join(".") || "the file"}: ${issue.message}`,
  }));
  return { entries: [], problems };
}

/** Replaces the file as a whole, or not at all. */
export function writeBaseline(file: string, entries: readonly BaselineEntry[]): void {
  const mine = `${file}.${process.pid}`;
  try {
    writeFileSync(mine, baselineText(entries));
    renameSync(mine, file);
  } finally {
    rmSync(mine, { force: true });
  }
}

export function baselineText(entries: readonly BaselineEntry[]): string {
  const lines = entries.map(({ rule, resource, property, found, firstSeen, until, owner }) =>
    JSON.stringify({ rule, resource, property, found, firstSeen, until, owner }),
  );
  return `{"baseline":1,"entries":[${lines.length > 0 ? `\n${lines.sort().join(",\n")}\n` : ""}]}\n`;
}
