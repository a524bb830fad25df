import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { decided } from "../vocabulary/properties";
import { defaultPrivileges, grant, schema } from "../vocabulary/types";

export const forbidPublicGrants = defineRule({
  id: "forbid-public-grants",
  title: "Nothing is granted to everybody",
  severity: "high",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: ["role", "privileges", "policies"],
  why: "PUBLIC is every role there is and every role there will be. What it may do can't be taken away from one of them.",
  solution: "Grant to the roles that need it. An empty list of privileges revokes, and is allowed.",
  types: [grant, defaultPrivileges, schema],
  *check(resource) {
    if (resource.is(schema)) return yield* openSchema(resource);
    if (resource.word("role") !== "public") return;
    const { strings: found, doubts } = resource.readableStrings("privileges");
    yield* doubts;
    if (found.length > 0)
      yield {
        property: "privileges",
        found: found.join(", "),
        allowed: "none for PUBLIC",
        change: "name the role that needs them, or give an empty list",
      };
  },
});

/** A policy of a schema is a grant of an older form; one that names no role is for everybody. */
function* openSchema(resource: Resource): Iterable<Found> {
  for (const [index, policy] of resource.list("policies").entries())
    yield* decided(function* () {
      if (!["", "public"].includes(policy.word("role") ?? "")) return;
      const found = ["create", "createWithGrant", "usage", "usageWithGrant"].filter((name) => policy.boolean(name));
      if (found.length > 0)
        yield {
          property: `policies[${index}]`,
          found: found.join(", "),
          allowed: "none for PUBLIC",
          change: "name the role that needs them",
        };
    });
}
