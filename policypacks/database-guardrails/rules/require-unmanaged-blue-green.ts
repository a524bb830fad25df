import { defineRule } from "../judging/rule";
import { instance } from "../vocabulary/types";

export const requireUnmanagedBlueGreen = defineRule({
  id: "require-unmanaged-blue-green",
  title: "Blue/green deployments are run by an operation, not by the provider",
  severity: "medium",
  owner: "team-platform",
  controls: [],
  properties: ["blueGreenUpdate"],
  why: "The provider creates the copy, switches over and deletes the old database in one update, so there is no moment to check that the new one is healthy.",
  solution: "Leave `blueGreenUpdate` out; use an operation with a health gate before the switchover.",
  types: [instance],
  *check(database) {
    if (database.object("blueGreenUpdate")?.boolean("enabled"))
      yield { property: "blueGreenUpdate.enabled", found: true, allowed: "false", change: "remove blueGreenUpdate" };
  },
});
