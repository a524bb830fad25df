import { type Command, Option } from "commander";
import type { ApproveOptions } from "../approve";
import type { CommandContext } from "../command-context";
import type { ReviewOptions } from "../review";
import type { WorkerOptions } from "../runs";
import type { ScheduleOptions } from "../schedule";
import type { WaitOptions } from "../waiting";
import { drillsOpenMax, drillsPerDayMax } from "../limits";
import { wholeNumber } from "./option-values";
import { addRequests, waitHelp, workHelp } from "./requests";

/** Requests, their progress, the workers that run them, and people's answers to findings. */
export function addOperationCommands(shipshape: Command, context: CommandContext): void {
  for (const add of [addRequest, addSchedule, addAnswer, addPause, addCancel, addCleanUp, addWorker, addReview])
    add(shipshape, context);
}

/** `shipshape request`; its subcommands derive from the operations. */
function addRequest(shipshape: Command, context: CommandContext): void {
  const request = shipshape
    .command("request")
    .description("request an operation; policy decides on it, workers run it durably, and it leaves evidence")
    .helpCommand(false)
    .addHelpText(
      "after",
      '\nExample:\n  npx shipshape request restore-drill --database orders-production --reason "monthly drill" --work',
    );
  if (context.operations) return addRequests(request, context.operations, context);
  // Loading the operations takes as long as all else that help loads: only what has their names does.
  shipshape.hook("preSubcommand", async (_, called) => {
    if (called === request || called.name() === "completion")
      addRequests(request, (await import("../../operations/registry")).operations, context);
  });
}

function addSchedule(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("schedule")
    .description(
      "when each database of the fleet is drilled next, before its proof expires, and when those of each tier are compared with what is declared",
    )
    .option("--run", "request what is due: drills, the most overdue first, within the budget; and drift detections")
    .addOption(budgetOptions().openMax)
    .addOption(budgetOptions().perDay)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape schedule\n  npx shipshape schedule --run       # every hour, from cron; workers run them\n  npx shipshape worker --schedule    # or in a worker",
    )
    .action(async (options: ScheduleOptions) => (await import("../schedule")).schedule(options, context));
}

/** The budget of scheduled drills. */
const budgetOptions = () => ({
  openMax: new Option("--open-max <count>", "no drill is requested while this many are queued or running")
    .argParser(wholeNumber)
    .default(drillsOpenMax),
  perDay: new Option("--per-day <count>", "drills requested in 24 hours at most, and in an hour a 24th of them")
    .argParser(wholeNumber)
    .default(drillsPerDayMax),
});

/** `shipshape approve` and `shipshape reject`. */
function addAnswer(shipshape: Command, context: CommandContext): void {
  const answers = {
    approve: [
      "consent to the plan of a request that waits for approval; the last approval it needs queues its run",
      "as agreed in the change meeting",
    ],
    reject: ["end a request that waits for approval, without doing anything", "not before the release"],
  } as const;
  for (const [answer, [description, example]] of Object.entries(answers))
    shipshape
      .command(`${answer} <id>`)
      .description(description)
      .requiredOption("--plan <digest>", "the plan you have read: the first 12 or more characters of its digest")
      .requiredOption("--comment <text>", "why, for the evidence")
      .option("--json", "print the decision as JSON")
      .addHelpText(
        "after",
        `\nExample:\n  npx shipshape show 261123093000-1a2b3c4d    # the plan and its digest\n  npx shipshape ${answer} 261123093000-1a2b3c4d --plan 0123456789ab --comment "${example}"\n\nRequesters cannot approve their own requests.`,
      )
      .action(async (id: string, options: ApproveOptions) =>
        (await import("../approve")).answerPlan(answer as keyof typeof answers, id, options, context),
      );
}

/** `shipshape pause` and `shipshape resume`. */
function addPause(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("pause <operation>")
    .description(
      "hold the requests of an operation, or of `all`, before they are planned or run; runs in progress go on",
    )
    .requiredOption("--reason <text>", "why, for those who wonder what holds their request")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  npx shipshape pause all --reason "incident 4711"\n  npx shipshape pause restore-drill --reason "storage is short"',
    )
    .action(async (operation: string, options: { reason: string; json?: boolean }) =>
      (await import("../pause")).pause(operation, options, context),
    );
  shipshape
    .command("resume <operation>")
    .description("end a pause; what it held is planned and decided again")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape resume all")
    .action(async (operation: string, options: { json?: boolean }) =>
      (await import("../pause")).resume(operation, options, context),
    );
}

function addCancel(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("cancel <id>")
    .description("stop a run before its next step; what it created is still removed")
    .option("--json", "print the run as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape cancel 261123093000-1a2b3c4d")
    .action(async (id: string, options: { json?: boolean }) => (await import("../runs")).cancel(id, options, context));
}

function addCleanUp(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("clean-up <id>")
    .description("retry removing what a run created, after its clean-up got stuck")
    .option("--wait", waitHelp.replace(/unless.*/, "when it is stuck again"))
    .option("--work", workHelp)
    .option("--json", "print the run as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape clean-up 261123093000-1a2b3c4d --work")
    .action(async (id: string, options: WaitOptions) => (await import("../runs")).cleanUp(id, options, context));
}

function addWorker(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("worker")
    .description("run queued operations in this process, and take over the runs of dead workers, until interrupted")
    .option("--until-idle", "exit when nothing is queued, running or waiting for clean-up")
    .option("--schedule", "also request the drills and drift detections that are due, every ten minutes")
    .addOption(budgetOptions().openMax)
    .addOption(budgetOptions().perDay)
    .option("--json", "print a line of JSON when it starts and one when it ends")
    .addHelpText("after", "\nExamples:\n  npx shipshape worker\n  npx shipshape worker --until-idle")
    .action(async (options: WorkerOptions) => (await import("../runs")).work(options, context));
}

function addReview(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("review <finding>")
    .description("answer a finding that `shipshape status` lists; the answer is recorded with its author")
    .option("--accept", "the finding is right, and acceptable")
    .option("--reject", "the finding is wrong")
    .option("--follow-up <request id>", "the request that fixes it; `request … --follow-up <finding>` opens one")
    .requiredOption("--comment <text>", "why")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      '\nExample:\n  npx shipshape review 261123093000-1a2b3c4d.verdict --accept --comment "a typing error: there is no such database"',
    )
    .action(async (findingId: string, options: ReviewOptions) =>
      (await import("../review")).review(findingId, options, context),
    );
}
