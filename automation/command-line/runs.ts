import type { Command } from "commander";
import { runsListedMax, workerIdlePollMilliseconds } from "../limits";
import { recoveryProofs, unproven } from "../observability/status";
import { readDecision } from "../policy/decisions";
import { openFindings } from "../review/findings";
import { latestRuns, readRun } from "../runner/runs";
import type { CommandContext } from "./command-context";
import { withControlPlane } from "./control-plane";
import { isOver, waitHere } from "./request";
import { reportRun, runRecord, stepLines } from "./run-report";
import { table } from "./terminal";

/** `status`, `show`, `cancel`, `clean-up`, `worker`: what runs, what one run did, and who carries them. */
export function addRuns(shipshape: Command, context: CommandContext): void {
  const { terminal } = context;
  shipshape
    .command("status")
    .description("the latest requests, and what a human must answer")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExamples:\n  npx shipshape status\n  npx shipshape status --json | jq -r '.runs[] | select(.verdict != \"pass\") | .id'")
    .action((options: { json?: boolean }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const [runs, findings] = [await latestRuns(database, runsListedMax), await openFindings(database, runsListedMax)];
        const proofs = await recoveryProofs(database);
        if (options.json) return terminal.say(JSON.stringify({ runs: runs.map(runRecord), recovery: proofs, findings }, undefined, 2));
        if (runs.length === 0) return terminal.say("no requests yet; `npx shipshape request --help` lists what may be asked");
        for (const line of table(
          ["REQUEST", "OPERATION", "DATABASE", "RUN", "VERDICT", "CLEAN-UP"],
          runs.map((r) => [r.requestId, r.operation, r.target ?? "", r.status, r.verdict ?? "-", r.cleanUp]),
        ))
          terminal.say(line);
        terminal.say();
        for (const p of proofs)
          terminal.say(
            p.expiresOn > new Date()
              ? `recovery of ${p.target} is proven until ${p.expiresOn.toISOString().slice(0, 10)} (${p.requestId})`
              : terminal.style("red", `recovery of ${p.target} is unproven since ${p.expiresOn.toISOString().slice(0, 10)}`),
          );
        for (const target of unproven(runs, proofs, new Date()))
          if (!proofs.some((p) => p.target === target)) terminal.say(terminal.style("red", `recovery of ${target} was never proven`));
        if (findings.length) terminal.say(`\n${terminal.style("yellow", `${findings.length} to answer:`)}`);
        for (const f of findings) terminal.say(`  ${f.request_id}  ${f.target}: ${f.summary}`);
      }),
    );
  shipshape
    .command("show <id>")
    .description("one request: its decision, its steps, its checks")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape show 261123093000-1a2b3c4d")
    .action((id: string, options: { json?: boolean }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const [run, decision] = [await readRun(database, id), await readDecision(database, id)];
        if (options.json)
          return terminal.say(
            JSON.stringify({ ...runRecord(run), decision: decision ?? null, plan: run.plan ?? null, outcome: run.outcome ?? null }, undefined, 2),
          );
        reportRun(run, terminal);
        if (decision) terminal.say(`\ndecision: ${decision.status} (${decision.rules.map((r) => r.reason).join("; ")})`);
        terminal.say("\nsteps:");
        for (const line of stepLines(run)) terminal.say(`  ${line}`);
      }),
    );
  shipshape
    .command("cancel <id>")
    .description("stop a run before its next step; what it made is removed all the same")
    .addHelpText("after", "\nExample:\n  npx shipshape cancel 261123093000-1a2b3c4d")
    .action((id: string) =>
      withControlPlane(context.settings, async (controlPlane) => {
        await controlPlane.cancel(id);
        const { cleanUp } = await readRun(controlPlane.database, id);
        terminal.say(
          `request ${id} is cancelled; ${cleanUp === "pending" ? "a worker removes what it made (`npx shipshape worker`)" : "it had made nothing yet"}`,
        );
      }),
    );
  shipshape
    .command("clean-up <id>")
    .description("try again to remove what a run made, when its clean-up is stuck")
    .option("--wait", "do it here, if no other worker does, and wait for its end; exit code 1 when it is stuck again")
    .addHelpText("after", "\nExample:\n  npx shipshape clean-up 261123093000-1a2b3c4d --wait")
    .action((id: string, options: { wait?: boolean }) =>
      withControlPlane(context.settings, async (controlPlane) => {
        await controlPlane.cleanUpAgain(id);
        if (!options.wait) return terminal.say(`the clean-up of ${id} is asked for; a worker does it (\`npx shipshape worker\`)`);
        await waitHere(controlPlane, id, false, context);
        process.exitCode = (await readRun(controlPlane.database, id)).cleanUp === "done" ? 0 : 1;
      }),
    );
  shipshape
    .command("worker")
    .description("run queued operations here, and take over what dead workers left, until interrupted")
    .option("--until-idle", "end when nothing is queued or running")
    .addHelpText("after", "\nExamples:\n  npx shipshape worker\n  npx shipshape worker --until-idle")
    .action((options: { untilIdle?: boolean }) =>
      withControlPlane(context.settings, async (controlPlane) => {
        const worker = await controlPlane.work();
        terminal.progress(`worker ${worker.id} runs; Ctrl-C ends it, and loses nothing`);
        const interrupted = new Promise<true>((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, () => resolve(true))));
        const poll = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), workerIdlePollMilliseconds));
        while (!(await Promise.race([interrupted, poll()])))
          if (options.untilIdle && (await latestRuns(controlPlane.database, runsListedMax)).every(isOver)) break;
        await worker.stop();
      }),
    );
}
