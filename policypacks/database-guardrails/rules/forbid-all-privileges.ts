import { defineRule } from "../rule";
import { defaultPrivileges, grant, grantRole } from "../types";

/** The role of a standard database that owns its schema. */
const ownerRole = "owner";

export const forbidAllPrivileges = defineRule({
  id: "forbid-all-privileges",
  title: "A role is granted what it needs, not everything, and passes none of it on",
  severity: "high",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: ["privileges", "withGrantOption", "withAdminOption"],
  why: "ALL means other things tomorrow than today: TRUNCATE and MAINTAIN came with it. And a role that may pass privileges on makes every list of who may do what a guess.",
  solution: "List the privileges by name, and leave the grant option off.",
  types: [grant, defaultPrivileges, grantRole],
  *check(resource) {
    if (resource.is(grantRole)) {
      if (resource.boolean("withAdminOption")) yield { property: "withAdminOption", found: true, allowed: "false", change: "set withAdminOption to false" };
      return;
    }
    const role = resource.string("role");
    const isOwner = role === ownerRole || (role !== undefined && role === resource.text("owner"));
    if (!isOwner && resource.strings("privileges").some((name) => /^all( privileges)?$/i.test(name)))
      yield { property: "privileges", found: "ALL", allowed: "privileges by name (ALL for the owner only)", change: `name what ${role ?? "the role"} needs` };
    if (resource.boolean("withGrantOption")) yield { property: "withGrantOption", found: true, allowed: "false", change: "set withGrantOption to false" };
  },
});
