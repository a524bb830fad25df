import { setTimeout as sleep } from "node:timers/promises";
import { ShipshapeError } from "../errors";
import type { Step, StepSettings, Work } from "./operation";

/**
 * The steps of a preview: each is tried once, in this process, and leaves no record. A person is waiting, who can
 * repeat the command. Errors: preview-overdue.
 */
export function previewSteps(requestId: string): Step {
  const step = async <T>(name: string, { timeoutSeconds: seconds }: StepSettings, work: Work<T>): Promise<T> => {
    const limit = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ShipshapeError("preview-overdue", { step: name, seconds })), seconds * 1000);
    });
    try {
      return await Promise.race([work(limit.signal, () => undefined), late]);
    } finally {
      clearTimeout(timer);
      limit.abort(); // whatever is still under way
    }
  };
  const steps: Step = Object.assign(step, {
    requestId,
    keyed: () => steps,
    sleep: (seconds: number) => sleep(seconds * 1000),
  });
  return steps;
}
