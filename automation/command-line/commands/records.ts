import { type Command, Option } from "commander";
import { severities } from "../../../policypacks/database-guardrails/judging/rule";
import type { Recoverability, RunStatus } from "../../records";
import type { CommandContext } from "../command-context";
import type { DriftOptions } from "../drift";
import type { FleetOptions } from "../fleet";
import type { RunsOptions } from "../list-runs";
import type { StatusOptions } from "../status";
import { parseDuration } from "./option-values";

const recoverabilities: readonly Recoverability[] = [
  "fresh",
  "stale",
  "failed",
  "unproven",
  "never",
  "unknown",
  "copy",
];
const runStatuses: readonly RunStatus[] = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"];

/** What is known: of the fleet, of requests and their runs, and what people were told. */
export function addRecordCommands(shipshape: Command, context: CommandContext): void {
  for (const add of [
    addStatus,
    addFleet,
    addRecoverability,
    addDrift,
    addRuns,
    addShow,
    addExplain,
    addAlerts,
    addMetrics,
  ])
    add(shipshape, context);
}

function addStatus(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("status")
    .description(
      "whether recovery of each database of the fleet is proven, the latest requests, and what a human must answer",
    )
    .option("--database <identifier>", "only this database, and what is about it")
    .option("--owner <team>", "only the databases of this owner")
    .addOption(new Option("--watch", "look again every five seconds, until Ctrl-C").conflicts("json"))
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape status\n  npx shipshape status --database orders-production\n  npx shipshape status --json | jq -r '.recovery[] | select(.recoverability != \"fresh\") | .database.identifier'",
    )
    .action(async (options: StatusOptions) => (await import("../status")).status(options, context));
}

function addFleet(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("fleet")
    .description(
      "every database that the cloud has or a stack declares: whose it is, which stack declares it, its recovery; exit code 1 if something could not be read",
    )
    .option("--database <identifier>", "only this one")
    .option("--owner <team>", "only those of this owner")
    .addOption(new Option("--recovery <word>", "only those of which this is known").choices(recoverabilities))
    .option("--tier <tier>", "only those of this tier")
    .option("--undeclared", "only those that no stack is known to declare")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExamples:\n  npx shipshape fleet\n  npx shipshape fleet --undeclared")
    .action(async (options: FleetOptions) => (await import("../fleet")).fleet(options, context));
}

function addRecoverability(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("recoverability")
    .description(
      "whether recovery is proven, for every database that the cloud has or a stack declares, and what that rests on; exit code 1 unless all are fresh and all was read",
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape recoverability")
    .action(async (options: { json?: boolean }) =>
      (await import("../recoverability")).recoverability(options, context),
    );
}

function addDrift(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("drift")
    .description(
      "what differs from what stacks declare: whose it is, since when, who changed it, and what to do; and what was not compared",
    )
    .option("--database <identifier>", "only of this database")
    .option("--owner <team>", "only of the databases of this owner")
    .addOption(new Option("--severity <severity>", "only of this severity").choices(severities))
    .addOption(new Option("--class <class>", "only of this class").choices(["drift", "unmanaged", "unreadable"]))
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 if something is that bad or worse, and no waiver allows it")
        .choices(severities)
        .default("critical"),
    )
    .option("--sweep", "compare now: a request for the database, the owner's or the fleet, and its progress")
    .option("--work", "with --sweep: carry it out in this process")
    .option("--once", "compare now in this process, without a control plane: nothing is recorded or sealed")
    .addOption(new Option("--json", "print it as JSON").conflicts("github"))
    .option("--github", "print it as GitHub Actions annotations")
    .option("--sarif <file>", "also write it as SARIF 2.1.0")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape drift --owner team-orders\n  npx shipshape drift --sweep --work\n  npx shipshape drift --once --fail-on critical --sarif drift.sarif\n\nExit codes: 0 nothing is that bad · 1 something is · 2 not everything could be compared, or a usage error",
    )
    .action(async (options: DriftOptions) => (await import("../drift")).drift(options, context));
}

function addRuns(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("runs")
    .description("the latest requests and their runs: when each was requested, by whom and why, and how far it is")
    .option("--database <identifier>", "only those about this database")
    .option("--operation <operation>", "only those of this operation")
    .addOption(new Option("--status <status>", "only those with this status").choices(runStatuses))
    .addOption(new Option("--watch", "look again every five seconds, until Ctrl-C").conflicts("json"))
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape runs --database orders-production\n  npx shipshape runs --operation restore-drill --status failed",
    )
    .action(async (options: RunsOptions) => (await import("../list-runs")).runs(options, context));
}

function addShow(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("show <id>")
    .description("one request: its decision, its steps, its checks")
    .option("--watch", "first wait until it is over, and report each step: how much is done, and for how long")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape show 261123093000-1a2b3c4d\n  npx shipshape show 261123093000-1a2b3c4d --watch",
    )
    .action(async (id: string, options: { json?: boolean; watch?: boolean }) =>
      (await import("../show")).show(id, options, context),
    );
}

function addExplain(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("explain <id>")
    .description(
      "why a request is allowed, denied or waits: what each admission rule says and what would change it, and approvals",
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape explain 261123093000-1a2b3c4d")
    .action(async (id: string, options: { json?: boolean }) =>
      (await import("../explain")).explain(id, options, context),
    );
}

/** `shipshape alerts …`: what people were told. */
function addAlerts(shipshape: Command, context: CommandContext): void {
  const alerts = shipshape
    .command("alerts")
    .description("what people were told about failures and expiries, by webhook or SNS")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  npx shipshape alerts\n  npx shipshape alerts test");
  alerts
    .command("list", { isDefault: true })
    .description("the latest alerts: sent, waiting to be sent, or failed, and why")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape alerts list")
    .action(async (options: { json?: boolean }) => (await import("../alerts")).list(options, context));
  alerts
    .command("test")
    .description("send a message to each configured destination now, and print what it answers")
    .option("--json", "print the answers as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape alerts test")
    .action(async (options: { json?: boolean }) => (await import("../alerts")).test(options, context));
}

function addMetrics(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("metrics")
    .description("how many requests needed a person, by operation and by the rule that asked for one")
    .addOption(
      new Option("--since <duration>", "the period until now: 90s, 15m, 6h, 30d")
        .argParser(parseDuration)
        .default(30 * 86_400, "30d"),
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExamples:\n  npx shipshape metrics\n  npx shipshape metrics --since 365d --json")
    .action(async (options: { since: number; json?: boolean }) =>
      (await import("../metrics")).metrics(options, context),
    );
}
