import { birthsOf, type Standard } from "../../../components/standards/standard";
import { mastersOf, ownerRole, powerfulRolesOf } from "../vocabulary/powers";
import { canonical, decided } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { grantRole, role } from "../vocabulary/types";

const powers = ["superuser", "createRole", "createDatabase", "replication", "bypassRowLevelSecurity"];

export const forbidSuperuserRoles = defineRule({
  id: "forbid-superuser-roles",
  title: "No declared role has more power than its work needs",
  severity: "critical",
  owner: "team-security",
  controls: ["CIS PostgreSQL 4"],
  properties: [...powers, "roles", "role", "grantRole", "username", "masterUsername"],
  why: "If an application's login may create roles, bypass row security, or read every table or the server's files, then its leaked password gives access to the whole database. A member of such a role has the same power.",
  solution:
    "Leave the attribute out, or set it to false. Grant what the role needs on the objects it needs. Only the master may be a member of `rds_superuser` and of `owner`.",
  types: [role, grantRole],
  *check(resource, { standard }) {
    if (resource.is(role))
      for (const power of powers) if (resource.has(power)) yield* decided(() => powerOf(resource, power));
    yield* memberships(resource, powerfulRolesOf(standard), standard);
  },
  // The names of the master users are only known together with the databases.
  typesInStack: [role, grantRole],
  *checkInStack(resource, stack, { standard }) {
    const masters = mastersOf(stack).filter((name) => !powerfulRolesOf(standard).includes(name));
    if (masters.length > 0) yield* memberships(resource, masters, standard);
  },
});

function* powerOf(resource: Resource, power: string): Iterable<Found> {
  if (resource.boolean(power))
    yield { property: power, found: true, allowed: "false", change: `set ${power} to false` };
}

function* memberships(resource: Resource, powerful: readonly string[], standard: Standard): Iterable<Found> {
  const property = resource.is(role) ? "roles" : "grantRole";
  const single = resource.text(property);
  const { strings, unreadable } =
    single === undefined ? resource.readableStrings(property) : { strings: [single], unreadable: [] };
  yield* unreadable;
  // The master works on objects of the owner role, and must be its member for that.
  const member = resource.text(resource.is(role) ? "name" : "role");
  const allowed = birthsOf(standard).some(({ masterUsername }) => masterUsername === member) ? [ownerRole] : [];
  const found = strings.filter((name) => powerful.includes(canonical(name)) && !allowed.includes(name));
  if (found.length > 0)
    yield {
      property,
      found: found.join(", "),
      allowed: `none of ${powerful.join(", ")}`,
      change: resource.is(role) ? `remove ${found.join(", ")}` : "remove this grant",
    };
}
