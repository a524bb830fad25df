/**
 * Pure: what the state of a stack declares inside one database: its roles, memberships, settings, privileges, schemas
 * and extensions, and the secrets of its logins. It is the state that the last `up` left, so a rotation declares its
 * logins in each of its phases. No secret of the state is needed, and none is decrypted.
 */
import { clusterInstance, instance as instanceType } from "../../../policypacks/database-guardrails/vocabulary/types";
import { nameInUrn } from "../../fleet-records";
import { resourceIdIn, type StateResource } from "../../runner/declared-databases";
import type { ObjectKind } from "../../targets/access-catalog";
import type { WrittenSecret } from "../../targets/secret-login";

export interface DeclaredRole {
  urn: string;
  name: string;
  /** By the names of FoundRole. */
  attributes: Record<string, boolean | number | string | null>;
  /** By PostgreSQL's names; those that are not set are missing. */
  settings: Record<string, string>;
  memberOf: string[];
}

export interface DeclaredPrivileges {
  urn: string;
  type: string;
  /** Null for PUBLIC. */
  role: string | null;
  kinds: ObjectKind[];
  privileges: string[];
  grantable: boolean;
}

export interface DeclaredGrant extends DeclaredPrivileges {
  /** Null where the kind is in no schema. */
  schema: string | null;
  /** Empty: all in the schema. */
  objects: string[];
}

export interface DeclaredDefault extends DeclaredPrivileges {
  owner: string;
  schema: string | null;
}

export interface DesiredAccess {
  /** The instance's. */
  urn: string;
  database: string;
  master: string;
  roles: Map<string, DeclaredRole>;
  /** By resources of their own. */
  memberships: { urn: string; type: string; role: string; member: string; admin: boolean }[];
  grants: DeclaredGrant[];
  defaults: DeclaredDefault[];
  schemas: Map<string, { urn: string; owner: string }>;
  extensions: { urn: string; name: string; schema: string | null }[];
  /** Other databases of the instance. */
  databases: string[];
  /** Foreign servers. */
  servers: string[];
  /** The names of what is declared in other databases, which is not compared. */
  elsewhere: string[];
}

export interface DeclaredSecret extends WrittenSecret {
  urn: string;
  type: string;
}

export interface DeclaredInside {
  desired: DesiredAccess;
  secrets: DeclaredSecret[];
}

/** Undefined if the stack declares nothing inside the database. */
export function declaredInside(all: readonly StateResource[], resourceId: string): DeclaredInside | undefined {
  // A replica has the logins of its source, by which it is compared.
  const instances = all.filter(({ type, outputs }) => type === instanceType && !outputs?.["replicateSourceDb"]);
  const instance = instances.find(({ outputs }) => outputs?.["resourceId"] === resourceId);
  if (!instance) return undefined;
  const host = text(instance, "address");
  const isOnly = instances.length === 1;
  // A provider that goes through a tunnel has another host: with one instance there is no doubt.
  const own = new Set(
    all
      .filter(({ type, inputs }) => type === "pulumi:providers:postgresql" && (isOnly || inputs?.["host"] === host))
      .map(({ urn }) => urn),
  );
  const inside = all.filter(
    ({ type, provider = "" }) => type.startsWith("postgresql:") && own.has(provider.split("::").slice(0, 4).join("::")),
  );
  if (inside.length === 0) return undefined;
  const desired = desiredAccess(inside, instance);
  const names = { roles: [...desired.roles.keys()], master: text(instance, "username") };
  return { desired, secrets: [...secretsIn(all, inside, names), ...managedSecret(instance)] };
}

/** Whether the stack declares roles and the like, and the database is an instance of an Aurora cluster. */
export const isInsideCluster = (all: readonly StateResource[], resourceId: string): boolean =>
  all.some(({ type, outputs }) => type === clusterInstance && outputs?.[resourceIdIn[type]!] === resourceId) &&
  all.some(({ type }) => type.startsWith("postgresql:"));

function desiredAccess(inside: readonly StateResource[], instance: StateResource): DesiredAccess {
  const database = text(instance, "dbName") || text(instance, "databaseName") || "postgres";
  const here = (one: StateResource) => (text(one, "database") || database) === database;
  const of = (type: string) => inside.filter((one) => one.type.split(":").at(-1) === type);
  const defaults = [...of("DefaultPrivileges"), ...of("DefaultPrivileg")];
  const perDatabase = [...of("Grant"), ...defaults, ...of("Schema"), ...of("Extension")];
  return {
    ...{ urn: instance.urn, database, master: text(instance, "username") },
    roles: new Map(of("Role").map((one) => [text(one, "name"), declaredRole(one)])),
    memberships: of("GrantRole").map((one) => ({
      ...{ urn: one.urn, type: one.type, role: text(one, "grantRole"), member: text(one, "role") },
      admin: flag(one, "withAdminOption"),
    })),
    grants: of("Grant")
      .filter((one) => here(one))
      .map((one) => ({ ...privilegesOf(one), schema: schemaOf(one), objects: objectsOf(one) })),
    defaults: defaults
      .filter((one) => here(one))
      .map((one) => ({ ...privilegesOf(one, true), owner: text(one, "owner"), schema: text(one, "schema") || null })),
    schemas: new Map(
      of("Schema")
        .filter((one) => here(one))
        .map((one) => [text(one, "name"), { urn: one.urn, owner: text(one, "owner") }]),
    ),
    extensions: of("Extension")
      .filter((one) => here(one))
      .map((one) => ({ urn: one.urn, name: text(one, "name"), schema: text(one, "schema") || null })),
    databases: of("Database").map((one) => text(one, "name")),
    servers: of("Server").map((one) => text(one, "serverName")),
    elsewhere: perDatabase.filter((one) => !here(one)).map(({ urn }) => nameInUrn(urn)),
  };
}

