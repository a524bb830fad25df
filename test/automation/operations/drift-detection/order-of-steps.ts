import type { OrderOfSteps } from "../../harness/order-of-steps";

const steps = {
  observe: ["look at the database and its stack", "look at the database and its stack (before the run)"],
  run: [
    "ask the RDS API",
    "preview a refresh of its stack",
    "read the access of the database",
    "look beyond the provider",
    "find out who changed it, and what is waived",
  ],
  cleanUp: [],
};

export const driftDetectionOrder: OrderOfSteps = { 1: { "as declared": steps, "changed outside": steps } };

export const driftSweepOrder: OrderOfSteps = {
  1: {
    "a fleet": {
      observe: ["look at the fleet", "look at the fleet (before the run)"],
      run: [
        "request drift-detection (orders, 123456789012 eu-central-1 db-1)",
        "wait for a child (1 of 1)",
        "read what they have sealed",
      ],
      cleanUp: [],
    },
  },
};
