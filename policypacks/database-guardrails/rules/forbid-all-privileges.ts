import { ownerRole } from "../vocabulary/powers";
import { canonical, decided } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { defaultPrivileges, grant, grantRole, schema } from "../vocabulary/types";

export const forbidAllPrivileges = defineRule({
  id: "forbid-all-privileges",
  title: "A role is granted only what it needs, and cannot pass it on",
  severity: "high",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: ["role", "privileges", "withGrantOption", "withAdminOption", "policies"],
  why: "The meaning of ALL changes between versions: MAINTAIN was added in PostgreSQL 17. And if a role may pass privileges on, no list of who may do what is reliable.",
  solution: "List the privileges by name, and leave the grant option off.",
  types: [grant, defaultPrivileges, grantRole, schema],
  *check(resource) {
    if (resource.is(schema)) return yield* grantOptions(resource);
    if (!resource.is(grantRole)) yield* decided(() => allPrivileges(resource));
    const option = resource.is(grantRole) ? "withAdminOption" : "withGrantOption";
    if (resource.boolean(option))
      yield { property: option, found: true, allowed: "false", change: `set ${option} to false` };
  },
});

function* allPrivileges(resource: Resource): Iterable<Found> {
  const role = resource.string("role");
  if (role === ownerRole || (role !== undefined && role === resource.text("owner"))) return;
  const { strings, unreadable } = resource.readableStrings("privileges");
  yield* unreadable;
  if (strings.some((name) => /^all(\s+privileges)?$/.test(canonical(name))))
    yield {
      property: "privileges",
      found: "ALL",
      allowed: "privileges by name (ALL only for the owner)",
      change: `list the privileges that ${role ?? "the role"} needs`,
    };
}

function* grantOptions(resource: Resource): Iterable<Found> {
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
