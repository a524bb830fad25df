import { z } from "zod";
import {
  classificationsOf,
  environmentsOf,
  matchesPattern,
  requiredTags,
  tagNames,
  tiersOf,
  type Standard,
  type TagName,
} from "../../../components/standards/standard";
import { defineRule, type Found } from "../judging/rule";
import type { Properties } from "../vocabulary/properties";
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
const sharedTags: TagName[] = ["service", "owner", "environment", "costCenter"];
const copyTags: TagName[] = ["service", "owner", "environment", "dataClassification"];

export const requireOwnerTags = defineRule({
  id: "require-owner-tags",
  title: "Every database resource has an owner",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.28", "RDS.29", "RDS.30", "RDS.31", "RDS.32", "RDS.33"],
  properties: ["tags"],
  why: "Tier, environment and owner decide how strictly a database is judged, when it is patched and who is called at night. Without these tags no one is responsible for it, which is noticed only in an incident.",
  solution:
    "Use `StandardDatabase`, which sets all of them, or add the tags named in the message, with values that the standard has. The owner must be a team listed in the pack's config, if it lists any.",
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
  *check(resource, { standard, teams, today }) {
    const keysOf = (names: readonly TagName[]) => names.map((name) => standard.tags[name].key);
    const wanted = isThrowaway(resource, today)
      ? keysOf(copyTags)
      : resource.is(instance, cluster, clusterInstance)
        ? requiredTags(standard)
        : keysOf(resource.type.includes("napshot") ? copyTags : sharedTags);
    const tags = resource.tags();
    const missing = wanted.filter((name) => !tags?.has(name) || !isMeaningful(tags.text(name)));
    if (missing.length > 0)
      yield {
        property: "tags",
        // Without other tags, which may come and go: in a baseline, a changed value is a new violation.
        found: wanted.filter((name) => !missing.includes(name)).join(", ") || undefined,
        allowed: `all of ${wanted.join(", ")}`,
        change: `add ${missing.join(", ")}`,
      };
    const ownerTag = standard.tags.owner.key;
    const owner = teams && tags?.string(ownerTag);
    for (const name of tagNames) yield* wrongValue(name, wanted, tags, standard);
    if (owner && !teams.includes(owner))
      yield {
        property: `tags.${ownerTag}`,
        found: owner,
        allowed: teams.join(", "),
        change: "use a team that exists, or add it to the pack's config",
      };
  },
});

/** A value that the standard does not know is judged as the strictest, and so must not go unnoticed. */
function* wrongValue(
  name: TagName,
  wanted: readonly string[],
  tags: Properties | undefined,
  standard: Standard,
): Iterable<Found> {
  const { key, pattern } = standard.tags[name];
  const found = wanted.includes(key) && tags?.has(key) ? tags.text(key) : undefined;
  if (found === undefined || !isMeaningful(found)) return;
  const values: readonly string[] | undefined = {
    environment: environmentsOf(standard),
    tier: tiersOf(standard),
    dataClassification: classificationsOf(standard),
  }[name as string];
  const isKnown = values?.includes(found) ?? (pattern === undefined || matchesPattern(pattern, found));
  if (!isKnown)
    yield {
      property: `tags.${key}`,
      found,
      allowed: values?.join(", ") ?? `a value that matches ${pattern}`,
      change: `use a value that the standard has`,
    };
}

/** Spaces, dashes and invisible characters are not a value. An unreadable value may be one. */
const isMeaningful = (value: string | undefined): boolean => value === undefined || /[\p{L}\p{N}]/u.test(value);
