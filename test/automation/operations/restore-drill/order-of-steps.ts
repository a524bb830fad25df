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

const copied = [
  "prove the copy has no backups",
  "adopt the copy into its stack",
  "run the first query",
  "let a reader into the copy",
];
const checks = [
  "read the point that was reached",
  "compare the catalogs",
  "compare the sequences",
  "read what earlier drills checked",
  "verify heaps and indexes",
];
const withoutMarkers = cleanUp.slice(0, -1);

export const restoreDrillOrder: OrderOfSteps = {
  1: {
    "a good backup": {
      observe,
      run: [...bracket, ...copied, "look for the markers", ...checks],
      cleanUp,
    },
    "a backup that cannot be restored": { observe, run: bracket, cleanUp },
    "no backups": { observe, run: [], cleanUp },
    "a past second": {
      observe,
      run: [
        "register the throwaway",
        "wait until the target is restorable",
        "restore into isolation",
        ...copied,
        ...checks,
      ],
      cleanUp: withoutMarkers,
    },
    "a snapshot": {
      observe,
      run: ["register the throwaway", "restore into isolation", ...copied, ...checks],
      cleanUp: withoutMarkers,
    },
  },
};

/** The steps that change something outside the control plane. A worker is killed at each on real databases. */
export const restoreDrillEffects: readonly string[] = [
  "write the marker before the target",
  "write the marker after the target",
  "restore into isolation",
  "adopt the copy into its stack",
  "let a reader into the copy",
  "verify heaps and indexes",
  "remove the throwaway",
  "remove the markers",
];
