import { Undecided } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { cluster, clusterInstance, instance } from "../vocabulary/types";

export const forbidPublicAccess = defineRule({
  id: "forbid-public-access",
  title: "No database has a public address",
  severity: "critical",
  owner: "team-security",
  controls: ["RDS.2", "CKV_AWS_17"],
  properties: ["publiclyAccessible"],
  why: "With a public address, one wrong line in a security group exposes the data to the internet.",
  solution:
    "Set `publiclyAccessible` to false and reach the database from inside the network, through a security group that the database allows.",
  throwaways: true,
  types: [instance, cluster, clusterInstance],
  *check(database) {
    // Without the property, AWS decides by its subnets whether a cluster's member is public; the state has the result.
    if (database.is(clusterInstance) && !database.has("publiclyAccessible"))
      throw new Undecided("publiclyAccessible", "unknown");
    if (database.boolean("publiclyAccessible"))
      yield {
        property: "publiclyAccessible",
        found: true,
        allowed: "false",
        change: "set publiclyAccessible to false",
      };
  },
});
