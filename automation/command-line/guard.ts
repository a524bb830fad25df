import { writeFile } from "node:fs/promises";
import { writeBaseline } from "../../policypacks/database-guardrails/baseline/baseline-file";
import { readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { stackOf } from "../../policypacks/database-guardrails/waivers/waiver-glob";
import { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { readLocations, readStandard } from "../configuration/configuration";
import { ShipshapeError } from "../errors";
import { unreachableText } from "../fleet-records";
import { BaselineHere } from "../guardrails/baseline-here";
import { readGuardConfig } from "../guardrails/guard-config";
import { judge } from "../guardrails/judgement";
import { liveInventory } from "../guardrails/live-inventory";
import { onlyOfStates, NotReportedLive } from "../guardrails/live-rules";
import { rulesHere } from "../guardrails/rules-here";
import { printable, printableJson } from "../guardrails/printable";
import { annotations } from "../guardrails/report-annotations";
import { junitReport } from "../guardrails/report-junit";
import { sarifReport } from "../guardrails/report-sarif";
import { textReport } from "../guardrails/report-text";
import { undeclaredGroups, stateFiles, type StateRules } from "../guardrails/state-files";
import { judgeInParallel } from "../guardrails/state-pool";
import { unjudgedLines } from "../guardrails/unjudged";
import { countsOf, exitCodeOf, ordered, type Verdict } from "../guardrails/verdict";
import { describeCloud } from "../targets/queried-cloud";
import { liveFleet } from "../targets/live-databases";
import type { Settings } from "../settings";
import { threadProgram } from "../thread-program";
import type { CommandContext } from "./command-context";
import { copyProofs } from "./copy-proofs";
import { KeptInstances } from "./kept-instances";
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
  junit?: string;
  failOnUndecided?: boolean;
  baseline?: string;
  shrink?: boolean;
}

/**
 * `shipshape guard`: runs the rules of the policy pack, without an engine, on exported states and on live databases.
 */
export async function guard(options: GuardOptions, context: CommandContext): Promise<void> {
  if ((options.state === undefined) === (options.live === undefined))
    throw usage("give either --state <path> or --live");
  const verdict =
    options.state === undefined
      ? await liveVerdict(options, context)
      : await stateVerdict(options.state, options, context);
  const { baseline, problems } = verdict;
  if (options.shrink && baseline === undefined && problems.length === 0)
    throw usage("--shrink: give --baseline, or guardrails.baseline in shipshape.yaml");
  await tell(verdict, options, context);
  // What could not be read may still need its entry.
  if (options.shrink && baseline && problems.length === 0) shrink(baseline, context);
}

function shrink({ file, gone, left }: NonNullable<Verdict["baseline"]>, { terminal }: CommandContext): void {
  if (gone.length > 0) writeBaseline(file, left);
  terminal.progress(`${file}: ${counted(gone.length, "entry", "entries")} removed, ${left.length} left`);
}

function rulesOf(options: GuardOptions, { configurationFile }: Settings) {
  const today = todayOf(options.on);
  const standard = readStandard(configurationFile);
  const { rules, compiled, baseline: named } = rulesHere(configurationFile);
  const waivers = readWaivers(waiversFolder(options.waivers), today, rules);
  const stated = { waivers, config: readGuardConfig(options.config, rules), today, standard, own: compiled };
  return { stated, rules, baseline: new BaselineHere(options.baseline ?? named, today) };
}

async function stateVerdict(path: string, options: GuardOptions, { settings }: CommandContext): Promise<Verdict> {
  const { rules, stated, baseline } = rulesOf(options, settings);
  const files = await stateFiles(path);
  const judged = await judgeInParallel(files, stated, () =>
    threadProgram(settings.packageFolder, "automation/guardrails/state-worker.ts"),
  );
  const register = new WaiverRegister({ ...stated.waivers, problems: [] }, stated.today);
  register.markNeeded(judged.neededWaivers);
  const stacks = new Set(judged.stacks);
  const findings = baseline.apply(judged.findings);
  return {
    rules,
    findings: [...findings, ...register.stale(stacks)],
    problems: [...problemsOf(stated), ...baseline.problems, ...judged.problems],
    ...baseline.gone(findings, ({ resource }) => stacks.has(stackOf(resource) ?? "")),
    judged: `${counted(judged.files, "state")} with ${counted(judged.resources, "resource")}`,
    left: unjudgedLines([...judged.unjudged, ...undeclaredGroups(judged)]),
    severalFiles: files.length > 1,
  };
}

/** Each account and Region that `shipshape.yaml` names is judged for itself: names are unique only there. */
async function liveVerdict(options: GuardOptions, { settings, terminal }: CommandContext): Promise<Verdict> {
  const { rules, stated, baseline } = rulesOf(options, settings);
  const locations = readLocations(settings.configurationFile);
  const { answers, unreachable } = await liveFleet(locations);
  const register = new WaiverRegister({ ...stated.waivers, problems: [] }, stated.today);
  const notApplied = onlyOfStates(rules);
  const notReported = new NotReportedLive(notApplied);
  const { copyProofOf, unread } = await copyProofs(settings, terminal);
  const kept = await KeptInstances.known(settings);
  const judged = answers.map(({ result: live }) => {
    kept.note(live.instances);
    const { resources, ...inventory } = liveInventory(live);
    const inputs = { declared: [], deployed: resources, notReported: notReported.note };
    return {
      live,
      resources,
      ...inventory,
      findings: judge(inputs, stated.config, register, { ...stated, copyProofOf, rules }),
    };
  });
  const sum = judged.reduce((all, { databases }) => all + databases, 0);
  const where =
    locations.length === 0
      ? (judged[0]?.live.region ?? "")
      : `${answers.length} of ${counted(locations.length, "account and Region", "accounts and Regions")}`;
  const among = (region: string, account = "unknown") =>
    locations.length > 1 ? ` of account ${account}, Region ${region}` : "";
  const found = judged.flatMap(({ findings }) => findings.filter(({ rule }) => !notApplied.includes(rule)));
  const findings = baseline.apply(found.filter(kept.isOfUse));
  const complete = judged.flatMap(({ live }) => (live.unanswered.length === 0 ? [live.cloud] : []));
  return {
    rules,
    findings,
    problems: [...problemsOf(stated), ...baseline.problems],
    ...baseline.gone(findings, (entry) => complete.some((cloud) => notReported.wasJudged(entry, cloud))),
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
      ...unread,
      ...kept.lines(),
    ],
    severalFiles: false,
  };
}

