import { followsKnownSource, isReplica } from "../vocabulary/origin";
import { Undecided } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { strictnessOf } from "../vocabulary/strictness";
import { databases } from "../vocabulary/types";

export const forbidSkippedFinalSnapshot = defineRule({
  id: "forbid-skipped-final-snapshot",
  title: "A production database leaves a last snapshot behind",
  severity: "high",
  owner: "team-platform",
  controls: [],
  properties: ["skipFinalSnapshot", "finalSnapshotIdentifier"],
  why: "Deleting a database is the one change that can't be undone. The final snapshot is what is left when the deletion was a mistake.",
  solution: "Set `skipFinalSnapshot` to false and give a `finalSnapshotIdentifier` that is free.",
  types: databases,
  *check(database) {
    if (!strictnessOf(database).production || isReplica(database)) return;
    if (database.boolean("skipFinalSnapshot"))
      yield {
        property: "skipFinalSnapshot",
        found: true,
        allowed: "false (production)",
        change: "set skipFinalSnapshot to false and give finalSnapshotIdentifier",
      };
    else if (!database.has("finalSnapshotIdentifier"))
      yield {
        property: "finalSnapshotIdentifier",
        found: undefined,
        allowed: "a name that is free",
        change: "give one: without it the database can't be deleted at all",
      };
  },
  typesInStack: databases,
  *checkInStack(database, stack) {
    // RDS refuses a final snapshot of a replica. Whether it is one, the stack of its source tells.
    if (strictnessOf(database).production && isReplica(database) && !followsKnownSource(database, stack))
      throw new Undecided("skipFinalSnapshot", "elsewhere");
  },
});
