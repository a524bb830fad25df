import { builtIn } from "../../components/standards/built-in";
import { execFile } from "node:child_process";
import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { localProcessEnvironment } from "../../automation/command-line/local-environment";
import { startLocalCloud } from "../../automation/command-line/local-start";
import { stopLocalCloud } from "../../automation/command-line/local-stop";
import { readStartRecord } from "../../automation/command-line/start-record";
import { readState } from "../../automation/guardrails/exported-state";
import { judge } from "../../automation/guardrails/judgement";
import { readSettings } from "../../automation/settings";
import { rules } from "../../policypacks/database-guardrails/rules";
import { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
import { temporaryFolder } from "../cloud";
import type { Measure } from "./measure";
import { untilFirstLine } from "./process-tree";

const run = promisify(execFile);
const checkout = join(__dirname, "../..");
const pack = join(checkout, "policypacks", "database-guardrails");
const databaseStack = "database.ledger-development";
const states = 10_000;

/** A cloud with the platform and one database, and the commands a user runs there. */
async function deployed() {
  const settings = { ...readSettings(checkout), dataFolder: temporaryFolder() };
  const { url, dataFolder, accessKey } = await startLocalCloud(settings, () => undefined);
  const env = localProcessEnvironment(
    { url, dataFolder, accessKey, engineFolder: (await readStartRecord(dataFolder))?.engine.folder },
    settings.inherited,
  );
  const pulumi = (...words: string[]) =>
    run("pulumi", [...words, "--non-interactive", "--color", "never"], { cwd: checkout, env, maxBuffer: 1 << 26 });
  for (const stack of ["platform.dev", databaseStack]) {
    await pulumi("stack", "select", "--create", "--stack", stack);
    await pulumi("up", "--yes", "--skip-preview", "--stack", stack);
  }
  const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-states-"));
  const state = join(folder, "state.json");
  await pulumi("stack", "export", "--stack", databaseStack, "--file", state);
  const after = async () => {
    await stopLocalCloud(settings, () => undefined);
    for (const one of [folder, dataFolder]) rmSync(one, { recursive: true, force: true });
  };
  return { pulumi, env, folder, state, after };
}

/** The engine starts a process for any pack, which loads Pulumi's SDK; the program starts once that has its port. */
export const packStart: Measure = {
  name: "start of the guardrails' pack",
  ours: "spawn until its port",
  floor: "the same of a pack without rules, which nothing compiles",
  runs: 9,
  async prepare() {
    const empty = emptyPack();
    const host = join(checkout, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack");
    const start = (folder: string) => untilFirstLine(process.execPath, [host, "127.0.0.1:9", folder], folder);
    return {
      ours: () => start(pack),
      floor: () => start(empty),
      after: async () => rmSync(empty, { recursive: true, force: true }),
    };
  },
};

function emptyPack(): string {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-pack-"));
  cpSync(join(pack, "PulumiPolicy.yaml"), join(folder, "PulumiPolicy.yaml"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0", main: "index.js" }));
  const program = 'const { PolicyPack } = require("@pulumi/policy");\nnew PolicyPack("empty", { policies: [] });\n';
  writeFileSync(join(folder, "index.js"), program);
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/**
 * Per file: `analyze` takes one, so it is the floor; ours judges ten thousand, and its time is divided by that number.
 */
export const guardStates: Measure = {
  name: `guard over ${states.toLocaleString("en")} exported states, per state`,
  ours: "`shipshape guard --state <folder>`",
  floor: "`pulumi policy analyze --file`",
  runs: 3,
  async prepare() {
    const { env, folder, state, after } = await deployed();
    const many = join(folder, "many");
    mkdirSync(many);
    for (let at = 0; at < states; at++) linkSync(state, join(many, `${at}.json`));
    return {
      async ours() {
        const began = performance.now();
        const { stderr } = await run(
          process.execPath,
          [
            "--require",
            peakReporter(folder),
            join(checkout, "automation/command-line/shipshape.cjs"),
            "guard",
            "--state",
            many,
            "--json",
          ],
          { env, cwd: folder, maxBuffer: 1 << 26 },
        );
        const seconds = (performance.now() - began) / 1000;
        process.stderr.write(
          `  ${states} states in ${seconds.toFixed(1)} s, peak memory ${/peak (\d+)/.exec(stderr)?.[1] ?? "?"} MB\n`,
        );
        return seconds / states;
      },
      floor: async () =>
        void (await run("pulumi", ["policy", "analyze", "--file", state, "--policy-pack", pack], {
          env,
          cwd: folder,
          maxBuffer: 1 << 26,
        })),
      after,
    };
  },
};

/**
 * One judgement of one rule on one resource, against one iteration over each pair: the cost of the rules themselves.
 */
export const rulesPerSecond: Measure = {
  name: "all rules on a database stack's resources, called directly",
  ours: `${rules.length} rules, verdicts with messages`,
  floor: "reading the state they are judged in",
  runs: 5,
  async prepare() {
    const { state, after } = await deployed();
    const text = readFileSync(state, "utf8");
    const rounds = 200;
    return {
      async ours() {
        const read = readState(text);
        const began = performance.now();
        for (let round = 0; round < rounds; round++)
          judge(
            read,
            { options: {}, raised: [], problems: [] },
            new WaiverRegister({ waivers: [], problems: [] }, "2026-11-23"),
            { standard: builtIn, today: "2026-11-23", rules },
          );
        const seconds = (performance.now() - began) / 1000;
        process.stderr.write(
          `  ${Math.round((rounds * rules.length * read.declared.length) / seconds).toLocaleString("en")} rules × resources per second\n`,
        );
        return seconds / rounds;
      },
      async floor() {
        const began = performance.now();
        for (let round = 0; round < rounds; round++) readState(text);
        return (performance.now() - began) / 1000 / rounds;
      },
      after,
    };
  },
};

/** Reported by the process itself at exit, including threads. */
function peakReporter(folder: string): string {
  const file = join(folder, "peak.cjs");
  writeFileSync(
    file,
    'if (require("node:worker_threads").isMainThread) process.on("exit", () => process.stderr.write(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)}\\n`));\n',
  );
  return file;
}