const counted = (count: number, what: string, several = `${what}s`): string =>
  `${count} ${count === 1 ? what : several}`;

const usage = (problem: string) => new ShipshapeError("usage", { problem, command: "shipshape guard" });

const problemsOf = ({ waivers, config }: Pick<StateRules, "waivers" | "config">): Verdict["problems"] => [
  ...waivers.problems.map(({ file, line, message }) => ({
    code: "waiver-invalid" as const,
    file,
    line,
    reason: message,
  })),
  ...config.problems,
];

async function tell(verdict: Verdict, options: GuardOptions, { terminal }: CommandContext): Promise<void> {
  const folder = process.cwd();
  if (options.sarif !== undefined) await writeFile(options.sarif, `${printableJson(sarifReport(verdict, folder))}\n`);
  if (options.junit !== undefined)
    await writeFile(options.junit, junitReport(verdict, folder, options.failOnUndecided));
  const { findings, problems, judged, queriedClouds, unreachable, left, baseline } = verdict;
  if (options.json)
    terminal.json("guard", {
      judged,
      // One where one was asked: reports that know only that remain as they are.
      place: queriedClouds?.length === 1 ? queriedClouds[0] : undefined,
      places: queriedClouds,
      unreachable,
      counts: countsOf(findings),
      findings: ordered(findings),
      problems,
      left,
      baseline: baseline && { file: baseline.file, gone: baseline.gone },
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