function declaredRole(one: StateResource): DeclaredRole {
  const validUntil = text(one, "validUntil");
  const milliseconds = (property: string) => Number(valueOf(one, property) ?? 0);
  const settings: Record<string, string> = {};
  const paths = list(one, "searchPaths");
  if (paths.length > 0) settings["search_path"] = paths.join(", ");
  if (milliseconds("statementTimeout") > 0) settings["statement_timeout"] = String(milliseconds("statementTimeout"));
  if (milliseconds("idleInTransactionSessionTimeout") > 0)
    settings["idle_in_transaction_session_timeout"] = String(milliseconds("idleInTransactionSessionTimeout"));
  if (text(one, "assumeRole")) settings["role"] = text(one, "assumeRole");
  return {
    ...{ urn: one.urn, name: text(one, "name"), settings, memberOf: list(one, "roles") },
    attributes: {
      superuser: flag(one, "superuser"),
      createRole: flag(one, "createRole"),
      createDatabase: flag(one, "createDatabase"),
      replication: flag(one, "replication"),
      bypassRowLevelSecurity: flag(one, "bypassRowLevelSecurity"),
      login: flag(one, "login"),
      inherit: valueOf(one, "inherit") !== false,
      connectionLimit: Number(valueOf(one, "connectionLimit") ?? -1),
      validUntil: validUntil === "" || validUntil === "infinity" ? null : validUntil,
    },
  };
}

/** The kinds that a type of the provider stands for: default privileges on functions are on procedures, too. */
const kindsOf: Record<string, ObjectKind[]> = {
  routine: ["function", "procedure"],
  foreign_data_wrapper: ["foreign data wrapper"],
  foreign_server: ["foreign server"],
};

function privilegesOf(one: StateResource, areDefault = false): DeclaredPrivileges {
  const objectType = text(one, "objectType");
  const role = text(one, "role");
  const kinds = areDefault && objectType === "function" ? kindsOf["routine"]! : kindsOf[objectType];
  return {
    ...{ urn: one.urn, type: one.type },
    role: role.toLowerCase() === "public" ? null : role,
    kinds: kinds ?? [objectType as ObjectKind],
    privileges: list(one, "privileges").map((name) => (name === "TEMP" ? "TEMPORARY" : name.toUpperCase())),
    grantable: flag(one, "withGrantOption"),
  };
}

/** A schema's own privileges are declared on the schema, and found on an object that is in none. */
const schemaOf = (one: StateResource): string | null =>
  ["table", "sequence", "function", "procedure", "routine", "column", "type"].includes(text(one, "objectType"))
    ? text(one, "schema") || null
    : null;

function objectsOf(one: StateResource): string[] {
  const objects = list(one, "objects");
  const objectType = text(one, "objectType");
  if (objectType === "schema") return [text(one, "schema")];
  if (objectType === "database") return [text(one, "database")];
  const columns = list(one, "columns");
  if (columns.length > 0) return objects.flatMap((table) => columns.map((column) => `${table}.${column}`));
  return objects;
}

/** Of the component that declares the roles, as a StandardDatabase does: nothing else says whose a secret is. */
function secretsIn(
  all: readonly StateResource[],
  inside: readonly StateResource[],
  { roles, master }: { roles: readonly string[]; master: string },
) {
  const parents = new Set(
    inside.flatMap(({ parent = "" }) => (parent.includes("::pulumi:pulumi:Stack::") ? [] : parent)),
  );
  const names = new Map(
    all
      .filter(({ type }) => type === "aws:secretsmanager/secret:Secret")
      .map((one) => [text(one, "arn"), text(one, "name")]),
  );
  return all
    .filter(({ type, parent = "" }) => type === "aws:secretsmanager/secretVersion:SecretVersion" && parents.has(parent))
    .map((one): DeclaredSecret => {
      const secretId = text(one, "secretId");
      const words = (names.get(secretId) ?? "").split("/");
      const isMasters = words.includes(masterWord) && !roles.includes(masterWord);
      const role = isMasters ? undefined : words.reverse().find((word) => roles.includes(word));
      // It says of which role it is; a login that takes turns with another is called after its role.
      const usernames = isMasters
        ? [master]
        : role === undefined
          ? null
          : roles.filter((name) => [role, `${role}_a`, `${role}_b`].includes(name));
      return { urn: one.urn, type: one.type, secretId, versionId: text(one, "versionId"), usernames };
    });
}

/** What stands for a role in the name of the secret of a master whose password is the stack's own. */
const masterWord = "master";

/** The master's, which RDS rotates. */
function managedSecret(instance: StateResource): DeclaredSecret[] {
  const [first] = (instance.outputs?.["masterUserSecrets"] ?? []) as { secretArn?: string }[];
  const { urn, type } = instance;
  const usernames = [text(instance, "username")];
  return first?.secretArn ? [{ urn, type, secretId: first.secretArn, versionId: null, usernames }] : [];
}

/** What the program gave; what it did not give, as the provider filled it in. */
const valueOf = ({ inputs = {}, outputs = {} }: StateResource, property: string): unknown =>
  property in inputs ? inputs[property] : outputs[property];
const text = (one: StateResource, property: string): string => {
  const value = valueOf(one, property);
  return typeof value === "string" ? value : "";
};
const flag = (one: StateResource, property: string): boolean => valueOf(one, property) === true;
const list = (one: StateResource, property: string): string[] => {
  const value = valueOf(one, property);
  return Array.isArray(value) ? value.map(String) : [];
};
