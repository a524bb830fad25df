import type { OrderOfSteps } from "../../harness/order-of-steps";

const steps = {
  observe: ["look at the database and its stack", "look at the database and its stack (before the run)"],
  run: ["ask the RDS API", "preview a refresh of its stack", "look beyond the provider"],
  cleanUp: [],
};

export const driftDetectionOrder: OrderOfSteps = { 1: { "as declared": steps, "changed outside": steps } };
