/**
 * Pure: the privileges on the objects of a database, and those that later ones get, against what its stack declares.
 * Tables that migrations create are the team's; what others may do with them is what grants and the default privileges
 * of their owner declare, and nothing else.
 */
import type { AccessCatalog, ObjectGroup, ObjectKind, Privilege } from "../../targets/access-catalog";
import { counted, drifted, pluralOf, roleName, unmanaged } from "./access-difference";
import { privilegeSeverity } from "./access-protection";
import type { DeclaredPrivileges, DesiredAccess } from "./desired-access";
import type { Difference } from "./differences";
import { accessNamedMax } from "./limits";
import type { Own } from "./own-of-rds";

export function privilegeDifferences(desired: DesiredAccess, found: AccessCatalog, own: Own): Difference[] {
  const beyond = new Tally();
  const missing = new Tally();
  for (const group of found.objects) compareGroup(group, desired, found, own, beyond, missing);
  return [
    ...beyond.entries.map(({ kind, grantee, privilege, count, names }) => {
      const [name] = privilege.split(" with ");
      return unmanaged({
        ...{ urn: `${privilege} on ${pluralOf(kind)} for ${roleName(grantee)}`, desired: "not granted" },
        ...{ actual: `granted on ${counted(kind, count, names)}`, severity: privilegeSeverity(kind, grantee, name!) },
        remedy: `declare it, or take it away: revoke ${name} on … from ${roleName(grantee)}`,
      });
    }),
    ...missing.entries.map(({ declared, kind, privilege, count, names }) =>
      drifted({
        ...{ urn: declared!.urn, type: declared!.type, property: `privileges.${privilege}` },
        ...{ desired: `granted to ${roleName(declared!.role)}`, severity: "medium" },
        actual: `missing on ${counted(kind, count, names)}`,
      }),
    ),
    ...defaultDifferences(desired, found, own),
  ];
}

interface Entry {
  kind: ObjectKind;
  grantee: string | null;
  privilege: string;
  declared?: DeclaredPrivileges;
  count: number;
  names: string[];
}

/** Ten thousand tables with one grant too many are one difference. */
class Tally {
  private readonly byKey = new Map<string, Entry>();
  add(key: unknown[], entry: Entry): void {
    const text = JSON.stringify(key);
    const known = this.byKey.get(text);
    if (!known) return void this.byKey.set(text, { ...entry, names: entry.names.slice(0, accessNamedMax) });
    known.count += entry.count;
    known.names = [...known.names, ...entry.names].slice(0, accessNamedMax);
  }
  get entries(): Entry[] {
    return [...this.byKey.values()];
  }
}

function compareGroup(
  group: ObjectGroup,
  desired: DesiredAccess,
  found: AccessCatalog,
  own: Own,
  beyond: Tally,
  missing: Tally,
): void {
  const { kind, schema, owner, count } = group;
  const names = group.names.map((name) => (schema === null ? name : `${schema}.${name}`));
  const grants = desired.grants.filter((one) => one.kinds.includes(kind) && isOn(one, group));
  const defaults = group.ofExtension
    ? []
    : desired.defaults.filter(
        (one) => one.owner === owner && one.kinds.includes(kind) && (one.schema === null || one.schema === schema),
      );
  const existing = new Set(found.roles.map(({ name }) => name));
  for (const grantee of granteesOf(group.privileges, group.initial, [...grants, ...defaults])) {
    // Owners may take from themselves what they can give back.
    if (grantee === owner || own.grant(group, grantee)) continue;
    const [byGrant, byDefault] = [grants, defaults].map((all) => all.filter(({ role }) => role === grantee));
    const may = mayHave(group, grantee, byGrant!, byDefault!, found.version);
    for (const [privilege, grantable] of privilegesFor(group.privileges, grantee)) {
      if (!may.has(privilege))
        beyond.add([grantee, privilege, kind, grantable], {
          ...{ kind, grantee, count, names },
          privilege: grantable ? `${privilege} with grant option` : privilege,
        });
      else if (grantable && ![...byGrant!, ...byDefault!].some((one) => one.grantable))
        beyond.add([grantee, privilege, kind, "option"], {
          ...{ kind, grantee, count, names, privilege: `${privilege} with grant option` },
        });
    }
    if (grantee !== null && !existing.has(grantee)) continue; // that the role is gone is said
    const has = new Set(privilegesFor(group.privileges, grantee).map(([privilege]) => privilege));
    for (const [privilege, declared] of mustHave(group, byGrant!, byDefault!, found.version))
      if (!has.has(privilege))
        missing.add([declared.urn, privilege, kind], { kind, grantee, privilege, declared, count, names });
  }
}

/** A grant names objects, or is on all of a kind in its schema. */
function isOn({ schema, objects }: DesiredAccess["grants"][number], group: ObjectGroup): boolean {
  if (schema !== group.schema) return false;
  if (objects.length === 0) return true;
  const named = group.name ?? (group.kind === "database" ? group.names[0]! : undefined);
  return named !== undefined && objects.includes(named);
}

const privilegesFor = (
  all: readonly Privilege[],
  grantee: string | null,
): [privilege: string, grantable: boolean][] => {
  const found = new Map<string, boolean>();
  for (const [to, privilege, grantable] of all)
    if (to === grantee) found.set(privilege, grantable || (found.get(privilege) ?? false));
  return [...found];
};

