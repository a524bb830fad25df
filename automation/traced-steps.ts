import { stepEnded } from "./observability/telemetry";
import type { OperationRequest } from "./records";
import type { StepObserver } from "./runner/durable";

/** An observer that also reports each attempt of a step as a span and a duration, once it has ended. */
export function tracedSteps(request: OperationRequest, observer: StepObserver): StepObserver {
  const begun = new Map<string, { attempt: number; startedAt: Date }>();
  return {
    ...observer,
    begun: async (name, workerId) => {
      const attempt = await observer.begun(name, workerId);
      begun.set(name, { attempt, startedAt: new Date() });
      return attempt;
    },
    ended: async (name, error) => {
      await observer.ended(name, error);
      const known = begun.get(name);
      if (known) stepEnded(request, { name, ...known, error });
    },
  };
}
