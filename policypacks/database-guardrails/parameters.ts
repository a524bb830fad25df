import type { Resource } from "./resource";
import { cluster } from "./types";

/** The explicit values of a parameter group, by name; undefined for what it leaves to the family's default. */
export function parametersOf(group: Resource): (name: string) => string | undefined {
  const list = group.list("parameters");
  return (name) => list.find((entry) => entry.text("name") === name)?.string("value");
}

/** No group of anybody's own: AWS's, which nobody can change. A group whose name is not known yet is somebody's own. */
export function usesDefaultGroup(database: Resource): boolean {
  const property = database.is(cluster) ? "dbClusterParameterGroupName" : "parameterGroupName";
  return !database.has(property) || (database.text(property)?.startsWith("default.") ?? false);
}
