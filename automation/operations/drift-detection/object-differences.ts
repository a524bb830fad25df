/** Pure: what is in a database and whose it is, extensions and other databases too, against what its stack declares. */
import { refusedExtensions } from "../../../components/extensions";
import type { AccessCatalog, ObjectGroup } from "../../targets/access-catalog";
import { shownText } from "../../targets/shown-text";
import { counted, drifted, pluralOf, roleName, unmanaged } from "./access-difference";
import { extensionSeverity } from "./access-protection";
import type { DesiredAccess } from "./desired-access";
import type { Difference } from "./differences";
import { accessNamedMax } from "./limits";
import type { Own } from "./own-of-rds";

export const objectDifferences = (desired: DesiredAccess, found: AccessCatalog, own: Own): Difference[] => [
  ...schemas(desired, found),
  ...owners(desired, found, own),
  ...extensions(desired, found),
  ...databases(desired, found, own),
  ...policies(found),
  ...shadows(found),
];

/** Roles that may create schemas: what they create is the team's. */
const creators = ({ grants }: DesiredAccess): Set<string | null> =>
  new Set(
    grants
      .filter(
        ({ kinds, privileges }) => kinds.includes("database") && privileges.some((p) => p === "CREATE" || p === "ALL"),
      )
      .map(({ role }) => role),
  );

const schemaType = "postgresql:index/schema:Schema";

function schemas(desired: DesiredAccess, found: AccessCatalog): Difference[] {
  const groups = found.objects.filter(({ kind }) => kind === "schema");
  return [...desired.schemas].flatMap(([name, { urn, owner }]): Difference[] => {
    const group = groups.find((one) => one.name === name);
    const of = { urn, type: schemaType };
    if (!group) return [drifted({ ...of, desired: "exists", actual: "is gone", severity: "critical" })];
    if (owner === "" || group.owner === owner) return [];
    const [wanted, actual] = [owner, group.owner].map(roleName) as [string, string];
    return [drifted({ ...of, property: "owner", desired: wanted, actual, severity: "high" })];
  });
}

/** In no schema, and nothing an application needs: each opens a way out of the database. */
const outward = ["foreign data wrapper", "foreign server", "language"];
const inSchemas = ["table", "sequence", "function", "procedure", "type"];

function owners(desired: DesiredAccess, found: AccessCatalog, own: Own): Difference[] {
  const team = creators(desired);
  const byOwner = new Map<string, ObjectGroup & { wanted: string | null }>();
  const add = (group: ObjectGroup, wanted: string | null) => {
    const key = JSON.stringify([group.kind, group.owner, wanted]);
    const known = byOwner.get(key);
    const names = group.names.map((name) => (group.schema === null ? name : `${group.schema}.${name}`));
    byOwner.set(key, {
      ...{ ...group, wanted, count: group.count + (known?.count ?? 0) },
      names: [...(known?.names ?? []), ...names].slice(0, accessNamedMax),
    });
  };
  for (const group of found.objects) {
    const { kind, schema, owner, ofExtension, names } = group;
    if (ofExtension) continue;
    if (kind === "database" && owner !== desired.master) add(group, desired.master);
    if (kind === "schema" && !isTheirs(desired, group, team)) add(group, null);
    if (outward.includes(kind) && !own.role(owner) && !desired.servers.includes(names[0]!)) add(group, null);
    if (!inSchemas.includes(kind) || schema === null) continue;
    const wanted = wantedOwners(desired, schema, team);
    if (!wanted.includes(owner)) add(group, wanted[0] ?? null);
  }
  return [...byOwner.values()].map(({ kind, owner, wanted, count, names }) => {
    const one = {
      ...{ urn: `${pluralOf(kind)} owned by ${roleName(owner)}`, actual: counted(kind, count, names) },
      ...{ severity: "high" as const },
    };
    if (wanted === null)
      return unmanaged({ ...one, desired: "none", remedy: "declare them, or take them away as the master" });
    const remedy = `put it back as the master: alter ${kind} … owner to ${roleName(wanted)}`;
    return drifted({ ...one, desired: `owned by ${roleName(wanted)}`, remedy });
  });
}

