import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import type * as esbuild from "esbuild";
import { readWaivers } from "../../policypacks/database-guardrails/waivers/waiver-files";
import { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
import { todayOf } from "../../policypacks/database-guardrails/settings";
import { ShipshapeError } from "../errors";
import { readGuardConfig } from "../guardrails/guard-config";
import { judge } from "../guardrails/judgement";
import { liveInventory } from "../guardrails/live-inventory";
import { onlyOfStates, NotReportedLive } from "../guardrails/live-rules";
import { printable, printableJson } from "../guardrails/printable";
import { annotations } from "../guardrails/report-annotations";
import { sarifReport } from "../guardrails/report-sarif";
import { textReport } from "../guardrails/report-text";
import { groupsOfOthers, stateFiles, type StateRules } from "../guardrails/state-files";
import { judgeInParallel, type WorkerProgram } from "../guardrails/state-pool";
import { unjudgedLines } from "../guardrails/unjudged";
import { countsOf, exitCodeOf, ordered, type Verdict } from "../guardrails/verdict";
import { awsClients } from "../targets/aws-access";
import { namedPlace } from "../targets/cloud-place";
import { liveDatabases } from "../targets/live-databases";
import type { CommandContext } from "./command-context";

interface GuardOptions {
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
export function addGuard(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("guard")
    .description("judge exported states or live databases by the guardrails")
    .option("--state <path>", "an export of `pulumi stack export`, a folder of them, or - for standard input")
    .option(
      "--live",
      "what the RDS API describes in this account and Region, including databases that no stack declares",
    )
    .option("--config <file>", "the policy pack's config, as for `pulumi preview --policy-pack-config`")
    .option("--waivers <folder>", "the folder of waivers (default: policypacks/waivers)")
    .option("--fail-on-undecided", "also exit with 1 if a value that a rule needs cannot be read")
    .option("--on <day>", "judge expiry as of a later day, YYYY-MM-DD", day)
    .option("--json", "print the findings as JSON")
    .option("--github", "print them as GitHub Actions annotations")
    .option("--sarif <file>", "also write them as SARIF 2.1.0")
    .addHelpText(
      "after",
      "\nExamples:\n  pulumi stack export --stack database.orders-production | npx shipshape guard --state -\n  pulumi stack export --show-secrets | npx shipshape guard --state - --fail-on-undecided\n  npx shipshape guard --state exports/ --sarif guardrails.sarif\n  npx shipshape guard --live\n\nExit codes: 0 no mandatory violation · 1 mandatory violations · 2 something could not be read, or a usage error",
    )
    .action(async (options: GuardOptions) => {
      if ((options.state === undefined) === (options.live === undefined))
        throw new ShipshapeError("usage", {
          problem: "give either --state <path> or --live",
          command: "shipshape guard",
        });
      const verdict =
        options.state === undefined ? await liveVerdict(options) : await stateVerdict(options.state, options, context);
      await tell(verdict, options, context);
    });
}

/** The waivers of a repository that has its own policy pack next to them. */
export const waiversFolder = (given: string | undefined): string => resolve(given ?? join("policypacks", "waivers"));

function rulesOf(options: GuardOptions): StateRules {
  const today = todayOf(options.on);
  return {
    waivers: readWaivers(waiversFolder(options.waivers), today),
    config: readGuardConfig(options.config),
    today,
  };
}

async function stateVerdict(path: string, options: GuardOptions, { settings }: CommandContext): Promise<Verdict> {
  const rules = rulesOf(options);
  const files = await stateFiles(path);
  const judged = await judgeInParallel(files, rules, () => workerProgram(settings.packageFolder, settings.inCheckout));
  const register = new WaiverRegister({ ...rules.waivers, problems: [] }, rules.today);
  register.markNeeded(judged.neededWaivers);
  return {
    findings: [...judged.findings, ...register.stale(new Set(judged.stacks))],
    problems: [...problemsOf(rules), ...judged.problems],
    judged: `${counted(judged.files, "state")} with ${counted(judged.resources, "resource")}`,
    left: unjudgedLines([...judged.unjudged, ...groupsOfOthers(judged)]),
    severalFiles: files.length > 1,
  };
}

async function liveVerdict(options: GuardOptions): Promise<Verdict> {
  const rules = rulesOf(options);
  const living = await liveDatabases(awsClients());
  const register = new WaiverRegister({ ...rules.waivers, problems: [] }, rules.today);
  const { resources, databases, otherEngines } = liveInventory(living);
  const notReported = new NotReportedLive();
  const findings = judge(
    { declared: [], deployed: resources, notReported: notReported.note },
    rules.config,
    register,
    rules.today,
  );
  return {
    findings: findings.filter(({ rule }) => !onlyOfStates.includes(rule)),
    problems: problemsOf(rules),
    judged: `${counted(databases, "database")} in ${living.region}`,
    place: namedPlace(living.place),
    left: [
      notReported.line(resources),
      ...(otherEngines.length > 0 ? [`not judged: ${otherEngines.join(", ")}: engines that no rule covers`] : []),
      ...(living.unanswered.length > 0
        ? [`not judged, because the RDS API did not answer: ${living.unanswered.join(", ")}`]
        : []),
    ],
    severalFiles: false,
  };
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const problemsOf = ({ waivers, config }: StateRules): Verdict["problems"] => [
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
  // Only a checkout has the bundler.
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
  const { findings, problems, judged, place, left } = verdict;
  if (options.json)
    terminal.say(
      printableJson({ judged, place, counts: countsOf(findings), findings: ordered(findings), problems, left }),
    );
  else
    for (const line of options.github
      ? annotations(verdict, folder)
      : textReport(verdict, (style, text) => terminal.style(style, text)))
      terminal.say(line);
  if (!options.json && !options.github)
    for (const { code, ...values } of problems) {
      const error = new ShipshapeError(code, values);
      terminal.progress(
        `${terminal.style("red", "error:")} ${printable(error.message)}\n${terminal.style("dim", "hint:")}  ${printable(error.hint)} [${code}]`,
      );
    }
  process.exitCode = exitCodeOf(verdict, options.failOnUndecided);
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError("give a day as YYYY-MM-DD");
  if (todayOf(text) !== text)
    throw new InvalidArgumentError("an earlier day would revive expired waivers; give today or a later one");
  return text;
}
