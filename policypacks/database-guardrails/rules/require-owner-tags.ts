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

/** Shared resources, and copies of a database, have no tier or ring. */
const sharedTags = ["service", "owner", "environment", "cost-center"];
const copyTags = ["service", "owner", "environment", "data-classification"];

export const requireOwnerTags = defineRule({
  id: "require-owner-tags",
  title: "Every database resource has an owner",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.28", "RDS.29", "RDS.30", "RDS.31", "RDS.32", "RDS.33"],
  properties: ["tags"],
  why: "Tier, environment and owner decide how strictly a database is judged, when it is patched and who is called at night. Without these tags no one is responsible for it, which is noticed only in an incident.",
  solution:
    "Use `StandardDatabase`, which sets all of them, or add the tags named in the message. The owner must be a team listed in the pack's config, if it lists any.",
  throwaways: true,
  options: {
    teams: z.array(z.string().regex(/\S/)).min(1).optional().meta({
      title: "teams that may be owners; without it, any team may",
      description: "a list of strings with at least one team",
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
    const missing = wanted.filter((name) => !tags?.has(name) || !isMeaningful(tags.text(name)));
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
        change: "use a team that exists, or add it to the pack's config",
      };
  },
});

/** Spaces, dashes and invisible characters are not a value. An unreadable value may be one. */
const isMeaningful = (value: string | undefined): boolean => value === undefined || /[\p{L}\p{N}]/u.test(value);
