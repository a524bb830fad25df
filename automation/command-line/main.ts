import { Command, CommanderError, Option } from "commander";
import { version } from "../../package.json";
import { ShipshapeError } from "../errors";
import { hideOwnSecrets, readSettings, silenceSdkNotice } from "../settings";
import type { CommandContext } from "./command-context";
import { addCompletionCommand } from "./commands/completion";
import { addEvidenceCommands } from "./commands/evidence";
import { addGuardrailCommands } from "./commands/guardrails";
import { addLocalCommands } from "./commands/local";
import { addMaskingCommands } from "./commands/masking";
import { addOperationCommands } from "./commands/operations";
import { addRecordCommands } from "./commands/records";
import { addStandardCommands } from "./commands/standard";
import { addTrainCommands } from "./commands/trains";
import { reportError } from "./error-report";
import { commandLines } from "./layout";
import { createTerminal } from "./terminal";

/**
 * `shipshape …`: builds the commands, runs the requested one, and returns its exit code. 0: done. 1: failed. 2: wrong
 * usage or input, nothing was changed. 3: the embedded cloud is not running. 70: a worker lost the control plane. 130:
 * interrupted.
 */
export async function main(
  words: string[],
  packageFolder: string,
  operations?: CommandContext["operations"],
): Promise<number> {
  silenceSdkNotice();
  const settings = readSettings(packageFolder);
  hideOwnSecrets();
  const terminal = createTerminal(settings.colours, settings.columns);
  const shipshape = buildCommand({ settings, terminal, operations });
  // A reader that stops early (`shipshape … | head -1`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  try {
    await shipshape.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    return reportError(
      thrown instanceof CommanderError ? usageError(thrown, words, shipshape) : thrown,
      words.includes("--json"),
      terminal,
    );
  }
}

export function buildCommand(context: CommandContext): Command {
  const { terminal } = context;
  const shipshape = new Command("shipshape")
    .description("Standard PostgreSQL for every team: try it locally, run it on AWS.")
    .version(version, "-V, --version", "print the version")
    .addOption(new Option("-q, --quiet", "print results and what went wrong, no progress").conflicts("verbose"))
    .option("-v, --verbose", "also print each AWS call: when it ended, of whom, and how long it took")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (help) => terminal.say(copyable(help.trimEnd(), terminal.columns)),
      writeErr: () => undefined,
    })
    .addHelpText(
      "after",
      '\nTypical:\n  npx shipshape local start\n  npx shipshape request restore-drill --database orders-production --reason "monthly drill" --work\n  npx shipshape guard --live\n\nEach command\'s own --help has more examples.',
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 done · 1 failed · 2 wrong usage or input, nothing was changed · 3 the embedded cloud is not running · 70 a worker lost the control plane · 130 interrupted",
    );
  shipshape.hook("preAction", async () => {
    const { quiet, verbose } = shipshape.opts<{ quiet?: boolean; verbose?: boolean }>();
    if (quiet) terminal.silence();
    if (verbose) (await import("./calls")).showCalls(terminal);
  });
  addLocalCommands(shipshape, context);
  addOperationCommands(shipshape, context);
  addTrainCommands(shipshape, context);
  addRecordCommands(shipshape, context);
  addEvidenceCommands(shipshape, context);
  addGuardrailCommands(shipshape, context);
  addMaskingCommands(shipshape, context);
  addStandardCommands(shipshape, context);
  addCompletionCommand(shipshape, context);
  return shipshape;
}

/** The examples of a help text in lines that can be copied; on a terminal its other lines are as wide as that anyway. */
const copyable = (help: string, columns: number | undefined): string =>
  help
    .split("\n")
    .flatMap((line) => (/^ {2}(npx|pulumi|eval) /.test(line) ? commandLines("  ", line.trim(), columns) : [line]))
    .join("\n");

/** Commander's usage errors as our own, with a hint at the help of the intended command. */
function usageError(thrown: CommanderError, words: string[], shipshape: Command): ShipshapeError {
  let meant = shipshape;
  for (const word of words) meant = meant.commands.find((command) => command.name() === word) ?? meant;
  const path = commandPath(meant);
  const wantsSubcommand = thrown.code === "commander.help" || thrown.code === "commander.helpDisplayed";
  const choices = meant.commands.map((command) => command.name()).join(", ");
  const problem = wantsSubcommand
    ? `\`${path}\` needs one of: ${choices}`
    : thrown.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  return new ShipshapeError("usage", { problem, command: path }, { cause: thrown });
}

function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`;
}
