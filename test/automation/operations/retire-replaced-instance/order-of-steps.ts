import type { OrderOfSteps } from "../../harness/order-of-steps";

export const retireOrder: OrderOfSteps = {
  1: {
    "an instance that was replaced": {
      observe: ["look at both instances", "look at both instances (before the run)"],
      run: ["lift its protection", "delete it, with a last snapshot", "prove it gone"],
      cleanUp: [],
    },
  },
};

export const retireEffects = ["lift its protection", "delete it, with a last snapshot"];
