import type { OrderOfSteps } from "../../harness/order-of-steps";

const look = "look at the source";
const observe = [look, `${look} (before the run)`];
const restored = ["register the throwaway", "choose the recovery point", "restore into isolation"];
const cleanUp = ["remove the throwaway", "prove the throwaway gone", "record the removal", "read who was shown rows"];

export const maskingPreviewOrder: OrderOfSteps = {
  1: {
    "rows that can be looked at": {
      observe,
      run: [
        ...restored,
        "prove the copy has no backups",
        "adopt the copy into its stack",
        "let a reader into the copy",
        "wait for the end of the preview",
      ],
      cleanUp,
    },
    "a backup that cannot be restored": { observe, run: restored, cleanUp },
  },
};

/** The steps that change something outside the control plane. */
export const maskingPreviewEffects: readonly string[] = [
  "restore into isolation",
  "adopt the copy into its stack",
  "let a reader into the copy",
  "remove the throwaway",
];
