import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { namesBySource } from "./reachable-from";
import { postgresPort } from "./standards/fixed";
import type { Tags } from "./tags";

interface SecurityGroupSettings {
  groupName: string;
  description: string;
  vpcId: pulumi.Input<string>;
  /** Security groups with access, by the name of the client. */
  reachableFrom: pulumi.Input<Record<string, pulumi.Input<string>>>;
  tags: Tags;
}

/**
 * Inline rules, so that the list is complete and a rule opened by hand is drift. A database opens no connections: no
 * egress.
 */
export function securityGroup(
  name: string,
  settings: SecurityGroupSettings,
  options: pulumi.CustomResourceOptions,
): ec2.SecurityGroup {
  const ingress = pulumi.output(settings.reachableFrom).apply((sources) =>
    [...namesBySource(sources)].map(([groupId, names]) => ({
      description: names,
      protocol: "tcp",
      fromPort: postgresPort,
      toPort: postgresPort,
      securityGroups: [groupId],
      self: false,
    })),
  );
  const { groupName, description, vpcId, tags } = settings;
  return new ec2.SecurityGroup(
    name,
    { name: groupName, description, vpcId, ingress, egress: [], revokeRulesOnDelete: false, tags },
    options,
  );
}
