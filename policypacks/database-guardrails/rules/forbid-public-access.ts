import { defineRule } from "../rule";
import { clusterInstance, instance } from "../types";

export const forbidPublicAccess = defineRule({
  id: "forbid-public-access",
  title: "No database has a public address",
  severity: "critical",
  owner: "team-security",
  controls: ["RDS.2", "CKV_AWS_17"],
  properties: ["publiclyAccessible"],
  why: "With a public address, one wrong line in a security group is all that stands between the internet and the data.",
  solution: "Set `publiclyAccessible` to false and reach the database from inside the network, by a security group that the database lets in.",
  throwaways: true,
  types: [instance, clusterInstance],
  *check(database) {
    if (database.boolean("publiclyAccessible"))
      yield { property: "publiclyAccessible", found: true, allowed: "false", change: "set publiclyAccessible to false" };
  },
});
