import { unlessReplica } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { strictnessOf } from "../vocabulary/strictness";

export const requireRetainedAutomatedBackups = defineRule({
  id: "require-retained-automated-backups",
  title: "Automated backups outlive a deleted production database",
  severity: "medium",
  owner: "team-platform",
  controls: [],
  properties: ["deleteAutomatedBackups"],
  why: "AWS deletes automated backups with the database unless told otherwise. Kept, they allow a recovery to any moment before the deletion; a final snapshot knows only the last one.",
  solution: "Set `deleteAutomatedBackups` to false in production.",
  ...unlessReplica(function* (database) {
    if (!strictnessOf(database).production) return;
    const found = database.boolean("deleteAutomatedBackups");
    if (found !== false)
      yield {
        property: "deleteAutomatedBackups",
        found: found ?? "not set, which is true on AWS",
        allowed: "false (production)",
        change: "set deleteAutomatedBackups to false",
      };
  }),
});
