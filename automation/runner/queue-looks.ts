/**
 * A worker looks at a queue as soon as something is queued or a place is free, but while much is queued not for each
 * place. Polling as often would cost an idle worker more.
 */
import { queueLookMilliseconds } from "./limits";

/** The loop of the durable engine that polls the queues. It has no public call to look now. */
export interface QueueLoop {
  states: Map<string, { nextPollAt: number }>;
  internalQueues: Map<string, { minPollingIntervalMs: number }>;
  refreshDbQueues(executor: unknown, now: number): Promise<void>;
  scheduleDueQueues(executor: unknown, now: number, atOnceMax: number, polls: unknown, wake: () => void): void;
  runQueuePoll(executor: unknown, state: { queue: { name: string } }, polls: unknown, wake: () => void): Promise<void>;
}

export interface QueueLooks {
  look(queue: string): void;
  /** Looks at queues that were registered since the loop began. */
  lookAtNew(executor: unknown, queues: string[]): Promise<void>;
  stop(): void;
}

/** Call before the loop begins. Whatever the loop does at regular intervals, it does that often. */
export function lookWhenAsked(loop: QueueLoop, milliseconds: number): QueueLooks {
  Object.assign(loop.constructor, {
    defaultMinPollingIntervalMs: milliseconds,
    reconcileIntervalMs: milliseconds,
    transitionIntervalMs: milliseconds,
  });
  const asked = new Set<string>();
  const lookedAt = new Map<string, number>();
  const later = new Map<string, NodeJS.Timeout>();
  let wakeLoop = () => {};
  const [schedule, poll] = [loop.scheduleDueQueues.bind(loop), loop.runQueuePoll.bind(loop)];
  const lookNow = (name: string) => {
    const state = loop.states.get(name);
    if (state) state.nextPollAt = 0;
    wakeLoop();
  };
  loop.scheduleDueQueues = (...given) => {
    wakeLoop = given[4];
    schedule(...given);
  };
  loop.runQueuePoll = async (...given) => {
    const { name } = given[1].queue;
    asked.delete(name);
    lookedAt.set(name, performance.now());
    await poll(...given);
    if (asked.has(name)) look(name); // what was queued while it looked
  };
  const look = (name: string) => {
    asked.add(name);
    if (later.has(name)) return;
    const wait = (lookedAt.get(name) ?? -Infinity) + queueLookMilliseconds - performance.now();
    if (wait <= 0) lookNow(name);
    else
      later.set(
        name,
        setTimeout(() => (later.delete(name), lookNow(name)), wait),
      );
  };
  return {
    look,
    lookAtNew: async (executor, queues) => {
      for (const own of loop.internalQueues.values()) own.minPollingIntervalMs = milliseconds;
      await loop.refreshDbQueues(executor, Date.now());
      queues.forEach(look);
    },
    stop: () => {
      later.forEach((timer) => clearTimeout(timer));
      for (const name of ["scheduleDueQueues", "runQueuePoll"]) Reflect.deleteProperty(loop, name);
    },
  };
}
