import { backupPlanRetentionDays, backupPlanTag } from "../../../components/standards/fixed";
import { followsKnownSource } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { namedStrictness, strictnessOf } from "../vocabulary/strictness";
import { backupSelection, databases } from "../vocabulary/types";
import type { Resource, Stack } from "../vocabulary/resource";

export const requireBackupPlan = defineRule({
  id: "require-backup-plan",
  title: "A database whose tier requires copies in another Region is selected by an AWS Backup plan",
  severity: "medium",
  owner: "team-platform",
  controls: ["RDS.26"],
  properties: ["tags", "selectionTags"],
  why: "RDS's own backups are in the same account and Region as the database, and can be lost with it. A plan keeps copies in a locked vault and in another Region.",
  solution: `Tag the database with \`${backupPlanTag}: vault-and-copy\`, so that the platform's plan selects it, or add your own selection to the stack.`,
  typesInStack: databases,
  *checkInStack(database, stack, { standard }) {
    const strictness = strictnessOf(database, standard);
    if (strictness.standard.backupPlan !== "vault-and-copy" || followsKnownSource(database, stack)) return;
    const tags = database.tags();
    const plan = tags?.has(backupPlanTag) ? tags.string(backupPlanTag) : undefined;
    if (plan !== undefined && Object.hasOwn(backupPlanRetentionDays, plan)) return;
    if (stack.of(backupSelection).some((selection) => selects(selection, database, stack))) return;
    yield {
      property: `tags.${backupPlanTag}`,
      found: plan,
      allowed: `vault or vault-and-copy, or a selection in this stack (${namedStrictness(strictness)})`,
      change: `add the tag ${backupPlanTag}: vault-and-copy`,
    };
  },
});

function selects(selection: Resource, database: Resource, stack: Stack): boolean {
  if (stack.dependenciesOf(selection, database.type).includes(database)) return true;
  return selection.list("selectionTags").some((wanted) => {
    const [name, value] = [wanted.string("key"), wanted.string("value")];
    return name !== undefined && database.tag(name) === value;
  });
}
