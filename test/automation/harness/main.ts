/**
 * `npm run harness -- [<operation> | kill | fail | cancel | expire | cut | "<step>"] … [--record]`: each step of each
 * operation, or these, disturbed in each way, on the real engine and the embedded cloud; then many drills by several
 * workers, or only these: `npm run harness -- many-drills`. Only by name are tried two refreshes into one target,
 * `npm run harness -- racing-refreshes`, and whole trains, `whole-train` and `killed-train`. Prints each trial; the exit
 * code is 1 if a promise was broken.
 */
import { delimiter } from "node:path";
import { silenceSdkNotice } from "../../../automation/settings";
import { ensureEngine } from "../../../localcloud/toolchain/engine";
import { DrillCloud } from "../drill-cloud";
import { identifier } from "../operations/own-stack";
import { manyDrills, type ManyDrills } from "./many-drills";
import { killedSteps, killedTrain, type KilledTrain } from "./killed-train";
import { allSteps, type Steps } from "./order-of-steps";
import { manyLine, manySection, record, summaryOf, type Result } from "./report";
import { trialsOf, tryOut, undisturbed, ways, type Trial, type Way } from "./real-trials";
import { racingLine, racingRefreshes, racingSection } from "./racing-refreshes";
import { RefreshCloud } from "./refresh-cloud";
import { subjects, type Subject } from "./subjects";
import { killedTrainLine, trainSections, wholeTrainLines } from "./train-report";
import { wholeTrain } from "./whole-train";

const content = "create table item (id int primary key); insert into item select generate_series(1, 2000)";

async function main(words: string[]): Promise<void> {
  silenceSdkNotice();
  if (words.some((word) => word === "whole-train" || word === "killed-train")) return trains(words);
  if (words.includes("racing-refreshes")) return race(words);
  const wanted = <T>(all: T[], nameOf: (one: T) => string): T[] => {
    const named = all.filter((one) => words.includes(nameOf(one)));
    return named.length > 0 ? named : all;
  };
  const onlyMany = words.includes("many-drills");
  const chosen = wanted(
    subjects.filter(({ isReal }) => isReal),
    ({ operation }) => operation.name,
  );
  const chosenWays = wanted([...ways], (way) => way);
  const isChosen = (steps: Steps) => {
    const named = allSteps(steps).filter((step) => words.includes(step));
    return (step: string) => named.length === 0 || named.includes(step);
  };
  const tried = { ways: chosenWays, isChosen };
  await ensuredEngine();
  const results: Result[] = [];
  let many: ManyDrills | undefined;
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const isRefresh = ({ operation }: Subject) => operation.name === "environment-refresh";
  const others = onlyMany ? [] : chosen.filter((one) => !isRefresh(one));
  const withMany = onlyMany || words.every((word) => word.startsWith("--"));
  if (others.length > 0 || withMany)
    await on(await DrillCloud.start(), async (drills) => {
      if (others.length > 0) await drills.makeSource("orders", content);
      for (const subject of others) results.push(await tryAll(drills, subject, "orders", tried));
      if (withMany) many = await manyDrills(drills, { drills: 24, workers: 4, databases: 6 }, report);
    });
  for (const subject of onlyMany ? [] : chosen.filter(isRefresh))
    await on(await RefreshCloud.start(), async (refreshes) => {
      results.push(await tryAll(refreshes, subject, identifier, tried));
    });
  const broken = [...results.flatMap(({ trials }) => trials.flatMap((t) => t.problems)), ...(many?.problems ?? [])];
  many?.problems.forEach(report);
  process.stdout.write(`${[...summaryOf(results), ...(many ? [manyLine(many)] : [])].join("\n")}\n`);
  if (broken.length > 0) process.exitCode = 1;
  if (words.includes("--record")) record(results, manySection(many));
}

