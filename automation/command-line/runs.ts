import { setTimeout as sleep } from "node:timers/promises";
import { scheduleSeconds, workerIdlePollMilliseconds } from "./limits";
import type { ControlPlane } from "../control-plane";
import { reasonOf } from "../errors";
import type { CommandContext } from "./command-context";
import { signerOf } from "./evidence-log";
import { withControlPlane } from "./open-control-plane";
import { principal } from "./open-records";
import { runRecord } from "./run-report";
import { interrupted, leaveOnceLost, waitUntilOver, type WaitOptions } from "./waiting";

/** `shipshape cancel`. */
export async function cancel(id: string, options: { json?: boolean }, context: CommandContext): Promise<void> {
  const { terminal } = context;
  await withControlPlane(context, async (controlPlane) => {
    await controlPlane.cancel(id, await principal(controlPlane));
    const run = await controlPlane.run(id);
    if (options.json) return terminal.json("cancel", runRecord(run));
    const next =
      run.cleanUp === "pending"
        ? "a worker removes what it created (`npx shipshape worker`)"
        : "there is nothing to clean up";
    terminal.say(`request ${id} is cancelled; ${next}`);
  });
}

/** `shipshape clean-up`. */
export async function cleanUp(id: string, options: WaitOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  await withControlPlane(context, async (controlPlane) => {
    await controlPlane.cleanUpAgain(id, await principal(controlPlane));
    if (options.wait || options.work)
      process.exitCode = (await waitUntilOver(controlPlane, id, options, context)).cleanUp === "done" ? 0 : 1;
    else if (options.json) terminal.json("clean-up", runRecord(await controlPlane.run(id)));
    else terminal.say(`the clean-up of ${id} is queued; a worker runs it (\`npx shipshape worker\`)`);
  });
}

export interface WorkerOptions {
  untilIdle?: boolean;
  schedule?: boolean;
  openMax: number;
  perDay: number;
  json?: boolean;
}

/** `shipshape worker`. */
export async function work(options: WorkerOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  await withControlPlane(context, async (controlPlane) => {
    const interruption = interrupted();
    const worker = await controlPlane.work(leaveOnceLost(options.json === true, terminal));
    const say = (status: string) => options.json && terminal.exact(JSON.stringify({ worker: worker.id, status }));
    say("running");
    terminal.progress(`worker ${worker.id} is running; Ctrl-C ends it without losing anything`);
    let scheduledAt = -Infinity;
    do {
      if (options.schedule && Date.now() - scheduledAt > scheduleSeconds * 1000) {
        scheduledAt = Date.now();
        await requestDueDrills(controlPlane, options, context);
      }
      if (options.untilIdle && (await controlPlane.busy()) === 0) break;
    } while (!(await Promise.race([interruption.happened(), sleep(workerIdlePollMilliseconds, false)])));
    interruption.dispose();
    await worker.stop();
    say("ended");
  });
}

/** A failure is reported and does not end the worker: the next pass requests what is due then. */
async function requestDueDrills(
  controlPlane: ControlPlane,
  budget: Pick<WorkerOptions, "openMax" | "perDay">,
  { settings, terminal }: CommandContext,
): Promise<void> {
  const { submitDue, submitSweeps, submittedLine, removalLine, sweepLine } = await import("./schedule");
  const failed = (what: string) => (error: unknown) =>
    terminal.complain(
      `no ${what} was scheduled; the next attempt is in ${scheduleSeconds / 60} min: ${reasonOf(error)}`,
    );
  // Each for itself: what holds up drills holds up no drift detection.
  await submitSweeps(controlPlane).then(
    (sweeps) => sweeps.forEach((one) => terminal.progress(sweepLine(one))),
    failed("drift detection"),
  );
  await signerOf(settings)
    .then((signer) => submitDue(controlPlane, settings, budget, terminal, signer))
    .then(({ submitted, removals }) => {
      for (const line of [...removals.map(removalLine), ...submitted.map(submittedLine)]) terminal.progress(line);
    }, failed("drill"));
}
