/**
 * `npm run harness -- [<operation> | kill | fail | cancel | expire] … [--record]`: each step of each operation,
 * disturbed in each way, on the real engine and the embedded cloud. Prints each trial; the exit code is 1 if a promise
 * was broken.
 */
import { delimiter } from "node:path";
import { silenceSdkNotice } from "../../../automation/settings";
import { ensureEngine } from "../../../localcloud/toolchain/engine";
import { DrillCloud } from "../drill-cloud";
import { record, summaryOf, type Result } from "./report";
import { trialsOf, tryOut, undisturbed, ways, type Trial } from "./real-trials";
import { subjects } from "./subjects";

const content = "create table item (id int primary key); insert into item select generate_series(1, 2000)";

async function main(words: string[]): Promise<void> {
  silenceSdkNotice();
  const wanted = <T>(all: T[], nameOf: (one: T) => string): T[] => {
    const named = all.filter((one) => words.includes(nameOf(one)));
    return named.length > 0 ? named : all;
  };
  const chosen = wanted(
    subjects.filter(({ isReal }) => isReal),
    ({ operation }) => operation.name,
  );
  const chosenWays = wanted([...ways], (way) => way);
  const { folder } = await ensureEngine((line) => process.stderr.write(`${line}\n`));
  process.env["PATH"] = [folder, process.env["PATH"]].join(delimiter);
  const drills = await DrillCloud.start();
  const results: Result[] = [];
  try {
    await drills.makeSource("orders", content);
    for (const { operation, order, cases } of chosen) {
      const steps = order[operation.version]![Object.keys(cases)[0]!]!;
      const tried = { drills, operation, database: "orders", steps };
      const calm = await undisturbed(tried);
      process.stderr.write(`${operation.name} undisturbed: ${JSON.stringify(calm)}\n`);
      const trials: Trial[] = [];
      for (const [step, way] of trialsOf(tried, chosenWays)) {
        trials.push(await tryOut(tried, calm, step, way));
        process.stderr.write(`${lineOf(operation.name, trials.at(-1)!)}\n`);
      }
      const possible = new Set(trialsOf(tried, ways).map(([step, way]) => `${way} ${step}`));
      results.push({ operation: operation.name, version: operation.version, steps, possible, trials });
    }
  } finally {
    await drills.stop();
  }
  process.stdout.write(`${summaryOf(results).join("\n")}\n`);
  if (results.some(({ trials }) => trials.some(({ problems }) => problems.length > 0))) process.exitCode = 1;
  if (words.includes("--record")) record(results);
}

const lineOf = (operation: string, { step, way, problems, seconds }: Trial): string =>
  `${problems.length === 0 ? "✓" : "✗"} ${operation}, ${way} "${step}" (${Math.round(seconds)} s)${problems.map((p) => `\n    ${p}`).join("")}`;

void main(process.argv.slice(2));
