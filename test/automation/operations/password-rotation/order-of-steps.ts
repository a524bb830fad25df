import type { OrderOfSteps, Steps } from "../../harness/order-of-steps";

const observe = ["look at the database and its stack", "look at the database and its stack (before the run)"];
const rotated = ["commit the change", "bring the stack up"];
const tried = ["log in as each role"];
const waited = ["begin the grace", "wait for the end of the grace", "look for clients of the logins before"];
const locked = [
  "commit the change (lock)",
  "bring the stack up (lock)",
  "end the sessions of the logins before",
  "look at the logins",
];
const steps = (...run: string[][]): Steps => ({ observe, run: run.flat(), cleanUp: [] });

export const passwordRotationOrder: OrderOfSteps = {
  1: {
    "a stack of our own": steps(rotated, tried, waited, ["plan the lock"], locked),
    "a password that is known to others": steps(rotated, tried, waited.slice(2), ["plan the lock"], locked),
    "a rotation that was left in its grace": steps(tried, waited, locked),
    "a login that does not work": steps(rotated, tried),
    "another team's stack": steps(["deliver the change"]),
    "another team's stack that was left in its grace": steps(tried, waited, ["deliver the change (lock)"]),
  },
};

export const passwordRotationEffects = [
  "commit the change",
  "bring the stack up",
  "commit the change (lock)",
  "bring the stack up (lock)",
  "end the sessions of the logins before",
];
