import { rings as standardRings, ringTag } from "../../../components/standards/fixed";
import { offers } from "../vocabulary/engines";
import type { Resource } from "../vocabulary/resource";
import { defineRule } from "../judging/rule";
import { clusterInstance, instance } from "../vocabulary/types";

export const requirePatchOwner = defineRule({
  id: "require-patch-owner",
  title: "Minor upgrades are applied by AWS or by a ring",
  severity: "medium",
  owner: "team-platform",
  controls: ["RDS.13", "RDS.35", "CKV_AWS_226"],
  properties: ["autoMinorVersionUpgrade", "tags"],
  why: "Standard databases have automatic upgrades off on purpose: their ring decides in which order they get a new minor version (`npx shipshape request ringed-patch --help`). A database without a ring and without automatic upgrades gets no fixes.",
  solution: `Put the database into a ring with the tag \`${ringTag}\` (\`StandardDatabase\` does), or set \`autoMinorVersionUpgrade\` to true.`,
  types: [instance, clusterInstance],
  *check(database) {
    if (!offers(database, "minorUpgrades") || database.boolean("autoMinorVersionUpgrade") !== false || inRing(database))
      return;
    yield {
      property: "autoMinorVersionUpgrade",
      found: false,
      allowed: `true, or the tag ${ringTag} with one of ${rings.join(", ")}`,
      change: `add the tag ${ringTag}, or set autoMinorVersionUpgrade to true`,
    };
  },
});

/** A tag counts only if it names an existing ring. */
function inRing(database: Resource): boolean {
  const tags = database.tags();
  return tags?.has(ringTag) === true && (tags.text(ringTag) === undefined || rings.includes(tags.text(ringTag) ?? ""));
}
const rings = standardRings.map(String);
