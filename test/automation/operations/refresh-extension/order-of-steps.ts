import type { OrderOfSteps } from "../../harness/order-of-steps";

const look = "look at the copy and what is signed of it";

export const refreshExtensionOrder: OrderOfSteps = {
  1: {
    "a copy that is needed longer": {
      observe: [look, `${look} (before the run)`],
      run: ["bring the copy up with its new end", "read its tags"],
      cleanUp: [],
    },
  },
};
