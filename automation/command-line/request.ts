import type { Command } from "commander";
import { readRun } from "../runner/runs";
import type { CommandContext } from "./command-context";
import { principal, withControlPlane } from "./open-control-plane";
import { runRecord } from "./run-report";
import { waitHelp, waitUntilOver, workHelp, type WaitOptions } from "./waiting";

/** `shipshape request <operation>`: one subcommand per operation. */
export function addRequest(shipshape: Command, context: CommandContext): void {
  const request = shipshape
    .command("request")
    .description("request an operation; policy decides on it, workers run it durably, and it leaves evidence")
    .helpCommand(false)
    .addHelpText(
      "after",
      '\nExample:\n  npx shipshape request restore-drill --database orders-production --reason "monthly drill" --work',
    );
  request
    .command("restore-drill")
    .description(
      "prove a database's backups: restore them into an isolated throwaway, check and measure the restore, remove the throwaway",
    )
    .requiredOption("--database <identifier>", "the database whose backups to prove")
    .requiredOption("--reason <text>", "why, for the evidence")
    .option(
      "--structure-seconds <seconds>",
      "how long heaps and indexes may be read; by default the tier decides: 3600 bronze, 7200 silver, 14400 gold",
      Number,
    )
    .option("--wait", waitHelp)
    .option("--work", workHelp)
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  npx shipshape request restore-drill --database orders-production --reason "monthly drill" --work\n  npx shipshape request restore-drill --database orders-production --reason "audit" --wait --json | jq -r .verdict\n\nIf it is interrupted (Ctrl-C), the drill is not lost: any worker continues it (`npx shipshape worker`).',
    )
    .action((options: RequestOptions) =>
      withControlPlane(context.settings, async (controlPlane) => {
        const { database, structureSeconds } = options;
        const id = await controlPlane.submit(
          "restore-drill",
          { database, structureSeconds },
          { requestedBy: await principal(), reason: options.reason },
        );
        if (options.wait || options.work) return void (await waitUntilOver(controlPlane, id, options, context));
        if (options.json)
          return context.terminal.say(JSON.stringify(runRecord(await readRun(controlPlane.database, id))));
        context.terminal.say(
          `request ${id} is queued; a worker runs it (\`npx shipshape worker\`), \`npx shipshape show ${id}\` shows its progress`,
        );
      }),
    );
}

interface RequestOptions extends WaitOptions {
  database: string;
  structureSeconds?: number;
  reason: string;
}
