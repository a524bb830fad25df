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
  why: "With a public address, one wrong line in a security group is all that stands between the internet and the data.",
  solution:
    "Set `publiclyAccessible` to false and reach the database from inside the network, by a security group that the database lets in.",
  throwaways: true,
  types: [instance, cluster, clusterInstance],
  *check(database) {
    // A member of a cluster that says nothing is public or not by its subnets: AWS decides, and its answer is in the
    // state.
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
