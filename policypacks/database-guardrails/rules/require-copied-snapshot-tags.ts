import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

export const requireCopiedSnapshotTags = defineRule({
  id: "require-copied-snapshot-tags",
  title: "Snapshots carry the tags of their database",
  severity: "low",
  owner: "team-platform",
  controls: ["RDS.16", "RDS.17"],
  properties: ["copyTagsToSnapshot"],
  why: "A snapshot without tags has no owner and no classification, and it is as confidential as what it was taken of.",
  solution: "Set `copyTagsToSnapshot` to true.",
  types: databases,
  *check(database) {
    const found = database.boolean("copyTagsToSnapshot");
    if (!found)
      yield { property: "copyTagsToSnapshot", found, allowed: "true", change: "set copyTagsToSnapshot to true" };
  },
});
