import type { OrderOfSteps } from "../../harness/order-of-steps";

const observe = ["look at the database and its stack", "look at the database and its stack (before the run)"];

export const databasePatchOrder: OrderOfSteps = {
  1: {
    "a stack of our own": {
      observe,
      run: [
        "look at what runs before",
        "preview the up before the snapshot",
        "take a snapshot",
        "preview the up",
        "take its turn",
        "commit the change",
        "bring the stack up",
        "bring the stack up as it is declared",
        "look at what runs afterwards",
      ],
      cleanUp: [],
    },
    "it runs already": { observe, run: ["look at what runs"], cleanUp: [] },
    "another team's stack": { observe, run: ["deliver the change"], cleanUp: [] },
  },
};

export const databasePatchEffects = ["take a snapshot", "commit the change", "bring the stack up"];
