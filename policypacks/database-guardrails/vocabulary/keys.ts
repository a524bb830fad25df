import { standardTag } from "../../../components/standards/fixed";
import type { Resource, Stack } from "./resource";
import { keyAlias, keys } from "./types";

/**
 * Keys used by databases or backups of the same stack, and keys of a platform, whose databases are in other stacks.
 */
export function keysOfDatabases(stack: Stack): Resource[] {
  const users = stack.resources.filter(({ type }) => type.startsWith("aws:rds/") || type.startsWith("aws:backup/"));
  const named = new Set(users.flatMap((user) => user.text("kmsKeyId") ?? []));
  const isNamed = (resource: Resource) =>
    [resource.text("arn"), resource.text("keyId"), resource.text("name")].some(
      (name) => name !== undefined && named.has(name),
    );
  const used = new Set(users.flatMap((user) => user.dependsOn()));
  // A database that names an alias uses the key behind it.
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
