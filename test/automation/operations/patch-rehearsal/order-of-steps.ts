import type { OrderOfSteps } from "../../harness/order-of-steps";

const look = "look at the source and its stack";
const observe = [look, `${look} (before the run)`];
const cleanUp = ["remove the throwaway", "prove the throwaway gone", "record the removal"];

export const patchRehearsalOrder: OrderOfSteps = {
  1: {
    "a copy that is patched": {
      observe,
      run: [
        "register the throwaway",
        "restore into isolation",
        "prove the copy has no backups",
        "adopt the copy into its stack",
        "look at what runs before",
        "patch the copy while a client watches it",
        "look at what runs afterwards",
      ],
      cleanUp,
    },
    "a backup that cannot be restored": {
      observe,
      run: ["register the throwaway", "restore into isolation"],
      cleanUp,
    },
  },
};

export const patchRehearsalEffects = [
  "restore into isolation",
  "adopt the copy into its stack",
  "patch the copy while a client watches it",
  "remove the throwaway",
];
