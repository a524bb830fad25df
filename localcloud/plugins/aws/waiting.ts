import { setTimeout as pause } from "node:timers/promises";

/**
 * The official provider polls every 10 s, as a real instance takes minutes; the embedded cloud answers in under a
 * second.
 */
const POLL_FIRST_MS = 100;
const POLL_LONGEST_MS = 1_000;

export interface Wait {
  what: string;
  timeoutSeconds: number;
  signal: AbortSignal;
}

/** Polls until there is a result. The timeout is the program's custom one or the official provider's. */
export async function waitFor<Answer>(wait: Wait, ask: () => Promise<Answer | undefined>): Promise<Answer> {
  const deadline = Date.now() + wait.timeoutSeconds * 1_000;
  for (let pauseMs = POLL_FIRST_MS; ; pauseMs = Math.min(pauseMs * 1.5, POLL_LONGEST_MS)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() + pauseMs > deadline)
      throw new Error(`waiting for ${wait.what}: timeout after ${wait.timeoutSeconds} s`);
    try {
      await pause(pauseMs, undefined, { signal: wait.signal });
    } catch {
      throw new Error(`waiting for ${wait.what}: cancelled`);
    }
  }
}