function isTheirs(desired: DesiredAccess, { name, owner, names }: ObjectGroup, team: Set<string | null>): boolean {
  if (name !== null && desired.schemas.has(name)) return true; // compared with its declaration
  // PostgreSQL's own, which belongs to the database's owner.
  return names[0] === "public" ? owner === "pg_database_owner" : team.has(owner);
}

/** Who may own what is in a schema: its owner, and those who may create there; the first is what it should be. */
function wantedOwners(desired: DesiredAccess, schema: string, team: Set<string | null>): string[] {
  const declared = desired.schemas.get(schema);
  const mayCreate = desired.grants
    .filter(
      ({ kinds, objects, privileges }) =>
        kinds.includes("schema") && objects.includes(schema) && privileges.some((p) => p === "CREATE" || p === "ALL"),
    )
    .map(({ role }) => role);
  const rest = declared || schema === "public" ? mayCreate : [...team];
  return [...(declared?.owner ? [declared.owner] : []), ...rest].filter((role) => role !== null);
}

/** Every database has it. */
const everywhere = new Set(["plpgsql"]);

function extensions(desired: DesiredAccess, found: AccessCatalog): Difference[] {
  const type = "postgresql:index/extension:Extension";
  const declared = desired.extensions.flatMap(({ urn, name, schema }): Difference[] => {
    const extension = found.extensions.find((one) => one.name === name);
    const severity = extensionSeverity(name);
    if (!extension) return [drifted({ urn, type, desired: "exists", actual: "is gone", severity })];
    if (schema === null || extension.schema === schema) return [];
    return [drifted({ urn, type, property: "schema", desired: schema, actual: shownText(extension.schema), severity })];
  });
  const known = new Set(desired.extensions.map(({ name }) => name));
  const others = found.extensions
    .filter(({ name }) => !known.has(name) && !everywhere.has(name))
    .map(({ name, owner }) =>
      unmanaged({
        ...{ urn: `extension ${shownText(name)}`, desired: "not installed", actual: `installed by ${roleName(owner)}` },
        severity: name in refusedExtensions || /_fdw$|^pl.*u$/.test(name) ? "high" : "medium",
        remedy: `add it to the database's extensions, or take it away: drop extension ${roleName(name)}`,
      }),
    );
  return [...declared, ...others];
}

const databases = (desired: DesiredAccess, found: AccessCatalog, own: Own): Difference[] =>
  found.databases
    .filter(({ name }) => name !== found.database && !desired.databases.includes(name) && !own.database(name))
    .map(({ name, owner }) =>
      unmanaged({
        ...{ urn: `database ${roleName(name)}`, desired: "no such database", actual: `owned by ${roleName(owner)}` },
        ...{ severity: "medium", remedy: `declare it, or take it away as the master: drop database ${roleName(name)}` },
      }),
    );

/** Policies are written to be in force. That they were taken away altogether, nothing says. */
function policies({ policiesOff }: AccessCatalog): Difference[] {
  if (policiesOff.length === 0) return [];
  const count = policiesOff.reduce((sum, one) => sum + one.count, 0);
  const names = policiesOff.flatMap(({ schema, names: some }) => some.map((name) => `${schema}.${name}`));
  return [
    drifted({
      ...{ urn: "row-level security", desired: "on for tables that have policies", severity: "high" },
      actual: `off on ${counted("table", count, names.slice(0, accessNamedMax))}`,
      reason: "their policies are not in force: every row is shown",
      remedy: "put it back as the owner: alter table … enable row level security; or drop the policies",
    }),
  ];
}

/** It takes the place of PostgreSQL's own wherever a search path has its schema first. */
const shadows = (found: AccessCatalog): Difference[] =>
  found.shadows.map(({ schema, owner, count, names }) =>
    unmanaged({
      ...{ urn: `PostgreSQL's names in schema ${roleName(schema)}`, desired: "none", severity: "medium" },
      actual: counted("function", count, names),
      reason: `${roleName(owner)} can have them called in place of PostgreSQL's own, by a search path`,
      remedy: "rename or drop them",
    }),
  );
