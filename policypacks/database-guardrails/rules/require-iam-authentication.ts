import { offers } from "../vocabulary/engines";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

export const requireIamAuthentication = defineRule({
  id: "require-iam-authentication",
  title: "Logins by IAM are possible",
  severity: "medium",
  owner: "team-security",
  controls: ["RDS.10", "RDS.12", "CKV_AWS_161"],
  properties: ["iamDatabaseAuthenticationEnabled"],
  why: "A token that lives for 15 minutes and is bound to a role of the application can't be copied into a chat. It costs nothing to allow it beside passwords.",
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
