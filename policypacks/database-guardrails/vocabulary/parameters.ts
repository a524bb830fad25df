import { canonical } from "./properties";
import type { Resource } from "./resource";
import { cluster, parameterGroup } from "./types";

/**
 * Looks up a parameter's explicit values in a group, comparing names the way RDS does; empty if the group leaves it at
 * the family's default. A parameter given twice has both values: a rule must accept each of them, because which one RDS
 * keeps is undefined.
 */
export function parametersOf(group: Resource): (name: string) => string[] {
  const list = group.list("parameters");
  const unnamed = list.find((entry) => entry.text("name") === undefined);
  return (name) => {
    const values = list
      .filter((entry) => canonical(entry.text("name") ?? "") === name)
      .flatMap((entry) => entry.word("value") ?? []);
    // A name that can't be read could be this one, so reading it throws.
    if (values.length === 0) unnamed?.string("name");
    return values;
  };
}

/**
 * An Aurora instance has its own group in addition to its cluster's. It only overrides: what it does not set comes from
 * the cluster's group, which is judged separately.
 */
export function isBelowCluster(group: Resource): boolean {
  return group.is(parameterGroup) && canonical(group.text("family") ?? "").startsWith("aurora");
}

/** AWS's default group, which cannot be changed. A group whose name is not known yet counts as a custom one. */
export function usesDefaultGroup(database: Resource): boolean {
  const property = database.is(cluster) ? "dbClusterParameterGroupName" : "parameterGroupName";
  return !database.has(property) || isDefaultGroup(database.text(property) ?? "");
}
export const isDefaultGroup = (name: string): boolean => canonical(name).startsWith("default.");

/** The name of a custom group, which may be declared in another stack; undefined for a default or unknown one. */
export function ownGroupOf(database: Resource): string | undefined {
  const name = database.text("dbClusterParameterGroupName") ?? database.text("parameterGroupName");
  return name === undefined || isDefaultGroup(name) ? undefined : canonical(name);
}
