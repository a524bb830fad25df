/** A worker publishes the evidence log as it grows. */
import { ShipshapeError } from "./errors";
import type { Publisher } from "./evidence/publisher";
import { publicationWaitSeconds } from "./limits";
import { keepDoing } from "./runner/keep-doing";
import { maintenancePollMilliseconds } from "./runner/limits";

/**
 * Publishes until it is stopped; then once more what the last runs have sealed. A place that cannot be written, or does
 * not answer, holds nothing else back. Errors: evidence-publication-differs, before anything is begun.
 */
export async function startPublishing(
  publisher: Pick<Publisher, "publishMore">,
  waitSeconds = publicationWaitSeconds,
): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  const first = publisher.publishMore();
  await within(waitSeconds, first).catch((error: unknown) => {
    if (error instanceof ShipshapeError && error.code === "evidence-publication-differs") throw error;
  });
  const loop = keepDoing("the publication of evidence", maintenancePollMilliseconds, async () => {
    await first.catch(() => undefined); // one pass after the other
    while ((await publisher.publishMore()) && !stopping);
  });
  return {
    stop: async () => {
      stopping = true;
      const last = loop.stop().then(() => publisher.publishMore());
      await within(waitSeconds, last).catch(() => undefined); // recorded, and the next worker publishes it
    },
  };
}

/** Resolves when the work has ended or that time has passed, whichever is first. */
async function within(seconds: number, work: Promise<unknown>): Promise<void> {
  work.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, seconds * 1000)));
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
