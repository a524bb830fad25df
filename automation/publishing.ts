/** A worker publishes the evidence log as it grows. */
import { ShipshapeError } from "./errors";
import type { Publisher } from "./evidence/publisher";
import { keepDoing } from "./runner/keep-doing";
import { maintenancePollMilliseconds } from "./runner/limits";

/**
 * Publishes until it is stopped; then once more what the last runs have sealed. A place that cannot be written delays
 * nothing else. Errors: evidence-publication-differs, before anything is begun.
 */
export async function startPublishing(publisher: Publisher): Promise<{ stop(): Promise<void> }> {
  let stopping = false;
  await publisher.publishMore().catch((error: unknown) => {
    if (error instanceof ShipshapeError && error.code === "evidence-publication-differs") throw error;
  });
  const loop = keepDoing("the publication of evidence", maintenancePollMilliseconds, async () => {
    while ((await publisher.publishMore()) && !stopping);
  });
  return {
    stop: async () => {
      stopping = true;
      await loop.stop();
      await publisher.publishMore().catch(() => undefined); // recorded, and the next worker publishes it
    },
  };
}
