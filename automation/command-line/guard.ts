import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as esbuild from "esbuild";
import { readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { readLocations, readStandard } from "../configuration/configuration";
import { ShipshapeError } from "../errors";
import { unreachableText } from "../fleet-records";
import { readGuardConfig } from "../guardrails/guard-config";
import { judge } from "../guardrails/judgement";
import { liveInventory } from "../guardrails/live-inventory";
import { onlyOfStates, NotReportedLive } from "../guardrails/live-rules";
import { rulesHere } from "../guardrails/rules-here";
import { printable, printableJson } from "../guardrails/printable";
import { annotations } from "../guardrails/report-annotations";
import { sarifReport } from "../guardrails/report-sarif";
import { textReport } from "../guardrails/report-text";
import { undeclaredGroups, stateFiles, type StateRules } from "../guardrails/state-files";
import { judgeInParallel, type WorkerProgram } from "../guardrails/state-pool";
import { unjudgedLines } from "../guardrails/unjudged";
import { countsOf, exitCodeOf, ordered, type Verdict } from "../guardrails/verdict";
import { describeCloud } from "../targets/queried-cloud";
import { liveFleet } from "../targets/live-databases";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { waiversFolder } from "./waiver";

export interface GuardOptions {
  state?: string;
  live?: boolean;
  config?: string;
  waivers?: string;
  on?: string;
  json?: boolean;
  github?: boolean;
  sarif?: string;
  failOnUndecided?: boolean;
}

/**
 * `shipshape guard`: runs the rules of the policy pack, without an engine, on exported states and on live databases.
 */
export async function guard(options: GuardOptions, context: CommandContext): Promise<void> {
  if ((options.state === undefined) === (options.live === undefined))
    throw new ShipshapeError("usage", {
      problem: "give either --state <path> or --live",
      command: "shipshape guard",
    });
  const verdict =
    options.state === undefined
      ? await liveVerdict(options, context)
      : await stateVerdict(options.state, options, context);
  await tell(verdict, options, context);
}

function rulesOf(options: GuardOptions, { configurationFile }: Settings) {
  const today = todayOf(options.on);
  const standard = readStandard(configurationFile);
  const { rules, compiled } = rulesHere(configurationFile);
  const waivers = readWaivers(waiversFolder(options.waivers), today, rules);
  return { waivers, config: readGuardConfig(options.config, rules), today, standard, own: compiled, rules };
}

async function stateVerdict(path: string, options: GuardOptions, { settings }: CommandContext): Promise<Verdict> {
  const { rules, ...given } = rulesOf(options, settings);
  const files = await stateFiles(path);
  const judged = await judgeInParallel(files, given, () => workerProgram(settings.packageFolder, settings.inCheckout));
  const register = new WaiverRegister({ ...given.waivers, problems: [] }, given.today);
  register.markNeeded(judged.neededWaivers);
  return {
    rules,
    findings: [...judged.findings, ...register.stale(new Set(judged.stacks))],
    problems: [...problemsOf(given), ...judged.problems],
    judged: `${counted(judged.files, "state")} with ${counted(judged.resources, "resource")}`,
    left: unjudgedLines([...judged.unjudged, ...undeclaredGroups(judged)]),
    severalFiles: files.length > 1,
  };
}

/** Each account and Region that `shipshape.yaml` names is judged for itself: names are unique only there. */
async function liveVerdict(options: GuardOptions, { settings }: CommandContext): Promise<Verdict> {
  const given = rulesOf(options, settings);
  const locations = readLocations(settings.configurationFile);
  const { answers, unreachable } = await liveFleet(locations);
  const register = new WaiverRegister({ ...given.waivers, problems: [] }, given.today);
  const notApplied = onlyOfStates(given.rules);
  const notReported = new NotReportedLive(notApplied);
  const judged = answers.map(({ result: live }) => {
    const { resources, ...inventory } = liveInventory(live);
    const inputs = { declared: [], deployed: resources, notReported: notReported.note };
    return { live, resources, ...inventory, findings: judge(inputs, given.config, register, given) };
  });
  const sum = judged.reduce((all, { databases }) => all + databases, 0);
  const where =
    locations.length === 0
      ? (judged[0]?.live.region ?? "")
      : `${answers.length} of ${counted(locations.length, "account and Region", "accounts and Regions")}`;
  const among = (region: string, account = "unknown") =>
    locations.length > 1 ? ` of account ${account}, Region ${region}` : "";
  return {
    rules: given.rules,
    findings: judged.flatMap(({ findings }) => findings.filter(({ rule }) => !notApplied.includes(rule))),
    problems: problemsOf(given),
    judged: `${counted(sum, "database")} in ${where}`,
    queriedClouds: judged.map(({ live }) => describeCloud(live.cloud)),
    unreachable,
    left: [
      notReported.line(judged.flatMap(({ resources }) => resources)),
      ...judged.flatMap(({ otherEngines, live: { unanswered, region, cloud } }) => [
        ...(otherEngines.length > 0
          ? [`not judged${among(region, cloud.account)}: ${otherEngines.join(", ")}: engines that no rule covers`]
          : []),
        ...(unanswered.length > 0
          ? [`not judged${among(region, cloud.account)}, because the RDS API did not answer: ${unanswered.join(", ")}`]
          : []),
      ]),
      ...unreachable.map((one) => `not judged: ${unreachableText(one)}`),
    ],
    severalFiles: false,
  };
}

const counted = (count: number, what: string, several = `${what}s`): string =>
  `${count} ${count === 1 ? what : several}`;

const problemsOf = ({ waivers, config }: Pick<StateRules, "waivers" | "config">): Verdict["problems"] => [
  ...waivers.problems.map(({ file, line, message }) => ({
    code: "waiver-invalid" as const,
    file,
    line,
    reason: message,
  })),
  ...config.problems,
];

function workerProgram(packageFolder: string, inCheckout: boolean): WorkerProgram {
  if (!inCheckout) return { file: join(packageFolder, "dist", "guard-worker.cjs") };
  const { buildSync } = createRequire(join(packageFolder, "package.json"))("esbuild") as typeof esbuild;
  const { outputFiles } = buildSync({
    entryPoints: [join(packageFolder, "automation", "guardrails", "state-worker.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    mainFields: ["module", "main"], // the UMD form of jsonc-parser hides its imports from bundlers
    logLevel: "silent",
  });
  return { text: outputFiles[0]?.text ?? "" };
}

async function tell(verdict: Verdict, options: GuardOptions, { terminal }: CommandContext): Promise<void> {
  const folder = process.cwd();
  if (options.sarif !== undefined) await writeFile(options.sarif, `${printableJson(sarifReport(verdict, folder))}\n`);
  const { findings, problems, judged, queriedClouds, unreachable, left } = verdict;
  if (options.json)
    terminal.json({
      judged,
      // One where one was asked: reports that know only that remain as they are.
      place: queriedClouds?.length === 1 ? queriedClouds[0] : undefined,
      places: queriedClouds,
      unreachable,
      counts: countsOf(findings),
      findings: ordered(findings),
      problems,
      left,
    });
  else
    for (const line of options.github
      ? annotations(verdict, folder)
      : textReport(verdict, (style, text) => terminal.style(style, text)))
      terminal.say(line);
  if (!options.json && !options.github)
    for (const { code, ...values } of problems) {
      const error = new ShipshapeError(code, values);
      terminal.complain(
        `${terminal.style("red", "error:")} ${printable(error.message)}\n${terminal.style("dim", "hint:")}  ${printable(error.hint)} [${code}]`,
      );
    }
  process.exitCode = exitCodeOf(verdict, options.failOnUndecided);
}
