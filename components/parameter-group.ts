import * as rds from "@pulumi/aws/rds";
import type * as pulumi from "@pulumi/pulumi";
import type { Parameter } from "./standards/parameters";
import type { StandardShape } from "./standard-shape";
import type { Tags } from "./tags";

/** The name of the group that a database has if a team sets parameters. */
export const ownParameterGroupOf = ({ identifier, parameterGroupFamily }: StandardShape): string =>
  `${identifier}-${parameterGroupFamily}`;

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
