import type { OrderOfSteps } from "../../harness/order-of-steps";
import { driftDetectionOrder } from "../drift-detection/order-of-steps";

const detection = driftDetectionOrder[1]!["as declared"]!.run;
const foresee = "preview the up that puts it back";
const observe = ["look at the database and its stack", "look at the config of its stack", ...detection, foresee];
const twice = [...observe, ...observe.map((step) => `${step} (before the run)`)];
const part = [...observe, "preview the up of the part that was asked for"];
const partTwice = [...part, ...part.map((step) => `${step} (before the run)`)];
const run = ["commit the change", "bring the stack up", ...observe.map((step) => `${step} (afterwards)`)];

export const driftRepairOrder: OrderOfSteps = {
  1: {
    "a stack of our own": { observe: twice, run, cleanUp: [] },
    "a part of it": { observe: partTwice, run, cleanUp: [] },
    "a change that waits for the window": { observe: twice, run: [...run, "expect what waits"], cleanUp: [] },
    "another team's stack": { observe: twice, run: ["deliver the change"], cleanUp: [] },
  },
};

/** Nothing is committed: the config says what is put back. */
export const driftRepairEffects = ["bring the stack up"];
