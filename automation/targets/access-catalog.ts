/**
 * Who may do what in a database, as its catalogs have it, in one round trip. All of them can be read by every role, so
 * the control plane's own login is enough. Passwords cannot, not even their verifiers: whether a secret still logs in is
 * tried (secret-login.ts).
 *
 * Objects of one kind, schema, owner and privileges are one row with their number and some of their names: a migration
 * creates ten thousand tables alike, and an answer must stay small. The statement relies on the session
 * (control-session.ts): only PostgreSQL's own functions and operators can answer to an unqualified name.
 */
import type { Client } from "pg";
import { accessCatalogBytesMax, accessNamesMax } from "./limits";
import { accessStatement } from "./access-statement";

export type ObjectKind =
  | ("database" | "schema" | "table" | "sequence" | "column" | "function" | "procedure" | "type" | "language")
  | ("foreign data wrapper" | "foreign server" | "parameter" | "large object" | "tablespace");

/** The name of a role, or null for PUBLIC; what it may do, and whether it may grant that. */
export type Privilege = [grantee: string | null, privilege: string, grantable: boolean];

/** Objects that are alike. */
export interface ObjectGroup {
  kind: ObjectKind;
  /** Null for what is in no schema. */
  schema: string | null;
  owner: string;
  /** Whether an extension brought them. */
  ofExtension: boolean;
  /** Of an object that was asked for by its name; it is a group alone. */
  name: string | null;
  count: number;
  /** Some of their names, in alphabetical order. */
  names: string[];
  privileges: Privilege[];
  /** What they had at first, default privileges apart: PostgreSQL's own, or what the extension's script granted. */
  initial: Privilege[];
}

export interface FoundRole {
  name: string;
  superuser: boolean;
  inherit: boolean;
  createRole: boolean;
  createDatabase: boolean;
  login: boolean;
  replication: boolean;
  bypassRowLevelSecurity: boolean;
  connectionLimit: number;
  /** Null: for good, as "infinity". */
  validUntil: string | null;
}

export interface FoundMembership {
  role: string;
  member: string;
  admin: boolean;
  /** Null before PostgreSQL 16, which has no such options. */
  inherit: boolean | null;
  set: boolean | null;
}

export interface FoundSetting {
  /** Null: for all roles. */
  role: string | null;
  /** Whether it applies in this database only. */
  here: boolean;
  name: string;
  value: string;
}

export interface FoundDefault {
  owner: string;
  /** Null: in every schema. */
  schema: string | null;
  kind: Exclude<ObjectKind, "database"> | "schema";
  privileges: Privilege[];
}

export interface NamedGroup {
  schema: string;
  owner: string;
  count: number;
  names: string[];
}

export interface AccessCatalog {
  database: string;
  /** 170010 */
  version: number;
  roles: FoundRole[];
  memberships: FoundMembership[];
  settings: FoundSetting[];
  objects: ObjectGroup[];
  defaults: FoundDefault[];
  extensions: { name: string; schema: string; version: string; owner: string }[];
  databases: { name: string; owner: string }[];
  /** Tables that have policies, and row-level security switched off. */
  policiesOff: NamedGroup[];
  /** Functions and operators named as PostgreSQL's own, with the same arguments. */
  shadows: NamedGroup[];
}

/** Objects that a Grant names one by one. */
export interface NamedObject {
  kind: ObjectKind;
  schema: string;
  name: string;
}

/** Resolves to its size where that is too large to be read. */
export async function readAccessCatalog(
  client: Client,
  named: readonly NamedObject[],
): Promise<AccessCatalog | { bytes: number }> {
  const { rows: versions } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  );
  const { version } = versions[0]!;
  const { rows } = await client.query<{ found: string | null; bytes: number }>(accessStatement(version), [
    named.map(({ kind }) => kind),
    named.map(({ schema }) => schema),
    named.map(({ name }) => name),
    accessNamesMax,
    accessCatalogBytesMax,
  ]);
  const { found, bytes } = rows[0]!;
  if (found === null) return { bytes };
  return withNames(JSON.parse(found) as AsRead, version);
}

type OidPrivilege = [grantee: number, privilege: string, grantable: boolean];
type Read<T, Roles extends keyof T> = Omit<T, Roles> & Record<Roles, number>;
interface AsRead extends Pick<AccessCatalog, "database" | "extensions"> {
  roles: (FoundRole & { oid: number })[];
  memberships: Read<FoundMembership, "role" | "member">[];
  settings: Read<FoundSetting, "role">[];
  objects: (Read<Omit<ObjectGroup, "privileges" | "initial">, "owner"> & {
    privileges: OidPrivilege[] | null;
    initial: OidPrivilege[] | null;
  })[];
  defaults: (Read<Omit<FoundDefault, "privileges">, "owner"> & { privileges: OidPrivilege[] | null })[];
  databases: Read<AccessCatalog["databases"][number], "owner">[];
  policiesOff: Read<NamedGroup, "owner">[];
  shadows: Read<NamedGroup, "owner">[];
}

/** Catalogs name roles by ids; a role that was dropped with its privileges left behind has no name any more. */
function withNames(read: AsRead, version: number): AccessCatalog {
  const names = new Map(read.roles.map(({ oid, name }) => [oid, name]));
  const nameOf = (oid: number) => names.get(oid) ?? `a dropped role (${oid})`;
  const privileges = (all: OidPrivilege[] | null): Privilege[] =>
    (all ?? []).map(([grantee, privilege, grantable]) => [
      grantee === 0 ? null : nameOf(grantee),
      privilege,
      grantable,
    ]);
  const owned = <T extends { owner: number }>(one: T) => ({ ...one, owner: nameOf(one.owner) });
  return {
    ...{ database: read.database, version, extensions: read.extensions.map((one) => ({ ...one })) },
    roles: read.roles.map(({ oid: _, ...role }) => role),
    memberships: read.memberships.map((one) => ({ ...one, role: nameOf(one.role), member: nameOf(one.member) })),
    settings: read.settings.map((one) => ({ ...one, role: one.role === 0 ? null : nameOf(one.role) })),
    objects: read.objects.map((one) => ({
      ...owned(one),
      privileges: privileges(one.privileges),
      initial: privileges(one.initial),
    })),
    defaults: read.defaults.map((one) => ({ ...owned(one), privileges: privileges(one.privileges) })),
    databases: read.databases.map(owned),
    policiesOff: read.policiesOff.map(owned),
    shadows: read.shadows.map(owned),
  };
}
