import { standardTag } from "../../components/standards";
import type { Resource, Stack } from "./resource";
import { key } from "./types";

/** Keys that databases or their backups of the same stack were given, and those of a platform, whose databases stand in other stacks. */
export function keysOfDatabases(stack: Stack): Resource[] {
  const users = stack.resources.filter(({ type }) => type.startsWith("aws:rds/") || type.startsWith("aws:backup/"));
  const used = new Set(users.flatMap((user) => user.dependsOn()));
  return stack.of(key).filter((resource) => used.has(resource.urn) || resource.tag(standardTag) !== undefined);
}
