import { defineRule } from "../rule";
import { defaultPrivileges, grant } from "../types";

export const forbidPublicGrants = defineRule({
  id: "forbid-public-grants",
  title: "Nothing is granted to everybody",
  severity: "high",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: ["role", "privileges"],
  why: "PUBLIC is every role there is and every role there will be. What it may do can't be taken away from one of them.",
  solution: "Grant to the roles that need it. An empty list of privileges revokes, and is allowed.",
  types: [grant, defaultPrivileges],
  *check(resource) {
    if (resource.word("role") !== "public") return;
    const { strings: found, doubts } = resource.readableStrings("privileges");
    yield* doubts;
    if (found.length > 0)
      yield { property: "privileges", found: found.join(", "), allowed: "none for PUBLIC", change: "name the role that needs them, or give an empty list" };
  },
});
