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
  const pass = async () => void (await publisher.publishMore());
  await pass().catch((error: unknown) => {
    if (error instanceof ShipshapeError && error.code === "evidence-publication-differs") throw error;
  });
  const loop = keepDoing("the publication of evidence", maintenancePollMilliseconds, pass);
  return {
    stop: async () => {
      await loop.stop();
      await pass().catch(() => undefined); // recorded, and the next worker publishes it
    },
  };
}
