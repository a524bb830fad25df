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
  why: "By default AWS deletes automated backups with the database. If they are retained, recovery to any moment before the deletion is possible; a final snapshot contains only the last state.",
  solution: "Set `deleteAutomatedBackups` to false in production.",
  ...unlessReplica(function* (database, { standard }) {
    if (!strictnessOf(database, standard).production) return;
    const found = database.boolean("deleteAutomatedBackups");
    if (found !== false)
      yield {
        property: "deleteAutomatedBackups",
        found: found ?? "not set (AWS default: true)",
        allowed: "false (production)",
        change: "set deleteAutomatedBackups to false",
      };
  }),
});
