/**
 * A folder backend writes states and locks in place: an engine, or a reader of the files, that comes at that moment
 * finds an empty or cut-off file. It is whole a moment later, unless its writer was killed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../errors";
import { halfWrittenPauseMilliseconds, halfWrittenTriesMax } from "./limits";

/** What the engine says of a state and of a lock: a whole line, since a provider may say the end of it. */
const ofEngine =
  /error: (could not create stack: |failed to load checkpoint: )?(unexpected )?(EOF|end of JSON input)$/m;

/** Of JSON, and of a compressed file. */
const isCutOff = (error: unknown): boolean => {
  const { name, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return name === "SyntaxError" || code === "Z_BUF_ERROR" || ofEngine.test(reasonOf(error));
};

/** Reads again while what is read is cut off; throws as `read` does if it stays so. */
export async function whenWritten<T>(read: () => Promise<T>): Promise<T> {
  for (let triesLeft = halfWrittenTriesMax - 1; ; triesLeft--)
    try {
      return await read();
    } catch (error) {
      if (triesLeft <= 0 || !isCutOff(error)) throw error;
      await sleep(halfWrittenPauseMilliseconds);
    }
}
