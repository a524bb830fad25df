import { standardTag } from "../../../components/standards";
import type { Resource, Stack } from "./resource";
import { keyAlias, keys } from "./types";

/**
 * Keys that databases or their backups of the same stack were given, and those of a platform, whose databases stand in
 * other stacks.
 */
export function keysOfDatabases(stack: Stack): Resource[] {
  const users = stack.resources.filter(({ type }) => type.startsWith("aws:rds/") || type.startsWith("aws:backup/"));
  const named = new Set(users.flatMap((user) => user.text("kmsKeyId") ?? []));
  const isNamed = (resource: Resource) =>
    [resource.text("arn"), resource.text("keyId"), resource.text("name")].some(
      (name) => name !== undefined && named.has(name),
    );
  const used = new Set(users.flatMap((user) => user.dependsOn()));
  // An alias stands for its key.
  for (const alias of stack.of(keyAlias)) {
    if (!used.has(alias.urn) && !isNamed(alias)) continue;
    for (const urn of alias.dependsOn()) used.add(urn);
    const target = alias.text("targetKeyId") ?? alias.text("targetKeyArn");
    if (target !== undefined) named.add(target);
  }
  return stack
    .of(...keys)
    .filter((resource) => used.has(resource.urn) || isNamed(resource) || resource.tag(standardTag) !== undefined);
}
