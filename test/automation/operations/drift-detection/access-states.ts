/** A stack that declares the access of a database, and that database as it declares it. */
import { accessDifferences } from "../../../../automation/operations/drift-detection/access-baseline";
import { declaredInside } from "../../../../automation/operations/drift-detection/desired-access";
import type { StateResource } from "../../../../automation/runner/declared-databases";
import type { AccessCatalog, FoundRole, ObjectGroup, Privilege } from "../../../../automation/targets/access-catalog";

const component = "urn:pulumi:s::p::shipshape:index:StandardDatabase::orders";
const provider = "urn:pulumi:s::p::pulumi:providers:postgresql::sql";
export const resource = (type: string, name: string, inputs: object, outputs: object = {}): StateResource => ({
  ...{ urn: `urn:pulumi:s::p::${type}::${name}`, type, parent: component, provider: `${provider}::id` },
  ...{ inputs: inputs as Record<string, unknown>, outputs: outputs as Record<string, unknown> },
});
export const of = (type: string, name: string, inputs: object) =>
  resource(`postgresql:index/${type[0]!.toLowerCase()}${type.slice(1)}:${type}`, name, inputs);
export const role = (name: string, change: object = {}) =>
  of("Role", `role-${name}`, { ...{ name, login: true, searchPaths: ["orders", "public"] }, ...change });

/** One database with an owner, an application and an audience; privileges on tables and, later, on those to come. */
export const stack = (...more: StateResource[]): StateResource[] => [
  resource(
    "aws:rds/instance:Instance",
    "instance",
    { dbName: "orders", username: "boss" },
    { resourceId: "db-1", address: "host" },
  ),
  { urn: provider, type: "pulumi:providers:postgresql", inputs: { host: "host" } },
  role("owner", { roles: ["app"] }),
  role("app", { statementTimeout: 60_000 }),
  of("Schema", "schema", { name: "orders", owner: "owner", database: "orders" }),
  of("Extension", "extension", { name: "pgaudit", database: "orders" }),
  of("Grant", "public-database", { role: "public", objectType: "database", database: "orders", privileges: [] }),
  of("Grant", "owner-database", { role: "owner", objectType: "database", database: "orders", privileges: ["CREATE"] }),
  of("Grant", "app-tables", {
    role: "app",
    objectType: "table",
    schema: "orders",
    database: "orders",
    privileges: ["SELECT"],
  }),
  of("DefaultPrivileges", "later-app", {
    role: "app",
    owner: "owner",
    objectType: "table",
    database: "orders",
    privileges: ["SELECT"],
  }),
  of("DefaultPrivileges", "later-public", {
    role: "public",
    owner: "owner",
    objectType: "function",
    database: "orders",
    privileges: [],
  }),
  ...more,
];
export const found = (name: string, change: Partial<FoundRole> = {}): FoundRole => ({
  ...{
    name,
    superuser: false,
    inherit: true,
    createRole: false,
    createDatabase: false,
    login: true,
    replication: false,
  },
  ...{ bypassRowLevelSecurity: false, connectionLimit: -1, validUntil: null },
  ...change,
});
export const group = (kind: ObjectGroup["kind"], change: Partial<ObjectGroup> = {}): ObjectGroup => ({
  ...{ kind, schema: "orders", owner: "owner", ofExtension: false, name: null, count: 1, names: ["invoice"] },
  ...{ privileges: [], initial: [] },
  ...change,
});
export const search = (of: string) => ({ role: of, here: false, name: "search_path", value: "orders, public" });
export const toApp: Privilege = ["app", "SELECT", false];
/** As the stack declares it. */
export const untouched = (change: Partial<AccessCatalog> = {}): AccessCatalog => ({
  ...{ database: "orders", version: 170010 },
  roles: [
    found("owner"),
    found("app"),
    found("boss", { createRole: true, createDatabase: true }),
    found("pg_monitor", { login: false }),
    found("rdsadmin", { superuser: true }),
    found("rds_superuser", { login: false }),
  ],
  memberships: [
    { role: "app", member: "owner", admin: false, inherit: true, set: true },
    { role: "rds_superuser", member: "boss", admin: true, inherit: true, set: true },
    { role: "owner", member: "boss", admin: true, inherit: false, set: false },
    { role: "pg_monitor", member: "rds_superuser", admin: true, inherit: true, set: true },
  ],
  settings: [search("owner"), search("app"), { role: "app", here: false, name: "statement_timeout", value: "1min" }],
  objects: [
    group("database", {
      schema: null,
      owner: "boss",
      names: ["orders"],
      privileges: [["owner", "CREATE", false]],
      initial: [[null, "CONNECT", false]],
    }),
    group("schema", { schema: null, name: "orders", names: ["orders"] }),
    group("table", { count: 3, privileges: [toApp] }),
    group("function", { names: ["bump()"], initial: [[null, "EXECUTE", false]] }),
    group("type", { names: ["state"], privileges: [[null, "USAGE", false]], initial: [[null, "USAGE", false]] }),
  ],
  defaults: [
    { owner: "owner", schema: null, kind: "table", privileges: [toApp] },
    { owner: "owner", schema: null, kind: "function", privileges: [["owner", "EXECUTE", false]] },
  ],
  extensions: [
    { name: "plpgsql", schema: "pg_catalog", version: "1.0", owner: "rdsadmin" },
    { name: "pgaudit", schema: "public", version: "1.7", owner: "boss" },
  ],
  databases: ["orders", "postgres", "template0", "template1", "rdsadmin"].map((name) => ({ name, owner: "boss" })),
  ...{ policiesOff: [], shadows: [] },
  ...change,
});
export function differences(change: Partial<AccessCatalog>, ...more: StateResource[]) {
  const { desired } = declaredInside(stack(...more), "db-1")!;
  return accessDifferences(desired, untouched(change)).map((one) => [
    `${one.urn.split("::").at(-1)!}${one.property === null ? "" : `.${one.property}`}`,
    one.class,
    one.severity,
    one.actual,
  ]);
}
export const as = untouched();
export const roles = (name: string, change: Partial<FoundRole>) => ({
  roles: as.roles.map((one) => (one.name === name ? { ...one, ...change } : one)),
});
export const plus = <
  K extends "roles" | "memberships" | "settings" | "objects" | "defaults" | "extensions" | "databases",
>(
  key: K,
  one: AccessCatalog[K][number],
) => ({ [key]: [...as[key], one] }) as Partial<AccessCatalog>;
export const objects = (kind: ObjectGroup["kind"], change: Partial<ObjectGroup>) => ({
  objects: as.objects.map((one) => (one.kind === kind ? { ...one, ...change } : one)),
});
