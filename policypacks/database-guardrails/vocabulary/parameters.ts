import { canonical } from "./properties";
import type { Resource } from "./resource";
import { cluster, parameterGroup } from "./types";

/**
 * The explicit values of a parameter group by name, as RDS compares names; empty for what it leaves to the family's
 * default. A parameter that is given twice has both values: which of them RDS keeps is not for a program to rely on, so
 * a rule asks it of each.
 */
export function parametersOf(group: Resource): (name: string) => string[] {
  const list = group.list("parameters");
  const unnamed = list.find((entry) => entry.text("name") === undefined);
  return (name) => {
    const values = list
      .filter((entry) => canonical(entry.text("name") ?? "") === name)
      .flatMap((entry) => entry.word("value") ?? []);
    // A name that can't be read may be this one.
    if (values.length === 0) unnamed?.string("name");
    return values;
  };
}

/**
 * An instance of Aurora has a group of its own below its cluster's, which may only override: what it does not say is
 * the cluster's business.
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

/** A name that tells where a group is declared, which may be another stack. */
export function ownGroupOf(database: Resource): string | undefined {
  const name = database.text("dbClusterParameterGroupName") ?? database.text("parameterGroupName");
  return name === undefined || isDefaultGroup(name) ? undefined : canonical(name);
}
