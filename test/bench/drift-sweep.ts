/** A sweep of the fleet against the refreshes that it is made of, and what it keeps in memory. */
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
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

/** A Region has a quota of 40 databases, as that of a new account. */
const places = [
  { region: "eu-central-1", copyRegion: "eu-west-1", platform: "platform.central" },
  { region: "eu-west-1", copyRegion: "eu-central-1", platform: "platform.west" },
];
type Place = (typeof places)[number];

/** A cloud with a platform in each Region, and that many databases, each in a stack of its own. */
async function deployed(count: number) {
  const settings = { ...readSettings(checkout), dataFolder: temporaryFolder() };
  const { url, dataFolder, accessKey, controlPlaneUrl } = await startLocalCloud(settings, () => undefined);
  const engineFolder = (await readStartRecord(dataFolder))?.engine.folder;
  const local = localProcessEnvironment(
    { url, dataFolder, accessKey, controlPlaneUrl, engineFolder },
    settings.inherited,
  );
  const configuration = join(dataFolder, "shipshape.yaml");
  const accounts = [{ account: "123456789012", regions: places.map(({ region }) => region) }];
  writeFileSync(configuration, JSON.stringify({ accounts }), { mode: 0o600 });
  const env = {
    ...{ ...local, SHIPSHAPE_DATA_FOLDER: dataFolder, SHIPSHAPE_CONFIGURATION_FILE: configuration },
    // Neither reads with the program: a refresh does not need it.
    PULUMI_RUN_PROGRAM: "false",
  };
  const stacks: string[] = [];
  const after = async () => {
    await stopLocalCloud(settings, () => undefined);
    for (const stack of stacks) removeConfig(stack);
    rmSync(dataFolder, { recursive: true, force: true });
  };
  const up = async (stack: string, config: object) => {
    stacks.push(stack);
    const file = join(dataFolder, `${stack}.json`);
    writeFileSync(file, JSON.stringify({ config }));
    const words = ["--stack", stack, "--non-interactive", "--color", "never"];
    await run("pulumi", ["stack", "init", ...words.slice(1)], { cwd: checkout, env });
    removeConfig(stack);
    const changing = ["up", "--yes", "--skip-preview", ...words, "--config-file", file];
    await run("pulumi", changing, { cwd: checkout, env, maxBuffer: 1 << 26 });
    process.stderr.write(`  ${stack} is up\n`);
  };
  try {
    for (const place of places.slice(0, count)) await up(place.platform, platformConfig(place));
    for (const [at, service] of names(count).entries())
      await up(`database.${service}`, databaseConfig(service, places[at % places.length]!));
  } catch (error) {
    await after();
    throw error;
  }
  createFirstKey(readSettings(checkout, dataFolder, env));
  return { env, dataFolder, after };
}

const own = { owner: "team-sweep", environment: "development", costCenter: "1" };

const platformConfig = ({ region, copyRegion }: Place) => ({
  "aws:region": region,
  "shipshape:platform": { ...own, environment: "production", copyRegion },
  "shipshape:network": {
    vpcId: "vpc-0a1b2c3d4e5f60001",
    subnetIds: [1, 2, 3].map((at) => `subnet-0a1b2c3d4e5f6000${at}`),
  },
});

const databaseConfig = (service: string, { region, platform }: Place) => ({
  "aws:region": region,
  "shipshape:request": {
    ...{ ...own, service, tier: "bronze", size: "small", dataClassification: "internal" },
    extensions: ["pg_stat_statements"],
  },
  "shipshape:place": { platformStack: platform },
});

/** How often each API was called meanwhile, for each stack; what the log no longer keeps (2,000 reads) is left out. */
async function callsAStack(env: Record<string, string>, from: Date): Promise<string> {
  const credentials = { accessKeyId: env["AWS_ACCESS_KEY_ID"]!, secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]! };
  const counts = new Map<string, number>();
  const window = { StartTime: from, EndTime: new Date() };
  for (const { region } of places) {
    const trail = new CloudTrailClient({ endpoint: env["AWS_ENDPOINT_URL"]!, region, credentials });
    for (let token: string | undefined, hasMore = true; hasMore; hasMore = token !== undefined) {
      const page = await trail.send(new LookupEventsCommand({ ...window, MaxResults: 50, NextToken: token }));
      for (const { EventSource = "", EventName = "" } of page.Events ?? []) {
        const name = `${EventSource.split(".")[0]}:${EventName}`;
        counts.set(name, (counts.get(name) ?? 0) + 1 / stacksMax);
      }
      token = page.NextToken;
    }
    trail.destroy();
  }
  const most = [...counts].sort(([, one], [, other]) => other - one);
  return most.map(([name, count]) => `${count.toFixed(2)} ${name}`).join(", ");
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
        const from = new Date();
        const words = ["request", "drift-detection", "--fleet", "--reason", "a benchmark", "--work", "--json"];
        const command = `"$@" >"${dataFolder}/sweep.json" || [ $? = 1 ]`;
        const taken = await timed(["sh", "-c", command, "sh", process.execPath, program, ...words], {
          env,
          cwd: checkout,
        });
        const cpuSeconds = (taken.cpuSeconds ?? 0) + watched.stop();
        const { verdict } = JSON.parse(readFileSync(join(dataFolder, "sweep.json"), "utf8")) as { verdict: string };
        process.stderr.write(`  ${(cpuSeconds / stacksMax).toFixed(2)} s CPU a stack, verdict ${verdict}\n`);
        process.stderr.write(`  API calls a stack: ${await callsAStack(env, from)}\n`);
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
