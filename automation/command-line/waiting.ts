/** `--wait` waits until a request is over; `--work` also carries it out, in this process. */
import { setTimeout as sleep } from "node:timers/promises";
import { ShipshapeError } from "../errors";
import {
  controlPlaneOutagePollMilliseconds,
  controlPlaneOutageSeconds,
  requestPollMilliseconds,
  stepTakesLongSeconds,
  workerDrainSeconds,
  workerMissingSeconds,
} from "./limits";
import type { ControlPlane } from "../control-plane";
import type { ControlPlaneRecords } from "../control-plane-records";
import type { Run, WorkerRecord } from "../records";
import type { CommandContext } from "./command-context";
import { reportError } from "./error-report";
import {
  approvalHint,
  heldHint,
  progressOf,
  reportRun,
  runRecord,
  secondsSince,
  silenceOf,
  underWayLine,
} from "./run-report";
import type { Terminal } from "./terminal";

export interface WaitOptions {
  wait?: boolean;
  work?: boolean;
  json?: boolean;
}

/** Reports the run once it is over. Errors: wait-interrupted, worker-missing, control-plane-unreachable. */
export async function waitUntilOver(
  controlPlane: ControlPlane,
  id: string,
  options: WaitOptions,
  { terminal }: CommandContext,
): Promise<Run> {
  terminal.progress(`request ${id}`);
  const interruption = interrupted();
  const worker = options.work ? await controlPlane.work(leaveOnceLost(options.json === true, terminal)) : undefined;
  try {
    const run = await watch(controlPlane, id, worker !== undefined, interruption.happened, terminal);
    if (options.json) terminal.json("request", runRecord(run));
    else {
      terminal.progress("");
      reportRun(run, terminal);
    }
    if (run.verdict !== "pass" || run.cleanUp === "stuck") process.exitCode = 1;
    // Other runs that this worker began are finished; Ctrl-C leaves them to the next worker.
    await Promise.race([worker?.stop(workerDrainSeconds), interruption.happened()]);
    if (interruption.has()) process.exit(130);
    return run;
  } catch (error) {
    await worker?.stop();
    throw error;
  } finally {
    terminal.live("");
    interruption.dispose();
  }
}

/**
 * Reports a request until it is over; a worker elsewhere runs it. Errors: wait-interrupted, control-plane-unreachable.
 */
export async function watchUntilOver(
  records: Pick<ControlPlaneRecords, "run" | "workers">,
  id: string,
  terminal: Pick<Terminal, "progress" | "live">,
): Promise<void> {
  const interruption = interrupted();
  try {
    const noWorkerNeeded = { worker: Infinity, controlPlane: timeouts.controlPlane };
    await watch(records, id, false, interruption.happened, terminal, noWorkerNeeded);
  } finally {
    terminal.live("");
    interruption.dispose();
  }
}

/** A run is over once its statement is sealed too: a worker does that after a run was cancelled. */
export const isOver = (run: Run) =>
  run.finishedAt !== undefined && run.cleanUp !== "pending" && run.sealedAt !== undefined;

/** How long an absence is tolerated, in seconds; the defaults suit people and builds. */
export const timeouts = { worker: workerMissingSeconds, controlPlane: controlPlaneOutageSeconds };

/** Reports each step as it ends, a step that takes long, and what keeps the request from continuing. */
export async function watch(
  records: Pick<ControlPlaneRecords, "run" | "workers">,
  id: string,
  worksHere: boolean,
  interruption: () => Promise<unknown>,
  terminal: Pick<Terminal, "progress" | "live">,
  { worker: workerSeconds, controlPlane: outageSeconds } = timeouts,
): Promise<Run> {
  const reported = new Set<string>();
  const reportOnce = (line: string) =>
    void (reported.has(line) || (reported.add(line), terminal.progress(`  ${line}`)));
  const reportStep = (step: ReturnType<typeof progressOf>["underWay"], workers: WorkerRecord[]) => {
    if (!step) return terminal.live("");
    if (secondsSince(step.startedAt) > stepTakesLongSeconds) reportOnce(`… ${step.name}`);
    if (step.share !== undefined && step.share >= 0.1) reportOnce(`… ${step.name}  ${Math.floor(step.share * 10)}0 %`);
    const silence = silenceOf(step, workers);
    if (silence !== undefined) reportOnce(silence.replace(/ for \d+ s/, ""));
    terminal.live(`  ${silence ?? underWayLine(step)}`);
  };
  let [answeredAt, workerSeenAt] = [Date.now(), Date.now()];
  // Ends with the run, whose steps are all limited; with the limit on absences; or when the person interrupts it.
  for (;;) {
    let pause = requestPollMilliseconds;
    try {
      const run = await records.run(id);
      const { ended, underWay } = progressOf(run);
      ended.forEach(reportOnce);
      const needsWorker = run.status !== "waiting" && !(run.heldAt && !run.heldIn) && !worksHere;
      const workers = underWay || needsWorker ? await records.workers() : [];
      reportStep(underWay, workers);
      if (run.status === "waiting") reportOnce(approvalHint(id, run.planDigest ?? ""));
      if (isOver(run)) return run;
      if (run.heldAt) reportOnce(heldHint(run));
      if (!needsWorker || workers.length > 0) workerSeenAt = Date.now();
      else reportOnce("no worker is alive: start one (`npx shipshape worker`), or use --work");
      answeredAt = Date.now();
    } catch (error) {
      if (
        !(error instanceof ShipshapeError && error.code === "control-plane-unreachable") ||
        secondsPassed(answeredAt) > outageSeconds
      )
        throw error;
      reportOnce("the control plane does not answer; retrying");
      [pause, workerSeenAt] = [controlPlaneOutagePollMilliseconds, Date.now()];
    }
    if (secondsPassed(workerSeenAt) > workerSeconds)
      throw new ShipshapeError("worker-missing", { id, seconds: workerSeconds });
    if (await Promise.race([interruption(), sleep(pause, false)])) throw new ShipshapeError("wait-interrupted", { id });
  }
}

/** What a worker does if it must not continue: it says why, and ends this process at once. */
export const leaveOnceLost = (asJson: boolean, terminal: Terminal) => (error: ShipshapeError) =>
  process.exit(reportError(error, asJson, terminal));

/** Ctrl-C, or a service manager's request to end. */
export function interrupted(): { happened(): Promise<true>; has(): boolean; dispose(): void } {
  const signals = ["SIGINT", "SIGTERM"] as const;
  let now = false;
  let resolve: (value: true) => void;
  const promise = new Promise<true>((r) => (resolve = r));
  const note = () => ((now = true), resolve(true));
  signals.forEach((signal) => process.once(signal, note));
  return {
    happened: () => promise,
    has: () => now,
    dispose: () => signals.forEach((signal) => process.removeListener(signal, note)),
  };
}

const secondsPassed = (at: number) => (Date.now() - at) / 1000;
