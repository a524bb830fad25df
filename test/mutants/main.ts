// `npm run mutants [-- <area> …]`: makes small changes to the sources, one at a time, and counts those that the tests
// notice.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { areas, killedPercentMin, seed, type Area } from "./areas";
import { sampledLines } from "./sample";

const root = join(__dirname, "../..");

interface Mutant {
  status: "Killed" | "Timeout" | "Survived" | "NoCoverage" | "Ignored" | "CompileError" | "RuntimeError" | "Pending";
  mutatorName: string;
  replacement?: string;
  location: { start: { line: number } };
}
interface Report {
  files: Record<string, { source: string; mutants: Mutant[] }>;
}

function main(names: string[]): number {
  const unknown = names.filter((name) => !areas.some((area) => area.name === name));
  if (unknown.length > 0) {
    console.error(`no area ${unknown.join(", ")}; there are: ${areas.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const chosen = areas.filter(({ name }) => names.length === 0 || names.includes(name));
  const scores = chosen.map((area) => ({ area, ...score(run(area)) }));
  for (const { area, killed, all, left } of scores) {
    console.log(`${area.name}: ${killed} of ${all} killed, ${percent(killed, all)} %`);
    for (const line of left) console.log(`  ${line}`);
  }
  return scores.every(({ killed, all }) => percent(killed, all) >= killedPercentMin) ? 0 : 1;
}

/** Runs StrykerJS on a copy of the checkout, and returns its report. */
function run(area: Area): Report {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-mutants-"));
  const report = join(folder, "mutants.json");
  const sources = matching(area.sources);
  const mutate =
    area.share === undefined
      ? sources
      : sources.flatMap((file) => sampledLines(file, readFileSync(join(root, file), "utf8"), area.share!, seed));
  const config = {
    testRunner: "jest",
    plugins: ["@stryker-mutator/jest-runner"],
    mutate,
    coverageAnalysis: "perTest",
    ignoreStatic: true, // a mutant of a constant would reload everything each time
    concurrency: 2,
    timeoutMS: 60_000, // what an endless loop costs, besides half as long again as its tests took
    dryRunTimeoutMinutes: 30,
    reporters: ["clear-text", "progress-append-only", "json"],
    clearTextReporter: { logTests: false, reportTests: false, reportMutants: false, skipFull: true },
    jsonReporter: { fileName: report },
    tempDirName: join(folder, "sandbox"),
    ignorePatterns: ["dist", ".shipshape", "coverage", "docs/policies"],
    allowEmpty: true,
    jest: {
      projectType: "custom",
      configFile: "jest.unit.config.cjs",
      enableFindRelatedTests: false,
      config: {
        testMatch: area.tests.map((glob) => `**/${glob}`),
        testPathIgnorePatterns: ["/test/bench/"],
        testEnvironment: "@stryker-mutator/jest-runner/jest-env/node",
        testTimeout: 900_000,
        globalSetup: "<rootDir>/test/global-setup.ts",
      },
    },
  };
  const file = join(folder, "stryker.json");
  writeFileSync(file, JSON.stringify(config));
  try {
    const { status } = spawnSync("npx", ["stryker", "run", file], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status !== 0) throw new Error(`StrykerJS ended with ${status} on ${area.name}`);
    return JSON.parse(readFileSync(report, "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tracked files that a glob matches. */
const matching = (globs: string[]): string[] =>
  execFileSync("git", ["ls-files", "--", ...globs.map((glob) => `:(glob)${glob}`)], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter(Boolean);

/**
 * A mutant that causes an endless loop was noticed; one that does not compile, or that no test could notice, does not
 * count.
 */
function score({ files }: Report): { killed: number; all: number; left: string[] } {
  const mutants = Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ file, ...mutant })),
  );
  const counted = mutants.filter(({ status }) => ["Killed", "Timeout", "Survived", "NoCoverage"].includes(status));
  const left = counted.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  return {
    killed: counted.length - left.length,
    all: counted.length,
    left: left.map(
      (m) =>
        `${m.file}:${m.location.start.line} ${m.mutatorName} → ${(m.replacement ?? "").slice(0, 60)} (${m.status})`,
    ),
  };
}

const percent = (part: number, of: number): number => (of === 0 ? 0 : Math.floor((100 * part) / of));

process.exitCode = main(process.argv.slice(2));
