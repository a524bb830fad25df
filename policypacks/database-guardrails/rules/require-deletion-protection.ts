import { unlessReplica } from "../vocabulary/origin";
import { decided } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { namedStrictness, strictnessOf } from "../vocabulary/strictness";

export const requireDeletionProtection = defineRule({
  id: "require-deletion-protection",
  title: "A database is deleted in two steps, never in one",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.7", "RDS.8", "CKV_AWS_293"],
  properties: ["deletionProtection", "protect"],
  why: "AWS's protection prevents deletion in the console; Pulumi's prevents a program change from replacing the database. Neither covers the other case.",
  solution:
    "Set `deletionProtection` and the resource option `protect` to true. To retire a database, set `retire: true`, which removes both; this needs a waiver.",
  // A replica's data is its source's, and a database must be able to do with fewer of them.
  ...unlessReplica(function* (database, { standard }) {
    const strictness = strictnessOf(database, standard);
    if (!strictness.standard.protected) return;
    yield* decided(function* () {
      const found = database.boolean("deletionProtection");
      if (!found)
        yield {
          property: "deletionProtection",
          found,
          allowed: `true (${namedStrictness(strictness)})`,
          change: "set deletionProtection to true",
        };
    });
    if (database.protect === false)
      yield {
        property: "protect",
        found: false,
        allowed: `true (${namedStrictness(strictness)})`,
        change: "set the resource option protect to true",
      };
  }),
});
