import { reasonOf } from "../errors";
import { wakeable } from "./liveness";

/**
 * Does something again and again, with pauses, until it is stopped. `now` ends the pause. `what` names it in warnings.
 */
export function keepDoing(
  what: string,
  pauseMilliseconds: number,
  work: () => Promise<void>,
): { now(): void; stop(): Promise<void> } {
  let [stopped, asked] = [false, false];
  let wake = () => {};
  let reported = "";
  // A repeated failure is reported once, not each time.
  const report = (reason: string) => {
    if (reason !== reported) process.emitWarning(`${what} failed and will be retried: ${reason}`);
    reported = reason;
  };
  const loop = (async () => {
    while (!stopped) {
      asked = false;
      // A failure is retried on the next pass; if the database is gone for good, losing its session ends the worker.
      await work().catch((error: unknown) => report(reasonOf(error)));
      if (!stopped && !asked) await new Promise<void>((resolve) => (wake = wakeable(resolve, pauseMilliseconds)));
    }
  })();
  return { now: () => ((asked = true), wake()), stop: async () => ((stopped = true), wake(), loop) };
}
