import { followsKnownSource, isReplica } from "../vocabulary/origin";
import { Undecided } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { strictnessOf } from "../vocabulary/strictness";
import { databases } from "../vocabulary/types";

export const forbidSkippedFinalSnapshot = defineRule({
  id: "forbid-skipped-final-snapshot",
  title: "Deleting a production database leaves a final snapshot",
  severity: "high",
  owner: "team-platform",
  controls: [],
  properties: ["skipFinalSnapshot", "finalSnapshotIdentifier"],
  why: "Deleting a database is the one change that can't be undone. If it was a mistake, the final snapshot is all that is left.",
  solution: "Set `skipFinalSnapshot` to false and `finalSnapshotIdentifier` to an unused name.",
  types: databases,
  *check(database, { standard }) {
    if (!strictnessOf(database, standard).production || isReplica(database)) return;
    if (database.boolean("skipFinalSnapshot"))
      yield {
        property: "skipFinalSnapshot",
        found: true,
        allowed: "false (production)",
        change: "set skipFinalSnapshot to false and set finalSnapshotIdentifier",
      };
    else if (!database.has("finalSnapshotIdentifier"))
      yield {
        property: "finalSnapshotIdentifier",
        found: undefined,
        allowed: "an unused name",
        change: "set finalSnapshotIdentifier: without it the database can't be deleted at all",
      };
  },
  typesInStack: databases,
  *checkInStack(database, stack, { standard }) {
    // RDS refuses a final snapshot of a replica. Only the stack of its source shows whether this is one.
    if (strictnessOf(database, standard).production && isReplica(database) && !followsKnownSource(database, stack))
      throw new Undecided("skipFinalSnapshot", "elsewhere");
  },
});