async function race(words: string[]): Promise<void> {
  await ensuredEngine();
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  await on(await RefreshCloud.start(), async (refreshes) => {
    const raced = await racingRefreshes(refreshes, identifier, report);
    raced.problems.forEach(report);
    process.stdout.write(`${racingLine(raced)}\n`);
    if (raced.problems.length > 0) process.exitCode = 1;
    if (words.includes("--record")) record([], racingSection(raced));
  });
}

/** Minutes each, and many processes: only where they are asked for. */
async function trains(words: string[]): Promise<void> {
  await ensuredEngine();
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const whole = words.includes("whole-train") ? await wholeTrain(report) : undefined;
  const steps = Object.values(killedSteps).flat();
  const named = steps.filter((step) => words.includes(step));
  const isChosen = (step: string) => named.length === 0 || named.includes(step);
  const killed = words.includes("killed-train") ? await killedTrain(report, isChosen) : undefined;
  const results = killed ? resultsOf(killed) : [];
  const problems = [
    ...[...(whole?.problems ?? []), ...(killed?.problems ?? [])],
    ...results.flatMap(({ trials }) => trials.flatMap((trial) => trial.problems)),
  ];
  problems.forEach(report);
  const said = [...(whole ? wholeTrainLines(whole) : []), ...(killed ? [killedTrainLine(killed)] : [])];
  process.stdout.write(`${[...summaryOf(results), ...said].join("\n")}\n`);
  if (problems.length > 0) process.exitCode = 1;
  if (words.includes("--record")) record(results, trainSections(whole, killed));
}

const resultsOf = ({ trials }: KilledTrain): Result[] =>
  (["ringed-patch", "database-patch"] as const).map((name) => {
    const { operation } = subjects.find((one) => one.operation.name === name)!;
    const steps = { observe: [], run: killedSteps[name], cleanUp: [] };
    const possible = new Set(
      ways.flatMap((way) => (way === "expire" ? [] : steps.run.map((step) => `${way} ${step}`))),
    );
    return { operation: name, version: operation.version, steps, possible, trials: trials[name] };
  });

async function ensuredEngine(): Promise<void> {
  const { folder } = await ensureEngine((line) => process.stderr.write(`${line}\n`));
  process.env["PATH"] = [folder, process.env["PATH"]].join(delimiter);
}

async function on<T extends DrillCloud>(cloud: T, work: (cloud: T) => Promise<void>): Promise<void> {
  try {
    await work(cloud);
  } finally {
    await cloud.stop();
  }
}

interface Chosen {
  ways: Way[];
  isChosen(this: void, steps: Steps): (step: string) => boolean;
}

async function tryAll(drills: DrillCloud, subject: Subject, database: string, chosen: Chosen): Promise<Result> {
  const { operation, order, cases } = subject;
  const cased = Object.keys(cases)[drills instanceof RefreshCloud ? 1 : 0]!; // a refresh: into an older copy
  const steps = order[operation.version]![cased]!;
  const tried = { drills, operation, database, steps };
  const calm = await undisturbed(tried);
  process.stderr.write(`${operation.name} undisturbed: ${JSON.stringify(calm)}\n`);
  const trials: Trial[] = [];
  const isChosen = chosen.isChosen(steps);
  for (const [step, way] of trialsOf(tried, chosen.ways)) {
    if (!isChosen(step)) continue;
    trials.push(await tryOut(tried, calm, step, way));
    process.stderr.write(`${lineOf(operation.name, trials.at(-1)!)}\n`);
  }
  const possible = new Set(trialsOf(tried, ways).map(([step, way]) => `${way} ${step}`));
  return { operation: operation.name, version: operation.version, steps, possible, trials };
}

const lineOf = (operation: string, { step, way, problems, seconds }: Trial): string =>
  `${problems.length === 0 ? "✓" : "✗"} ${operation}, ${way} "${step}" (${Math.round(seconds)} s)${problems.map((p) => `\n    ${p}`).join("")}`;

void main(process.argv.slice(2));
