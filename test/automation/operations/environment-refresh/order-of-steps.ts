import type { OrderOfSteps } from "../../harness/order-of-steps";

const look = "look at the source, the profile and the target";
const observe = [look, `${look} (before the run)`];
const restored = ["register the throwaway", "choose the recovery point", "restore into isolation"];
const read = [
  "prove the copy has no backups",
  "adopt the copy into its stack",
  "let a reader into the copy",
  "prove the schema is the one that was approved",
];
const fresh = [...restored, ...read, "bring the target up"];
const older = [...restored, ...read];
const copied = ["copy and mask", "validate the copy"];
const searched = [...copied, "disarm the copy", "search for leaks"];
const ofTarget = ["decide on the target", "remove what was not handed over", "record the removal"];
const cleanUp = ["remove the throwaway", "prove the throwaway gone", ...ofTarget];
const compared = [
  "register the throwaway",
  "take a snapshot of the earlier copy",
  "restore the target",
  "compare it with what was searched",
];
const withoutSnapshot = ["remove the snapshot", ...ofTarget];

export const environmentRefreshOrder: OrderOfSteps = {
  1: {
    "a fresh target": { observe, run: [...fresh, ...searched, "hand over"], cleanUp },
    "a target that has an older copy": {
      observe,
      run: [...older, ...searched, "hand over", "tag the target"],
      cleanUp,
    },
    "a database of a team": {
      observe,
      run: [...older, ...searched, "hand over", "commit the change", "bring the stack up"],
      cleanUp,
    },
    "a leak in a database of a team": { observe, run: [...older, ...searched], cleanUp },
    "a copy that lacks rows": { observe, run: [...fresh, ...copied], cleanUp },
    "a leak": { observe, run: [...fresh, ...searched], cleanUp },
    "a leak in a target that has an older copy": { observe, run: [...older, ...searched], cleanUp },
    "a backup that cannot be restored": { observe, run: restored, cleanUp },
    "a copy of an earlier copy": { observe, run: [...compared, "hand over"], cleanUp: withoutSnapshot },
    "an earlier copy that people have written to": { observe, run: compared, cleanUp: withoutSnapshot },
  },
};

/** The steps that change something outside the control plane. */
export const environmentRefreshEffects: readonly string[] = [
  "restore into isolation",
  "adopt the copy into its stack",
  "let a reader into the copy",
  "bring the target up",
  "copy and mask",
  "disarm the copy",
  "search for leaks",
  "take a snapshot of the earlier copy",
  "restore the target",
  "hand over",
  "commit the change",
  "bring the stack up",
  "tag the target",
  "remove the throwaway",
  "remove the snapshot",
  "remove what was not handed over",
];
