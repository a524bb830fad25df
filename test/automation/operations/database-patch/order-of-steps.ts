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
    "by blue/green": {
      observe,
      run: [
        "look at what runs before",
        "preview the up before the snapshot",
        "take a snapshot",
        "create the green instance",
        "verify the green instance",
        "preview the up",
        "take its turn",
        "commit the change",
        "switch over",
        "record what was replaced",
        "adopt it into the state",
        "bring the stack up as it is declared",
        "preview what is left to change",
        "look at what runs afterwards",
      ],
      cleanUp: ["remove the deployment", "prove that no green instance is left", "take the commits back"],
    },
    "to another major": {
      observe,
      run: [
        "look at what runs before",
        "preview the up before the snapshot",
        "take a snapshot",
        "preview the preparation",
        "commit the preparation",
        "bring the stack up prepared",
        "create the green instance",
        "analyze the green instance",
        "verify the green instance",
        "preview the up",
        "take its turn",
        "commit the change",
        "switch over",
        "record what was replaced",
        "adopt it into the state",
        "bring the stack up as it is declared",
        "preview what is left to change",
        "look at what runs afterwards",
      ],
      cleanUp: ["remove the deployment", "prove that no green instance is left", "take the commits back"],
    },
    "it runs already": { observe, run: ["look at what runs"], cleanUp: [] },
    "another team's stack": { observe, run: ["deliver the change"], cleanUp: [] },
  },
};

export const databasePatchEffects = [
  "take a snapshot",
  "commit the preparation",
  "bring the stack up prepared",
  "create the green instance",
  "commit the change",
  "bring the stack up",
  "switch over",
  "record what was replaced",
  "adopt it into the state",
  "remove the deployment",
];
