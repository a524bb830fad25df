import type { OrderOfSteps } from "../../harness/order-of-steps";

const observe = ["look at the source", "look at the source (before the run)"];
const bracket = [
  "register the throwaway",
  "write the marker before the target",
  "take the source's inventory",
  "write the marker after the target",
  "take the source's inventory again",
  "wait until both markers are restorable",
  "restore into isolation",
];
const cleanUp = ["remove the throwaway", "prove the throwaway gone", "record the removal", "remove the markers"];

export const restoreDrillOrder: OrderOfSteps = {
  1: {
    "a good backup": {
      observe,
      run: [
        ...bracket,
        "prove the copy has no backups",
        "adopt the copy into its stack",
        "run the first query",
        "look for the markers",
        "read the point that was reached",
        "compare the catalogs",
        "verify heaps and indexes",
      ],
      cleanUp,
    },
    "a backup that cannot be restored": { observe, run: bracket, cleanUp },
    "no backups": { observe, run: [], cleanUp },
  },
};

/** The steps that change something outside the control plane. A worker is killed at each on real databases. */
export const restoreDrillEffects: readonly string[] = [
  "write the marker before the target",
  "write the marker after the target",
  "restore into isolation",
  "adopt the copy into its stack",
  "verify heaps and indexes",
  "remove the throwaway",
  "remove the markers",
];
