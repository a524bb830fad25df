import * as pulumi from "@pulumi/pulumi";
import type { PlatformReference } from "./database-request";

/**
 * The platform team's stack, for a database's argument `platform`: `<project>/<stack>` of this program's organization,
 * with the organization before it where it is another one.
 *
 * @example
 * ```ts
 * const platform = platformOf("shipshape/platform.dev");
 * ```
 */
export function platformOf(stack: string): PlatformReference {
  const parts = stack.split("/");
  const name = [...(parts.length < 3 ? [pulumi.getOrganization()] : []), ...parts].join("/");
  const reference = new pulumi.StackReference(name);
  const output = <T = string>(of: string): pulumi.Output<T> => reference.requireOutput(of) as pulumi.Output<T>;
  return {
    vpcId: output("vpcId"),
    subnetGroupName: output("subnetGroupName"),
    keyArn: output("keyArn"),
    topicArn: output("topicArn"),
    monitoringRoleArn: output("monitoringRoleArn"),
    parameterGroupNames: output<Record<string, string>>("parameterGroupNames"),
  };
}
