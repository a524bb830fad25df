import * as rds from "@pulumi/aws/rds";
import type * as pulumi from "@pulumi/pulumi";
import { ownParameterGroupOf, ownParameterGroupResource } from "./names";
import type { ResolvedRequest } from "./request-schema";
import { parametersOf, type StandardShape } from "./standard-shape";
import { familyOf } from "./standards/fixed";
import type { Parameter } from "./standards/parameters";
import type { Standard } from "./standards/standard";
import type { Tags } from "./tags";

interface ParameterGroupSettings {
  groupName: string;
  family: string;
  parameters: readonly Parameter[];
  tags: Tags;
}

/**
 * A parameter group in the standard's notation; the platform has one for each family, and a database with its own
 * values has another.
 */
export function parameterGroup(
  name: string,
  settings: ParameterGroupSettings,
  options: pulumi.CustomResourceOptions,
): rds.ParameterGroup {
  return new rds.ParameterGroup(
    name,
    {
      name: settings.groupName,
      family: settings.family,
      description: `Shipshape standard for ${settings.family}`,
      // Sorted by name, so that reordering the table is not a difference.
      parameters: [...settings.parameters]
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ name, value, applyMethod }) => ({ name, value, applyMethod })),
      skipDestroy: false,
      tags: settings.tags,
    },
    options,
  );
}

/** The one of its major, if it needs its own, and that of `otherMajor`, which nothing here uses. */
export function ownParameterGroups(
  name: string,
  request: ResolvedRequest,
  shape: StandardShape,
  { standard, tags }: { standard: Standard; tags: Tags },
  options: pulumi.CustomResourceOptions,
): rds.ParameterGroup | undefined {
  const { postgresMajor, otherMajor, identifier } = { ...request, ...shape };
  const { parameters } = parametersOf(request, standard);
  const groupOf = (major: number) => {
    const family = familyOf(major);
    return parameterGroup(
      ownParameterGroupResource(name, family),
      { groupName: ownParameterGroupOf(identifier, family), family, parameters, tags },
      // Before there could be two, it had no family in its name.
      { ...options, ...(major === postgresMajor && { aliases: [{ name: `${name}-parameters` }] }) },
    );
  };
  if (otherMajor !== undefined) groupOf(otherMajor);
  return shape.ownParameterGroup ? groupOf(postgresMajor) : undefined;
}
