import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { roleWithLogins, type AccessSettings, type RoleLogin, type RoleResources } from "./role-logins";
import { factsOf, type OwnSchema } from "./extensions";
import { controlSchema, integritySchema } from "./standards/fixed";
import type { RoleName } from "./standards/names";
import { part, rolesOf, type Standard } from "./standards/standard";
import type { StandardShape } from "./standard-shape";

export interface AccessRoles {
  logins: Record<RoleName, RoleLogin>;
  /** The resources that no other resource depends on. */
  leaves: pulumi.Resource[];
  /** How often passwords were rotated: known once that is done. */
  rotation: pulumi.Output<AccessSettings["rotation"]>;
}

/**
 * The access baseline: roles without privileged attributes, the schemas they own, and exactly the privileges of
 * roles.ts. Everything is deleted with the instance (`deletedWith`): a destroy needs no login, and does not reassign
 * tables to the master.
 *
 * The master is not a superuser and must be a member of `owner` to work on what `owner` owns. That membership is not
 * declared: from PostgreSQL 16 on a role's creator has its own row in pg_auth_members, the provider's GrantRole reads
 * that row instead of its own, and would be replaced at every `up`. Instead the provider joins and leaves around each
 * statement, hence one after another.
 */
export function accessRoles(
  name: string,
  shape: StandardShape,
  settings: AccessSettings,
  parent: pulumi.Resource,
): AccessRoles {
  const sql = { parent, provider: settings.connection, deletedWith: settings.instance };
  const { standard } = settings;
  const roleNames = rolesOf(standard);
  const roles = {} as Record<RoleName, RoleResources>;
  // The last role comes first, because the first is a member of others.
  for (const role of [...roleNames].reverse()) {
    const groups = part(standard.roles, role).memberOf.flatMap((group) => roles[group as RoleName] ?? []);
    roles[role] = roleWithLogins(name, role, shape, settings, groups, { parent }, sql);
  }
  const next = chain(
    sql,
    roleNames.flatMap((role) => roles[role].resources),
  );
  const database = shape.databaseName;

  const schema = (suffix: string, schemaName: string, owner: pulumi.Input<string>) =>
    next(
      (options) =>
        new postgresql.Schema(
          `${name}-schema-${suffix}`,
          { name: schemaName, database, owner, ifNotExists: true, dropCascade: false },
          options,
        ),
    );
  for (const { schemaName, suffix } of applicationSchemas(shape)) schema(`application${suffix}`, schemaName, "owner");
  schema("control", controlSchema, "shipshape");
  schema("integrity", integritySchema, settings.instance.username);
  const extension = (extensionName: string, schemaName: string | undefined) =>
    next(
      (options) =>
        new postgresql.Extension(
          `${name}-extension-${extensionName}`,
          {
            name: extensionName,
            database,
            ...(schemaName && { schema: schemaName }),
            createCascade: false,
            dropCascade: false,
          },
          options,
        ),
    );
  extension("amcheck", integritySchema);
  for (const extensionName of shape.extensions) {
    const { own, namesItsSchema } = factsOf(extensionName);
    if (own) schema(extensionName, own.schema, settings.instance.username);
    extension(extensionName, namesItsSchema ? undefined : (own?.schema ?? "public"));
    if (own) ownersGrants(name, database, extensionName, own, next);
  }

  const lastGrant = grants(name, shape, standard, next);
  return {
    logins: Object.fromEntries(roleNames.map((role) => [role, roles[role].login])) as Record<RoleName, RoleLogin>,
    leaves: [lastGrant, ...roleNames.flatMap((role) => roles[role].secretVersion ?? [])],
    rotation: pulumi
      .all(roleNames.flatMap((role) => [...roles[role].resources, roles[role].secretVersion].map((one) => one?.urn)))
      .apply(() => settings.rotation),
  };
}

/** Creates one resource after another: two at once on one schema fail with "tuple concurrently updated". */
type Next = <R extends pulumi.Resource>(make: (options: pulumi.CustomResourceOptions) => R) => R;
function chain(options: pulumi.CustomResourceOptions, first: pulumi.Resource[]): Next {
  let last = first;
  return (make) => {
    const resource = make({ ...options, dependsOn: last });
    last = [resource];
    return resource;
  };
}

