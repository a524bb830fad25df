import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { workerIdlePollMilliseconds } from "./limits";
import { readDecision } from "../policy/decisions";
import { printable } from "../printable";
import { readRequest } from "../request/requests";
import { busyRuns, readRun } from "../runner/runs";
import type { CommandContext } from "./command-context";
import { principal, withControlPlane } from "./open-control-plane";
import { reportRun, runRecord, stepLines } from "./run-report";
import { interrupted, leaveOnceLost, waitHelp, waitUntilOver, workHelp, type WaitOptions } from "./waiting";

/** `show`, `cancel`, `clean-up`, `worker`: what one run did, and the processes that carry runs out. */
export function addRuns(shipshape: Command, context: CommandContext): void {
  const { terminal } = context;
  shipshape
    .command("show <id>")
    .description("one request: its decision, its steps, its checks")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape show 261123093000-1a2b3c4d")
    .action((id: string, options: { json?: boolean }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const [run, decision] = [await readRun(database, id), await readDecision(database, id)];
        const { requestedBy, reason, receivedAt } = await readRequest(database, id);
        if (options.json) {
          const more = {
            requestedBy,
            reason,
            receivedAt,
            decision: decision ?? null,
            plan: run.plan ?? null,
            outcome: run.outcome ?? null,
          };
          return terminal.say(JSON.stringify({ ...runRecord(run), ...more }, undefined, 2));
        }
        reportRun(run, terminal);
        terminal.say(`\nrequested by ${printable(requestedBy)} at ${receivedAt.toISOString()}: ${printable(reason)}`);
        if (decision)
          terminal.say(`decision: ${decision.status} (${printable(decision.rules.map((r) => r.reason).join("; "))})`);
        terminal.say("\nsteps:");
        for (const line of stepLines(run)) terminal.say(`  ${line}`);
      }),
    );
  shipshape
    .command("cancel <id>")
    .description("stop a run before its next step; what it created is still removed")
    .option("--json", "print the run as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape cancel 261123093000-1a2b3c4d")
    .action((id: string, options: { json?: boolean }) =>
      withControlPlane(context.settings, async (controlPlane) => {
        await controlPlane.cancel(id, await principal());
        const run = await readRun(controlPlane.database, id);
        if (options.json) return terminal.say(JSON.stringify(runRecord(run)));
        const next =
          run.cleanUp === "pending"
            ? "a worker removes what it created (`npx shipshape worker`)"
            : "it had not created anything yet";
        terminal.say(`request ${id} is cancelled; ${next}`);
      }),
    );
  shipshape
    .command("clean-up <id>")
    .description("retry removing what a run created, after its clean-up got stuck")
    .option("--wait", waitHelp.replace(/unless.*/, "when it is stuck again"))
    .option("--work", workHelp)
    .option("--json", "print the run as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape clean-up 261123093000-1a2b3c4d --work")
    .action((id: string, options: WaitOptions) =>
      withControlPlane(context.settings, async (controlPlane) => {
        await controlPlane.cleanUpAgain(id);
        if (options.wait || options.work)
          process.exitCode = (await waitUntilOver(controlPlane, id, options, context)).cleanUp === "done" ? 0 : 1;
        else if (options.json) terminal.say(JSON.stringify(runRecord(await readRun(controlPlane.database, id))));
        else terminal.say(`the clean-up of ${id} is queued; a worker runs it (\`npx shipshape worker\`)`);
      }),
    );
  shipshape
    .command("worker")
    .description("run queued operations in this process, and take over the runs of dead workers, until interrupted")
    .option("--until-idle", "exit when nothing is queued, running or waiting for clean-up")
    .option("--json", "print a line of JSON when it starts and one when it ends")
    .addHelpText("after", "\nExamples:\n  npx shipshape worker\n  npx shipshape worker --until-idle")
    .action((options: { untilIdle?: boolean; json?: boolean }) =>
      withControlPlane(context.settings, async (controlPlane) => {
        const interruption = interrupted();
        const worker = await controlPlane.work(leaveOnceLost(options.json === true, terminal));
        const say = (status: string) => options.json && terminal.say(JSON.stringify({ worker: worker.id, status }));
        say("running");
        terminal.progress(`worker ${worker.id} is running; Ctrl-C ends it without losing anything`);
        while (!(await Promise.race([interruption.happened(), sleep(workerIdlePollMilliseconds, false)])))
          if (options.untilIdle && (await busyRuns(controlPlane.database)) === 0) break;
        interruption.dispose();
        await worker.stop();
        say("ended");
      }),
    );
}
