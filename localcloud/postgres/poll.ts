import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "./limits";

/**
 * Looks again and again until it holds; false when the time is up. `limitMilliseconds` may change what it says while it
 * waits: a start that replays WAL may take longer.
 */
export async function poll(
  limitMilliseconds: number | (() => number),
  holds: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const limit = typeof limitMilliseconds === "number" ? () => limitMilliseconds : limitMilliseconds;
  for (const began = Date.now(); !(await holds()); await sleep(limits.pollMilliseconds))
    if (Date.now() > began + limit()) return false;
  return true;
}
