import { offers } from "../vocabulary/engines";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

export const requireIamAuthentication = defineRule({
  id: "require-iam-authentication",
  title: "IAM authentication is enabled",
  severity: "medium",
  owner: "team-security",
  controls: ["RDS.10", "RDS.12", "CKV_AWS_161"],
  properties: ["iamDatabaseAuthenticationEnabled"],
  why: "A token is tied to the application's role and expires after 15 minutes, so a leaked one is soon useless. Enabling this alongside passwords costs nothing.",
  solution: "Set `iamDatabaseAuthenticationEnabled` to true.",
  types: databases,
  *check(database) {
    if (!offers(database, "iamAuthentication")) return;
    const found = database.boolean("iamDatabaseAuthenticationEnabled");
    if (!found)
      yield {
        property: "iamDatabaseAuthenticationEnabled",
        found,
        allowed: "true",
        change: "set iamDatabaseAuthenticationEnabled to true",
      };
  },
});