/** The application's schemas, with what their resources' names end in; those of the first had their names alone. */
const applicationSchemas = ({ schemaName, furtherSchemas }: StandardShape) => [
  { schemaName, suffix: "" },
  ...furtherSchemas.map((further) => ({ schemaName: further, suffix: `-${further}` })),
];

/** The master owns what an extension brings. */
function ownersGrants(
  name: string,
  database: string,
  extensionName: string,
  { schema, ownerMay, tables, ownerMayOnTables }: OwnSchema,
  next: Next,
): void {
  const grant = (suffix: string, args: Omit<postgresql.GrantArgs, "database" | "role" | "schema">) =>
    next(
      (options) =>
        new postgresql.Grant(
          `${name}-grant-${extensionName}-${suffix}`,
          { database, role: "owner", schema, withGrantOption: false, ...args },
          options,
        ),
    );
  grant("schema", { objectType: "schema", privileges: ownerMay });
  grant("tables", { objectType: "table", objects: [...tables], privileges: ownerMayOnTables });
}

function grants(name: string, shape: StandardShape, standard: Standard, next: Next): postgresql.Grant {
  const database = shape.databaseName;
  const grant = (suffix: string, args: Omit<postgresql.GrantArgs, "database">) =>
    next(
      (options) =>
        new postgresql.Grant(`${name}-grant-${suffix}`, { database, withGrantOption: false, ...args }, options),
    );
  // Without a schema: the application also gets what the owner creates in other schemas.
  const later = (suffix: string, args: Omit<postgresql.DefaultPrivilegesArgs, "database" | "owner" | "schema">) =>
    next(
      (options) =>
        new postgresql.DefaultPrivileges(
          `${name}-later-${suffix}`,
          { database, owner: "owner", withGrantOption: false, ...args },
          options,
        ),
    );

  // An empty list revokes, and shows manual grants as drift. `postgres` and `template1` stay open to PUBLIC, as on
  // every RDS instance.
  grant("public-database", { role: "public", objectType: "database", privileges: [] });
  grant("public-schema", { role: "public", objectType: "schema", schema: "public", privileges: [] });
  for (const { schemaName: schema, suffix } of applicationSchemas(shape)) {
    grant(`public-application${suffix}`, { role: "public", objectType: "schema", schema, privileges: [] });
    grant(`public-tables${suffix}`, { role: "public", objectType: "table", schema, privileges: [] });
  }
  later("public-functions", { role: "public", objectType: "function", privileges: [] });
  for (const role of rolesOf(standard)) {
    const { onDatabase, onSchemas, onTables, onSequences, onFunctions } = part(standard.roles, role);
    grant(`${role}-database`, { role, objectType: "database", privileges: [...onDatabase] });
    grant(`${role}-public`, { role, objectType: "schema", schema: "public", privileges: ["USAGE"] });
    if (role === "owner") continue;
    for (const { schemaName: schema, suffix } of applicationSchemas(shape)) {
      grant(`${role}-schema${suffix}`, { role, objectType: "schema", schema, privileges: [...onSchemas] });
      grant(`${role}-tables${suffix}`, { role, objectType: "table", schema, privileges: [...onTables] });
      grant(`${role}-sequences${suffix}`, { role, objectType: "sequence", schema, privileges: [...onSequences] });
    }
    // Not on existing functions: the owner cannot grant those of extensions, which would be a permanent difference.
    for (const [objectType, privileges] of Object.entries({
      schema: onSchemas,
      table: onTables,
      sequence: onSequences,
      function: onFunctions,
    }))
      if (privileges.length > 0) later(`${role}-${objectType}s`, { role, objectType, privileges: [...privileges] });
  }
  // It is not documented whether RDS lets its master grant this; if not, the grant warns, and a drill is
  // "inconclusive".
  grant("shipshape-integrity", {
    role: "shipshape",
    objectType: "schema",
    schema: integritySchema,
    privileges: ["USAGE"],
  });
  return grant("shipshape-integrity-functions", {
    role: "shipshape",
    objectType: "function",
    schema: integritySchema,
    privileges: ["EXECUTE"],
  });
}
