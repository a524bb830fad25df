/**
 * The state of the stack that a run compares, read once for its steps: where the backend is no folder, each read starts
 * an engine. What a run has read, no other gets; and it is forgotten when the run looks again, or after a minute.
 */
import type { StateResource } from "../../runner/declared-databases";
import { stateKeptMilliseconds, statesKeptMax } from "./limits";

export type StatesOfRuns = ReturnType<typeof statesOfRuns>;

export function statesOfRuns(read: (stack: string) => Promise<StateResource[]>, now = () => Date.now()) {
  const kept = new Map<string, { stack: string; readAt: number; state: Promise<StateResource[]> }>();
  const isOld = ({ readAt }: { readAt: number }) => now() - readAt > stateKeptMilliseconds;

  function newest(requestId: string, stack: string): Promise<StateResource[]> {
    for (const [id, one] of kept) if (isOld(one) || kept.size >= statesKeptMax) kept.delete(id);
    const one = { stack, readAt: now(), state: read(stack) };
    kept.set(requestId, one);
    // What could not be read is tried again by the next.
    one.state.catch(() => kept.get(requestId) === one && kept.delete(requestId));
    return one.state;
  }

  return {
    /** As it is now. */
    newest,
    /** As a step of the run has read it before. */
    of(requestId: string, stack: string): Promise<StateResource[]> {
      const one = kept.get(requestId);
      return one && one.stack === stack && !isOld(one) ? one.state : newest(requestId, stack);
    },
    forget: (requestId: string): void => void kept.delete(requestId),
  };
}
