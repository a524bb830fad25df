/** What `npm run harness` prints at its end, and records in its page. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ManyDrills } from "./many-drills";
import { allSteps, type Steps } from "./order-of-steps";
import { ways, type Trial, type Way } from "./real-trials";

export interface Result {
  operation: string;
  version: number;
  steps: Steps;
  /** All trials that there are of it, as `<way> <step>`. */
  possible: ReadonlySet<string>;
  trials: Trial[];
}

const manyHeading = "## Many drills";

/** What they promise is on the page above. */
export const manyLine = ({ drills, workers, databases, problems, seconds }: ManyDrills): string =>
  `${drills} drills of ${databases} databases by ${workers} workers, one of them killed (SIGKILL): ${problems.length === 0 ? "✓" : `✗ ${problems.length} broken promises`}, in ${Math.round(seconds)} s.`;

const page = join(__dirname, "../../../docs/operations/harness.md");
const mark = "<!-- recorded: written by `npm run harness -- --record`, do not edit below -->";

export const summaryOf = (results: Result[]): string[] =>
  results.map(({ operation, version, trials }) => {
    const kept = trials.filter(({ problems }) => problems.length === 0).length;
    const minutes = Math.round(trials.reduce((all, { seconds }) => all + seconds, 0) / 60);
    return `${operation} ${version}: ${kept} of ${trials.length} trials ended as they must, in ${minutes} minutes`;
  });

/** By its heading. */
export type Section = [heading: string, text: string];

export const manySection = (many: ManyDrills | undefined): Section[] =>
  many ? [[manyHeading, `${manyLine(many)} Recorded ${now()}.`]] : [];

/** Replaces what was tried; keeps what else was recorded of the same version, of a column that of the same commit. */
export function record(results: Result[], others: Section[]): void {
  const text = readFileSync(page, "utf8");
  const at = text.indexOf(mark) + mark.length;
  const sections = new Map(
    text
      .slice(at)
      .split(/^(?=## )/m)
      .filter((section) => section.startsWith("## "))
      .map((section) => [headingOf(section), section.trim()]),
  );
  for (const result of results) {
    const heading = `## ${result.operation}, version ${result.version}`;
    for (const other of sections.keys())
      if (other.startsWith(`## ${result.operation},`) && other !== heading) sections.delete(other);
    sections.set(heading, sectionOf(result, heading, sections.get(heading) ?? ""));
  }
  for (const [heading, said] of others) sections.set(heading, `${heading}\n\n${said}`);
  writeFileSync(page, `${text.slice(0, at)}\n\n${[...sections.values()].sort().join("\n\n")}\n`);
}

function sectionOf({ steps, possible, trials }: Result, heading: string, before: string): string {
  const rows = before.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  const recorded = (step: string, at: number) => rows.find(([, name]) => name === step)?.[at + 2] ?? "not tried";
  const tried = new Set(trials.map(({ way }) => way));
  const isPossible = (way: Way) => allSteps(steps).some((step) => possible.has(`${way} ${step}`));
  const cell = (step: string, way: Way, at: number) => {
    if (!possible.has(`${way} ${step}`)) return "–";
    if (!tried.has(way)) return recorded(step, at);
    const trial = trials.find((one) => one.step === step && one.way === way);
    // What a column has is of one state of the code, which it names.
    if (!trial) return isOfThisCode(recorded("recorded", at)) ? recorded(step, at) : "not tried";
    return trial.problems.length === 0 ? "✓" : "✗";
  };
  const row = (name: string, cells: string[]) => `| ${name} | ${cells.join(" | ")} |`;
  return [
    heading,
    "",
    row(
      "step",
      ways.map((way) => columns[way]),
    ),
    `|---|${ways.map(() => "---|").join("")}`,
    ...allSteps(steps).map((step) =>
      row(
        step,
        ways.map((way, at) => cell(step, way, at)),
      ),
    ),
    row(
      "recorded",
      ways.map((way, at) => (tried.has(way) ? now() : isPossible(way) ? recorded("recorded", at) : "–")),
    ),
  ].join("\n");
}

/** Not with changes, of which nobody knows whether they are the same. */
const isOfThisCode = (recorded: string): boolean => / at [0-9a-f]+$/.test(now()) && recorded.endsWith(atOf(now()));
const atOf = (recorded: string): string => recorded.slice(recorded.indexOf(" at "));

const headingOf = (section: string): string => section.split("\n", 1)[0] ?? "";
const columns: Record<Way, string> = {
  kill: "killed",
  cut: "cut off",
  fail: "failed",
  cancel: "cancelled",
  expire: "expired",
};

export function now(): string {
  const git = (...words: string[]) => execFileSync("git", words, { cwd: __dirname, encoding: "utf8" }).trim();
  const changes = git("status", "--porcelain", "--", "automation", "localcloud", "stacks", "components");
  return `${new Date().toISOString().slice(0, 10)} at ${git("rev-parse", "--short=12", "HEAD")}${changes ? " with changes" : ""}`;
}
