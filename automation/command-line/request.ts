import { Option, type Command } from "commander";
import { requestPollMilliseconds, stepTakesLongSeconds } from "../limits";
import type { ControlPlane } from "../main";
import type { Run } from "../records";
import { readRun } from "../runner/runs";
import type { CommandContext } from "./command-context";
import { withControlPlane } from "./control-plane";
import { progressOf, reportRun, runRecord } from "./run-report";

/** `shipshape request <operation>`: one subcommand an operation. */
export function addRequest(shipshape: Command, context: CommandContext): void {
  const request = shipshape
    .command("request")
    .description("ask for an operation; it is decided by policy, run durably, and leaves evidence")
    .helpCommand(false)
    .addHelpText("after", '\nExample:\n  npx shipshape request restore-drill --database orders-production --reason "monthly drill" --wait');
  request
    .command("restore-drill")
    .description("prove a database's backups: restore them into an isolated throwaway, check and measure it, remove it")
    .requiredOption("--database <identifier>", "the database whose backups are to be proven")
    .requiredOption("--reason <text>", "why, for the evidence")
    .option("--wait", "run it here, if no other worker does, and wait for its end; exit code 1 unless its verdict is pass")
    .option("--json", "print the result as JSON")
    .addOption(new Option("--requested-by <who>", "who asks").default(context.settings.controlPlane.requester))
    .addHelpText(
      "after",
      '\nExamples:\n  npx shipshape request restore-drill --database orders-production --reason "monthly drill" --wait\n  npx shipshape request restore-drill --database orders-production --reason "audit" --wait --json | jq -r .verdict\n\nInterrupted (Ctrl-C), the drill is not lost: `npx shipshape worker` goes on with it.',
    )
    .action((options: RequestOptions) =>
      withControlPlane(context.settings, async (controlPlane) => {
        const id = await controlPlane.submit("restore-drill", { database: options.database }, { requestedBy: options.requestedBy, reason: options.reason });
        if (options.wait) return waitHere(controlPlane, id, options.json === true, context);
        if (options.json) return context.terminal.say(JSON.stringify(runRecord(await readRun(controlPlane.database, id))));
        context.terminal.say(`request ${id} is queued; a worker runs it (\`npx shipshape worker\`), \`npx shipshape show ${id}\` tells how it goes`);
      }),
    );
}

interface RequestOptions {
  database: string;
  reason: string;
  requestedBy: string;
  wait?: boolean;
  json?: boolean;
}

/** Works in this process until the run and its clean-up have ended, telling each step as it ends, and one that takes long meanwhile. */
export async function waitHere(controlPlane: ControlPlane, id: string, json: boolean, { terminal }: CommandContext): Promise<void> {
  terminal.progress(`request ${id}`);
  const worker = await controlPlane.work();
  const told = new Set<string>();
  const tell = (line: string) => void (told.has(line) || (told.add(line), terminal.progress(`  ${line}`)));
  let run: Run;
  try {
    do {
      await new Promise((resolve) => setTimeout(resolve, requestPollMilliseconds));
      run = await readRun(controlPlane.database, id);
      const { ended, underWay } = progressOf(run);
      ended.forEach(tell);
      if (underWay && underWay.seconds > stepTakesLongSeconds) tell(`… ${underWay.name}`);
    } while (!isOver(run));
  } finally {
    await worker.stop();
  }
  if (json) terminal.say(JSON.stringify(runRecord(run)));
  else {
    terminal.progress("");
    reportRun(run, terminal);
  }
  if (run.verdict !== "pass" || run.cleanUp === "stuck") process.exitCode = 1;
}

export const isOver = (run: Run) => run.finishedAt !== undefined && run.cleanUp !== "pending";
