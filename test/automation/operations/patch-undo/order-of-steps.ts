import type { OrderOfSteps } from "../../harness/order-of-steps";

const look = "look at the patch, the database and its stack";
const observe = [look, `${look} (before the run)`];

export const patchUndoOrder: OrderOfSteps = {
  1: {
    "it never came to run": {
      observe,
      run: ["preview the up", "commit the change", "bring the stack up", "look at what runs"],
      cleanUp: [],
    },
    "it runs": { observe, run: ["look at what runs"], cleanUp: [] },
    "another team's stack": { observe, run: ["deliver the change"], cleanUp: [] },
  },
};

export const patchUndoEffects = ["commit the change"];
