import { z } from "zod";
import { requiredTags } from "../../../components/standards";
import { defineRule } from "../judging/rule";
import { isThrowaway } from "../vocabulary/strictness";
import {
  cluster,
  clusterInstance,
  clusterParameterGroup,
  clusterSnapshot,
  clusterSnapshotCopy,
  eventSubscription,
  instance,
  parameterGroup,
  snapshot,
  snapshotCopy,
  subnetGroup,
} from "../vocabulary/types";

/** What several databases share, or what is left of one, has no tier or ring of its own. */
const sharedTags = ["service", "owner", "environment", "cost-center"];
const copyTags = ["service", "owner", "environment", "data-classification"];

export const requireOwnerTags = defineRule({
  id: "require-owner-tags",
  title: "Every database resource says whose it is",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.28", "RDS.29", "RDS.30", "RDS.31", "RDS.32", "RDS.33"],
  properties: ["tags"],
  why: "Tier, environment and owner decide how strictly a database is judged, when it is patched and who is called at night. One without them is nobody's, and stays so until an incident.",
  solution:
    "Use `StandardDatabase`, which sets them all, or give the resource the tags named in the message. The owner is a team that the pack's config knows.",
  throwaways: true,
  options: {
    teams: z.array(z.string().regex(/\S/)).min(1).optional().meta({
      title: "teams that may own something; without it any team may",
      description: "a list of strings, one team at least",
    }),
  },
  types: [
    instance,
    cluster,
    clusterInstance,
    snapshot,
    snapshotCopy,
    clusterSnapshot,
    clusterSnapshotCopy,
    parameterGroup,
    clusterParameterGroup,
    subnetGroup,
    eventSubscription,
  ],
  *check(resource, { teams, today }) {
    const wanted = isThrowaway(resource, today)
      ? copyTags
      : resource.is(instance, cluster, clusterInstance)
        ? requiredTags
        : resource.type.includes("napshot")
          ? copyTags
          : sharedTags;
    const tags = resource.tags();
    const missing = wanted.filter((name) => !tags?.has(name) || !says(tags.text(name)));
    if (missing.length > 0)
      yield {
        property: "tags",
        found: tags?.names().join(", ") || undefined,
        allowed: `all of ${wanted.join(", ")}`,
        change: `add ${missing.join(", ")}`,
      };
    const owner = teams && tags?.string("owner");
    if (owner && !teams.includes(owner))
      yield {
        property: "tags.owner",
        found: owner,
        allowed: teams.join(", "),
        change: "name a team that exists, or add it to the pack's config",
      };
  },
});

/** Blanks, a dash or what nobody sees say nothing. A value that can't be read may say something. */
const says = (value: string | undefined): boolean => value === undefined || /[\p{L}\p{N}]/u.test(value);
