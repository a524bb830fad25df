/** A sweep of the fleet against the refreshes that it is made of, and what it keeps in memory. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createFirstKey } from "../../automation/command-line/evidence-log";
import { localProcessEnvironment } from "../../automation/command-line/local-environment";
import { startLocalCloud } from "../../automation/command-line/local-start";
import { stopLocalCloud } from "../../automation/command-line/local-stop";
import { readStartRecord } from "../../automation/command-line/start-record";
import { operationsAtOnceMax } from "../../automation/runner/limits";
import { readSettings } from "../../automation/settings";
import { temporaryFolder } from "../cloud";
import type { Measure } from "./measure";
import { timed, watchedPlugins } from "./process-tree";

const run = promisify(execFile);
const checkout = join(__dirname, "../..");
/** Each is a real database: fewer for a first look. */
const stacksMax = Number(process.env["SHIPSHAPE_BENCH_STACKS"] ?? 50);
const names = (count: number) => Array.from({ length: count }, (_, at) => `sweep${String(at).padStart(3, "0")}`);

/** What the engine writes for a stack whose config is elsewhere is no part of the checkout. */
const removeConfig = (stack: string) => rmSync(join(checkout, "stacks", `Pulumi.${stack}.yaml`), { force: true });

/** A cloud with a platform, and that many databases, each in a stack of its own. */
async function deployed(count: number) {
  const settings = { ...readSettings(checkout), dataFolder: temporaryFolder() };
  const { url, dataFolder, accessKey, controlPlaneUrl } = await startLocalCloud(settings, () => undefined);
  const given = {
    url,
    dataFolder,
    accessKey,
    controlPlaneUrl,
    engineFolder: (await readStartRecord(dataFolder))?.engine.folder,
  };
  const local = localProcessEnvironment(given, settings.inherited);
  // Neither reads with the program: a refresh does not need it.
  const env = { ...local, PULUMI_RUN_PROGRAM: "false", SHIPSHAPE_DATA_FOLDER: dataFolder };
  const up = async (stack: string, ...more: string[]) => {
    const words = ["--stack", stack, "--non-interactive", "--color", "never"];
    await run("pulumi", ["stack", "init", ...words.slice(1)], { cwd: checkout, env });
    if (more.length > 0) removeConfig(stack);
    await run("pulumi", ["up", "--yes", "--skip-preview", ...words, ...more], {
      cwd: checkout,
      env,
      maxBuffer: 1 << 26,
    });
  };
  await up("platform.dev");
  const own = { owner: "team-sweep", environment: "development", tier: "bronze", size: "small", costCenter: "1" };
  for (const service of names(count)) {
    const file = join(dataFolder, `${service}.json`);
    const request = { service, ...own, dataClassification: "internal", extensions: ["pg_stat_statements"] };
    const config = { "aws:region": "eu-central-1", "shipshape:request": request };
    writeFileSync(
      file,
      JSON.stringify({ config: { ...config, "shipshape:place": { platformStack: "platform.dev" } } }),
    );
    await up(`database.${service}`, "--config-file", file);
    process.stderr.write(`  ${service} is up\n`);
  }
  createFirstKey(readSettings(checkout, dataFolder, env));
  const after = async () => {
    await stopLocalCloud(settings, () => undefined);
    for (const service of names(count)) removeConfig(`database.${service}`);
    rmSync(dataFolder, { recursive: true, force: true });
  };
  return { env, dataFolder, after };
}

/** As many at once as one worker carries out. The floor also reads what is in the databases, resource by resource. */
export const driftSweep: Measure = {
  name: `sweep of ${stacksMax} stacks`,
  ours: "`shipshape request drift-detection --fleet --work`: planned, compared, sealed",
  floor: `\`pulumi refresh --preview-only\` of each, ${operationsAtOnceMax} at once`,
  runs: 3,
  async prepare() {
    const { env, dataFolder, after } = await deployed(stacksMax);
    const program = join(checkout, "automation/command-line/shipshape.cjs");
    const refresh = `pulumi refresh --preview-only --non-interactive --color never --stack database.{}`;
    const each = `printf '%s\\n' ${names(stacksMax).join(" ")} | xargs -P ${operationsAtOnceMax} -I {} ${refresh}`;
    return {
      async ours() {
        // Nothing waits for the plugins that stay up: they end with the worker.
        const watched = watchedPlugins(dataFolder);
        const words = ["request", "drift-detection", "--fleet", "--reason", "a benchmark", "--work", "--json"];
        const command = `"$@" >"${dataFolder}/sweep.json" || [ $? = 1 ]`;
        const taken = await timed(["sh", "-c", command, "sh", process.execPath, program, ...words], {
          env,
          cwd: checkout,
        });
        const cpuSeconds = (taken.cpuSeconds ?? 0) + watched.stop();
        const { verdict } = JSON.parse(readFileSync(join(dataFolder, "sweep.json"), "utf8")) as { verdict: string };
        process.stderr.write(`  ${(cpuSeconds / stacksMax).toFixed(2)} s CPU a stack, verdict ${verdict}\n`);
        return { ...taken, cpuSeconds };
      },
      floor: () => timed(["sh", "-c", each], { env, cwd: checkout }),
      after,
    };
  },
};

/** The fleet's code over recorded states: looks, plans, requests and concludes, without engines. */
export const sweepMemory: Measure = {
  name: "memory of a sweep of 1,000 recorded stacks",
  ours: "the highest of a process that looks at, plans, requests and concludes 1,000",
  floor: "the same of 100",
  runs: 3,
  unit: "MB",
  async prepare() {
    const { env, dataFolder, after } = await deployed(1);
    const state = join(dataFolder, "pulumi-state/.pulumi/stacks/shipshape");
    const whole = readFileSync(join(state, `database.${names(1)[0]}.json`), "utf8");
    const backends = [100, 1000].map((count) => {
      const folder = join(dataFolder, `recorded-${count}`, ".pulumi/stacks/shipshape");
      mkdirSync(folder, { recursive: true });
      for (let at = 0; at < count; at++)
        writeFileSync(join(folder, `database.recorded${at}.json`), recorded(whole, at));
      return `file://${dataFolder}/recorded-${count}`;
    });
    const peak = async (backend: string) => {
      const words = ["--expose-gc", "--import", "tsx", join(__dirname, "sweep-memory.ts"), backend];
      const { stdout } = await run(process.execPath, words, { env, cwd: checkout, maxBuffer: 1 << 26 });
      return Number(stdout);
    };
    return { ours: () => peak(backends[1]!), floor: () => peak(backends[0]!), after };
  },
};

/** Another database in each: by its identifier, its resource id and its stack. */
const recorded = (state: string, at: number): string =>
  state.replaceAll(names(1)[0]!, `recorded${at}`).replaceAll(/db-[A-Z0-9]{26}/g, `db-${String(at).padStart(26, "0")}`);
