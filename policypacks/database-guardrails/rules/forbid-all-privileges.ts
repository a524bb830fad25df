import { ownerRole } from "../vocabulary/powers";
import { canonical, decided } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { defaultPrivileges, grant, grantRole, schema } from "../vocabulary/types";

export const forbidAllPrivileges = defineRule({
  id: "forbid-all-privileges",
  title: "A role is granted what it needs, not everything, and passes none of it on",
  severity: "high",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: ["role", "privileges", "withGrantOption", "withAdminOption", "policies"],
  why: "ALL means other things tomorrow than today: TRUNCATE and MAINTAIN came with it. And a role that may pass privileges on makes every list of who may do what a guess.",
  solution: "List the privileges by name, and leave the grant option off.",
  types: [grant, defaultPrivileges, grantRole, schema],
  *check(resource) {
    if (resource.is(schema)) return yield* passedOn(resource);
    if (!resource.is(grantRole)) yield* decided(() => allPrivileges(resource));
    const option = resource.is(grantRole) ? "withAdminOption" : "withGrantOption";
    if (resource.boolean(option))
      yield { property: option, found: true, allowed: "false", change: `set ${option} to false` };
  },
});

function* allPrivileges(resource: Resource): Iterable<Found> {
  const role = resource.string("role");
  if (role === ownerRole || (role !== undefined && role === resource.text("owner"))) return;
  const { strings, doubts } = resource.readableStrings("privileges");
  yield* doubts;
  if (strings.some((name) => /^all(\s+privileges)?$/.test(canonical(name))))
    yield {
      property: "privileges",
      found: "ALL",
      allowed: "privileges by name (ALL for the owner only)",
      change: `name what ${role ?? "the role"} needs`,
    };
}

function* passedOn(resource: Resource): Iterable<Found> {
  for (const [index, policy] of resource.list("policies").entries())
    for (const option of ["createWithGrant", "usageWithGrant"])
      yield* decided(function* () {
        if (policy.boolean(option))
          yield {
            property: `policies[${index}].${option}`,
            found: true,
            allowed: "false",
            change: `set ${option} to false`,
          };
      });
}
