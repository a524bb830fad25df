import { keysOfDatabases } from "../vocabulary/keys";
import { defineRule } from "../judging/rule";
import { strictnessOf } from "../vocabulary/strictness";
import { keys } from "../vocabulary/types";

/** The longest waiting period that KMS offers. */
const longestWindowDays = 30;

export const forbidKeyDeletion = defineRule({
  id: "forbid-key-deletion",
  title: "A key that backups need is not deleted with its stack",
  severity: "critical",
  owner: "team-security",
  controls: ["KMS.3"],
  properties: ["deletionWindowInDays", "protect", "kmsKeyId"],
  why: "Deleting a key makes everything encrypted with it permanently unreadable: the database, its snapshots and the copies in the vault, all at once.",
  solution:
    "Keep the key in the platform stack with `protect: true`, and in production also with `retainOnDelete: true` and a deletion window of 30 days.",
  typesInStack: keys,
  *checkInStack(resource, stack, { standard }) {
    if (!keysOfDatabases(stack).includes(resource)) return;
    if (resource.protect === false)
      yield { property: "protect", found: false, allowed: "true", change: "set the resource option protect to true" };
    const days = resource.number("deletionWindowInDays") ?? longestWindowDays;
    if (strictnessOf(resource, standard).production && days < longestWindowDays)
      yield {
        property: "deletionWindowInDays",
        found: days,
        allowed: `${longestWindowDays} (production)`,
        change: `set deletionWindowInDays to ${longestWindowDays}`,
      };
  },
});
