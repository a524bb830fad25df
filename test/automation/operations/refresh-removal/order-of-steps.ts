import type { OrderOfSteps } from "../../harness/order-of-steps";

const look = "look at the copy and its stack";

export const refreshRemovalOrder: OrderOfSteps = {
  1: {
    "a copy that has expired": {
      observe: [look, `${look} (before the run)`],
      run: ["remove the copy", "prove the copy gone"],
      cleanUp: [],
    },
    "a copy in a database of a team": {
      observe: [look, `${look} (before the run)`],
      run: ["swap in an empty database", "commit the change", "bring the stack up", "prove the content gone"],
      cleanUp: [],
    },
  },
};
