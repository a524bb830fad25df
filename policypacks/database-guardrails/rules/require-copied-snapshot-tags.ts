import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

export const requireCopiedSnapshotTags = defineRule({
  id: "require-copied-snapshot-tags",
  title: "Snapshots have the tags of their database",
  severity: "low",
  owner: "team-platform",
  controls: ["RDS.16", "RDS.17"],
  properties: ["copyTagsToSnapshot"],
  why: "A snapshot is as confidential as its database, but without tags it has no owner and no data classification.",
  solution: "Set `copyTagsToSnapshot` to true.",
  types: databases,
  *check(database) {
    const found = database.boolean("copyTagsToSnapshot");
    if (!found)
      yield { property: "copyTagsToSnapshot", found, allowed: "true", change: "set copyTagsToSnapshot to true" };
  },
});
