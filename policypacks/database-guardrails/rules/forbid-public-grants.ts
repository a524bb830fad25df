import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { decided } from "../vocabulary/properties";
import { defaultPrivileges, grant, schema } from "../vocabulary/types";

export const forbidPublicGrants = defineRule({
  id: "forbid-public-grants",
  title: "Nothing is granted to PUBLIC",
  severity: "high",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: ["role", "privileges", "policies"],
  why: "PUBLIC is every existing and future role. A privilege granted to PUBLIC can't be revoked from a single role.",
  solution: "Grant to the roles that need it. An empty list of privileges is a revocation, and is allowed.",
  types: [grant, defaultPrivileges, schema],
  *check(resource) {
    if (resource.is(schema)) return yield* openSchema(resource);
    if (resource.word("role") !== "public") return;
    const { strings: found, unreadable } = resource.readableStrings("privileges");
    yield* unreadable;
    if (found.length > 0)
      yield {
        property: "privileges",
        found: found.join(", "),
        allowed: "none for PUBLIC",
        change: "grant them to the role that needs them, or give an empty list",
      };
  },
});

/** A schema's policy is an older form of a grant; without a role it applies to PUBLIC. */
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
          change: "grant them to the role that needs them",
        };
    });
}
