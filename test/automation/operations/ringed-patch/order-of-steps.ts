import type { OrderOfSteps } from "../../harness/order-of-steps";

const patched = [
  "open the train",
  "begin the ring (ring 1, attempt 1)",
  "look who is left (ring 1, attempt 1)",
  "note the alarms (ring 1, attempt 1)",
  "look whether the next may begin (1)",
  "request database-patch (orders, 123456789012 eu-central-1 db-1, 2)",
  "wait for a child (3)",
  "begin to watch (ring 1, attempt 1)",
  "wait for train (4)",
  "look at the ring (5)",
  "ask whether they are well (ring 1, attempt 1)",
  "let the health gate decide (ring 1, attempt 1)",
];
const cleanUp = ["forget the loads", "remove the snapshots of what is well (ring 1)"];
const end = ["read what they have sealed", "read the train"];

export const ringedPatchOrder: OrderOfSteps = {
  1: {
    "a canary": { observe: ["look at the fleet"], run: [...patched, ...end], cleanUp },
    "a canary that is not well": {
      observe: ["look at the fleet"],
      run: [...patched, "wait for train (6)", "look at the ring (7)", ...end],
      cleanUp,
    },
  },
};