const granteesOf = (
  actual: readonly Privilege[],
  initial: readonly Privilege[],
  declared: readonly DeclaredPrivileges[],
): (string | null)[] => [
  ...new Set([...[...actual, ...initial].map(([grantee]) => grantee), ...declared.map(({ role }) => role)]),
];

/** A grant replaces what the object had; default privileges of every schema replace what PostgreSQL gives. */
function mayHave(
  { kind, initial }: Pick<ObjectGroup, "kind" | "initial">,
  grantee: string | null,
  grants: readonly DeclaredPrivileges[],
  defaults: readonly (DeclaredPrivileges & { schema: string | null })[],
  version: number,
): Set<string> {
  const ofDefaults = defaults.flatMap((one) => namesOf(one, kind, version));
  if (grants.length > 0) return new Set([...grants.flatMap((one) => namesOf(one, kind, version)), ...ofDefaults]);
  if (defaults.some(({ schema }) => schema === null)) return new Set(ofDefaults);
  return new Set([...privilegesFor(initial, grantee).map(([privilege]) => privilege), ...ofDefaults]);
}

/** An object that is newer than the last `up` has what the default privileges gave, an older one what was granted. */
function mustHave(
  { kind }: Pick<ObjectGroup, "kind">,
  grants: readonly DeclaredPrivileges[],
  defaults: readonly DeclaredPrivileges[],
  version: number,
): Map<string, DeclaredPrivileges> {
  const of = (all: readonly DeclaredPrivileges[]) =>
    new Map(all.flatMap((one) => namesOf(one, kind, version).map((name) => [name, one] as const)));
  const [granted, later] = [of(grants), of(defaults)];
  if (grants.length === 0) return later;
  if (defaults.length === 0) return granted;
  return new Map([...granted].filter(([name]) => later.has(name)));
}

const tablePrivileges = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
const allPrivileges: Partial<Record<ObjectKind, string[]>> = {
  database: ["CREATE", "CONNECT", "TEMPORARY"],
  schema: ["CREATE", "USAGE"],
  sequence: ["USAGE", "SELECT", "UPDATE"],
  column: ["SELECT", "INSERT", "UPDATE", "REFERENCES"],
  function: ["EXECUTE"],
  procedure: ["EXECUTE"],
  "large object": ["SELECT", "UPDATE"],
};

function namesOf({ privileges }: DeclaredPrivileges, kind: ObjectKind, version: number): string[] {
  if (!privileges.some((name) => name === "ALL" || name === "ALL PRIVILEGES")) return privileges;
  if (kind === "table") return [...tablePrivileges, ...(version >= 170000 ? ["MAINTAIN"] : [])];
  return allPrivileges[kind] ?? ["USAGE"];
}

/** What PostgreSQL gives PUBLIC of a new object, unless default privileges say otherwise. */
const builtIn = (kind: ObjectKind): Privilege[] =>
  kind === "function" ? [[null, "EXECUTE", false]] : kind === "type" ? [[null, "USAGE", false]] : [];

function defaultDifferences({ defaults, roles }: DesiredAccess, found: AccessCatalog, own: Own): Difference[] {
  const existing = new Set(found.roles.map(({ name }) => name));
  const keyOf = (owner: string, schema: string | null, kind: ObjectKind) => JSON.stringify([owner, schema, kind]);
  const places = new Map<string, [owner: string, schema: string | null, kind: ObjectKind]>();
  for (const one of defaults)
    if (existing.has(one.owner))
      places.set(keyOf(one.owner, one.schema, one.kinds[0]!), [one.owner, one.schema, one.kinds[0]!]);
  for (const one of found.defaults)
    places.set(keyOf(one.owner, one.schema, one.kind), [one.owner, one.schema, one.kind]);

  return [...places.values()].flatMap(([owner, schema, kind]): Difference[] => {
    const row = found.defaults.find((one) => one.owner === owner && one.schema === schema && one.kind === kind);
    const initial = schema === null ? builtIn(kind) : [];
    const actual = row?.privileges ?? initial;
    const declared = defaults.filter((one) => one.owner === owner && one.schema === schema && one.kinds.includes(kind));
    return granteesOf(actual, initial, declared).flatMap((grantee): Difference[] => {
      if (grantee === owner || own.role(owner)) return [];
      const of = declared.filter(({ role }) => role === grantee);
      const may = mayHave({ kind, initial }, grantee, of, [], found.version);
      const has = privilegesFor(actual, grantee);
      const later = `later ${pluralOf(kind)} of ${roleName(owner)}${schema === null ? "" : ` in ${roleName(schema)}`}`;
      const more = has
        .filter(([name, grantable]) => !may.has(name) || (grantable && !of.some((one) => one.grantable)))
        .map(([name, grantable]) =>
          unmanaged({
            urn: `${name}${grantable ? " with grant option" : ""} on ${later} for ${roleName(grantee)}`,
            ...{ desired: "not granted", actual: "granted", severity: privilegeSeverity(kind, grantee, name) },
            remedy: `declare it, or take it away: alter default privileges for role ${roleName(owner)} … revoke`,
          }),
        );
      if (grantee !== null && !existing.has(grantee) && roles.has(grantee)) return more;
      const less = [...mustHave({ kind }, of, [], found.version)]
        .filter(([name]) => !has.some(([one]) => one === name))
        .map(([name, { urn, type, role }]) =>
          drifted({
            ...{ urn, type, property: `privileges.${name}`, desired: `granted to ${roleName(role)}` },
            ...{ actual: `missing on ${later}`, severity: "medium" },
          }),
        );
      return [...more, ...less];
    });
  });
}
