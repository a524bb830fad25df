/**
 * `npm run harness -- [<operation> | kill | fail | cancel | expire | cut] … [--record]`: each step of each operation,
 * disturbed in each way, on the real engine and the embedded cloud; then many drills by several workers, or only these:
 * `npm run harness -- many-drills`. Prints each trial; the exit code is 1 if a promise was broken.
 */
import { delimiter } from "node:path";
import { silenceSdkNotice } from "../../../automation/settings";
import { ensureEngine } from "../../../localcloud/toolchain/engine";
import { DrillCloud } from "../drill-cloud";
import { manyDrills, type ManyDrills } from "./many-drills";
import { manyLine, record, summaryOf, type Result } from "./report";
import { trialsOf, tryOut, undisturbed, ways, type Trial } from "./real-trials";
import { subjects } from "./subjects";

const content = "create table item (id int primary key); insert into item select generate_series(1, 2000)";

async function main(words: string[]): Promise<void> {
  silenceSdkNotice();
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
  const { folder } = await ensureEngine((line) => process.stderr.write(`${line}\n`));
  process.env["PATH"] = [folder, process.env["PATH"]].join(delimiter);
  const drills = await DrillCloud.start();
  const results: Result[] = [];
  let many: ManyDrills | undefined;
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    if (!onlyMany) await drills.makeSource("orders", content);
    for (const { operation, order, cases } of onlyMany ? [] : chosen) {
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
    if (onlyMany || words.every((word) => word.startsWith("--")))
      many = await manyDrills(drills, { drills: 24, workers: 4, databases: 6 }, report);
  } finally {
    await drills.stop();
  }
  const broken = [...results.flatMap(({ trials }) => trials.flatMap((t) => t.problems)), ...(many?.problems ?? [])];
  many?.problems.forEach(report);
  process.stdout.write(`${[...summaryOf(results), ...(many ? [manyLine(many)] : [])].join("\n")}\n`);
  if (broken.length > 0) process.exitCode = 1;
  if (words.includes("--record")) record(results, many);
}

const lineOf = (operation: string, { step, way, problems, seconds }: Trial): string =>
  `${problems.length === 0 ? "✓" : "✗"} ${operation}, ${way} "${step}" (${Math.round(seconds)} s)${problems.map((p) => `\n    ${p}`).join("")}`;

void main(process.argv.slice(2));
