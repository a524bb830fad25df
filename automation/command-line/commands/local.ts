import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { shells } from "../../settings";
import type { CommandContext } from "../command-context";
import type { ClockOptions } from "../local-clock";
import type { EnvironmentOptions } from "../local-env";
import type { PsqlOptions } from "../local-psql";
import type { StartOptions } from "../local-start";
import { logLinesShown } from "../limits";
import type { LogOptions } from "../local-logs";
import { parseAccount, parseDuration, parseMoment, parseRegion, parseUser, wholeNumber } from "./option-values";

/** `shipshape local …`: the embedded cloud of this project. */
export function addLocalCommands(shipshape: Command, context: CommandContext): void {
  const local = shipshape
    .command("local")
    .description("the embedded cloud: the RDS API on real PostgreSQL, for trying and testing without AWS")
    .helpCommand(false)
    .option(
      "--data-folder <folder>",
      "the folder of all its data (also SHIPSHAPE_DATA_FOLDER)",
      (folder: string) => resolve(folder),
      context.settings.dataFolder,
    )
    .addHelpText(
      "after",
      '\nTypical:\n  npx shipshape local start\n  eval "$(npx shipshape local env)"\n  pulumi stack select --create platform.dev && pulumi up\n  npx shipshape local stop',
    );
  local.hook("preSubcommand", () => {
    context.settings = { ...context.settings, dataFolder: (local.opts() as { dataFolder: string }).dataFolder };
  });
  for (const add of [addStart, addStop, addStatus, addEnv, addReset, addPsql, addChange, addClock, addLogs])
    add(local, context);
}

function addStart(local: Command, context: CommandContext): void {
  local
    .command("start")
    .description(
      "start the embedded cloud, with the Pulumi engine and plugins it needs; does nothing if it is already running",
    )
    .option("--platform", "also bring up a platform (key, network, topic …) for the databases of your programs")
    .option("--json", "print the status as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape local start\n  npx shipshape local start --platform\n  npx shipshape local --data-folder ./elsewhere start",
    )
    .action(async (options: StartOptions) => (await import("../local-start")).start(options, context));
}

function addStop(local: Command, context: CommandContext): void {
  local
    .command("stop")
    .description("stop all databases and the embedded cloud; data stays; does nothing if nothing is running")
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", "\nExamples:\n  npx shipshape local stop")
    .action(async (options: { json?: boolean }) => (await import("../local-stop")).stop(options, context));
}

function addStatus(local: Command, context: CommandContext): void {
  local
    .command("status")
    .description("what is running: databases, endpoints, versions, where data is, the clock; exit code 3 if nothing is")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape local status\n  npx shipshape local status --json | jq -r '.instances[].identifier'",
    )
    .action(async (options: { json?: boolean }) => (await import("../local-status")).status(options, context));
}

function addEnv(local: Command, context: CommandContext): void {
  const { settings } = context;
  local
    .command("env")
    .description("print the environment in which aws, pulumi and the AWS SDK use the embedded cloud")
    .addOption(new Option("--shell <shell>", "the shell to write for").choices([...shells]).default(settings.shell))
    .option(
      "--as <user>",
      "with another user's access key, created if new: for trying what depends on the caller",
      parseUser,
    )
    .option("--account <number>", "of another account of the embedded cloud, created if new", parseAccount)
    .option("--unset", "print what removes it from a shell again; the shell's previous values are not restored")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  eval "$(npx shipshape local env)"            # bash, zsh\n  eval "$(npx shipshape local env --unset)"    # and back\n  eval "$(npx shipshape local env --account 210987654321)"  # another account\n  npx shipshape local env --shell fish | source\n  npx shipshape local env --shell powershell | Out-String | Invoke-Expression',
    )
    .action(async (options: EnvironmentOptions) => (await import("../local-env")).printEnvironment(options, context));
}

function addReset(local: Command, context: CommandContext): void {
  local
    .command("reset")
    .description("stop the embedded cloud and delete its data: databases, Pulumi state, everything")
    .option("-y, --yes", "do not ask")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExamples:\n  npx shipshape local reset --yes")
    .action(async (options: { yes?: boolean; json?: boolean }) =>
      (await import("../local-reset")).reset(options, context),
    );
}

function addPsql(local: Command, context: CommandContext): void {
  local
    .command("psql <database>")
    .description(
      "connect to a database with psql if installed, otherwise with a small prompt; over TLS, with the password from the role's secret",
    )
    .option("--role <role>", "owner, readwrite, readonly, monitoring, shipshape, or master", "readwrite")
    .option("--database <name>", "another database of the server instead of the application's")
    .option("--account <number>", "in another account of the embedded cloud", parseAccount)
    .option("--region <region>", "in another Region", parseRegion)
    .option("-c, --command <sql>", "run this and exit")
    .option("--json", "print the rows that --command returns as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  npx shipshape local psql orders-production\n  npx shipshape local psql orders-production --role readonly -c "select now()"\n  npx shipshape local psql orders-production --role master --database postgres',
    )
    .action(async (identifier: string, options: PsqlOptions) =>
      (await import("../local-psql")).psql(identifier, options, context),
    );
}

function addChange(local: Command, context: CommandContext): void {
  local
    .command("change <arn> <property=value...>")
    .description(
      "change a resource behind Pulumi's back, as a manual change in the console would; even what no API could change",
    )
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nProperties have the names of the Pulumi types (camelCase). Lists and objects are given as JSON.\n\nExamples:\n" +
        "  npx shipshape local change arn:aws:rds:eu-central-1:123456789012:db:orders-production deletionProtection=false backupRetentionPeriod=1\n" +
        "  npx shipshape local change arn:aws:ec2:eu-central-1:123456789012:security-group/sg-… 'ingress=[]'",
    )
    .action(async (arn: string, pairs: string[], options: { json?: boolean }) =>
      (await import("../local-change")).change(arn, pairs, options, context),
    );
}

function addClock(local: Command, context: CommandContext): void {
  local
    .command("clock")
    .description("show or set the clock of the embedded cloud, which maintenance windows and expiry use")
    .option("--set <moment>", "an ISO 8601 moment", parseMoment)
    .option("--advance <duration>", "a duration such as 90s, 15m, 6h, 8d", parseDuration)
    .option("--reset", "back to real time")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape local clock\n  npx shipshape local clock --advance 8d      # past every weekly window\n  npx shipshape local clock --reset",
    )
    .action(async (options: ClockOptions) => (await import("../local-clock")).clock(options, context));
}

function addLogs(local: Command, context: CommandContext): void {
  local
    .command("logs [database]")
    .description("the end of the log of the embedded cloud, or of a database's server")
    .addOption(new Option("--lines <count>", "so many lines").argParser(wholeNumber).default(logLinesShown))
    .addOption(new Option("--follow", "also what is added, until Ctrl-C").conflicts("json"))
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape local logs\n  npx shipshape local logs orders-production --lines 20",
    )
    .action(async (database: string | undefined, options: LogOptions) =>
      (await import("../local-logs")).logs(database, options, context),
    );
}
