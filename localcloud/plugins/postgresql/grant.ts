import { isUnknown, type PropertyValues, type CheckFailure, type Context, type ResourceType } from "../adapter";
import { onConnection, type Query } from "./connection";
import { declaredOrLive, granteeOid, inSetOrder, refuseUnknownPrivileges, targetExists } from "./privileges";
import type { ServerAccess } from "./settings";
import { grantee, identifier } from "./sql-text";
import { inTransaction, lockDatabase, lockRole } from "./transaction";

/** Exactly these privileges: granting replaces what the role had on the objects. */
export const grant: ResourceType<ServerAccess> = {
  deleteBeforeReplace: true,
  properties: {
    role: { type: "string", required: true, createOnly: true },
    database: { type: "string", required: true, createOnly: true },
    schema: { type: "string", createOnly: true },
    objectType: {
      type: "string",
      required: true,
      createOnly: true,
      oneOf: ["database", "function", "schema", "sequence", "table"],
    },
    objects: { type: "set", createOnly: true },
    columns: { type: "set", createOnly: true },
    privileges: { type: "set", required: true },
    withGrantOption: { type: "bool", default: false, createOnly: true },
  },
  check: checkGrant,

  async create(inputs, context) {
    await applyGrant(inputs, inputs, context);
    return { id: idOf(inputs), properties: await readBack(inputs, context) };
  },

  /** The id cannot be parsed, so a grant is not importable: "does not exist", as with the official provider. */
  async read(_id, known, context) {
    if (!known.role) return undefined;
    const properties = await readGrant({ ...known, privileges: known.privileges ?? [] }, context);
    return properties && { id: idOf(properties), properties };
  },

  async update(_id, old, wanted, context) {
    await applyGrant(wanted, old, context);
    return { properties: await readBack(wanted, context) };
  },

  async delete(_id, old, context) {
    await applyGrant({ ...old, privileges: [] }, old, context);
  },
};

function checkGrant(inputs: PropertyValues): CheckFailure[] {
  const { objectType, schema, objects, columns } = inputs;
  if (isUnknown(objectType)) return [];
  const failures: CheckFailure[] = [];
  if (objectType !== "database" && schema === undefined)
    failures.push({ property: "schema", reason: `schema is mandatory for object type ${objectType}` });
  if ((objectType === "database" || objectType === "schema") && objects?.length > 0)
    failures.push({ property: "objects", reason: `objects cannot be given for object type ${objectType}` });
  if (columns?.length > 0)
    failures.push({
      property: "columns",
      reason: "grants on columns are not part of the embedded postgresql provider",
    });
  return failures;
}

function idOf({ role, database, schema, objectType, objects }: PropertyValues): string {
  return [
    role,
    database,
    ...(objectType === "database" ? [] : [schema]),
    objectType,
    ...inSetOrder(objects ?? []),
  ].join("_");
}

async function applyGrant(wanted: PropertyValues, old: PropertyValues, context: Context<ServerAccess>): Promise<void> {
  await inTransaction(context, { database: wanted.database, as: (query) => ownersOf(query, wanted) }, async (query) => {
    await refuseUnknownPrivileges(query, wanted);
    await lockRole(query, wanted.role);
    if (wanted.objectType === "database") await lockDatabase(query, wanted.database);
    const target = targetOf(wanted);
    const revoked =
      wanted.objects?.length > 0 && old.privileges?.length > 0 ? old.privileges.join(", ") : "ALL PRIVILEGES";
    await query(`REVOKE ${revoked} ON ${target} FROM ${grantee(wanted.role)}`);
    if (wanted.privileges.length === 0) return;
    await query(
      `GRANT ${wanted.privileges.join(", ")} ON ${target} TO ${grantee(wanted.role)}${wanted.withGrantOption ? " WITH GRANT OPTION" : ""}`,
    );
  });
}

function targetOf({ objectType, database, schema, objects }: PropertyValues): string {
  if (objectType === "database") return `DATABASE ${identifier(database)}`;
  if (objectType === "schema") return `SCHEMA ${identifier(schema)}`;
  const keyword = objectType.toUpperCase();
  if (!objects?.length) return `ALL ${keyword}S IN SCHEMA ${identifier(schema)}`;
  return `${keyword} ${inSetOrder(objects)
    .map((object) => `${identifier(schema)}.${identifier(object)}`)
    .join(", ")}`;
}

/**
 * Who may grant on it: the owners of the schema and of what is inside. The schema `public` belongs to the owner of the
 * database.
 */
async function ownersOf(query: Query, { objectType, schema }: PropertyValues): Promise<string[]> {
  if (objectType === "database") return [];
  const rows = await query(
    `SELECT CASE WHEN owner = 'pg_database_owner' THEN (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()) ELSE owner END AS owner
       FROM (SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1
             UNION SELECT tableowner FROM pg_tables WHERE schemaname = $1 AND $2) AS owners`,
    [schema, objectType !== "schema"],
  );
  return rows.map((row) => row.owner);
}

async function readBack(wanted: PropertyValues, context: Context<ServerAccess>): Promise<PropertyValues> {
  const properties = await readGrant(wanted, context);
  if (!properties) throw new Error(`what ${wanted.role} was granted on ${wanted.objectType} was dropped concurrently`);
  return properties;
}

async function readGrant(known: PropertyValues, context: Context<ServerAccess>): Promise<PropertyValues | undefined> {
  if (!(await targetExists(context, known))) return undefined;
  return onConnection(context, known.database, async (query) => ({
    ...known,
    id: undefined,
    privileges: await livePrivileges(query, known),
  }));
}

async function livePrivileges(query: Query, known: PropertyValues): Promise<string[]> {
  const oid = await granteeOid(query, known.role);
  for (const { name, privileges } of await query(privilegeStatements[known.objectType] ?? "", [
    oid,
    known.objectType === "database" ? known.database : known.schema,
  ])) {
    if (known.objects?.length > 0 && !known.objects.includes(name)) continue;
    const live = await declaredOrLive(query, known, privileges);
    // The first object that differs decides for all; a new table without the grant is a difference.
    if (live !== known.privileges) return live;
  }
  return known.privileges;
}

const explode = (acl: string) =>
  `array(SELECT privilege_type FROM aclexplode(${acl}) WHERE grantee = $1)::text[] AS privileges`;
const relations = (kind: string) =>
  `SELECT relname AS name, ${explode("relacl")} FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $2) AND relkind = ${kind} ORDER BY 1`;

const privilegeStatements: Record<string, string> = {
  database: `SELECT datname AS name, ${explode("datacl")} FROM pg_database WHERE datname = $2`,
  schema: `SELECT nspname AS name, ${explode("nspacl")} FROM pg_namespace WHERE nspname = $2`,
  table: relations("'r'"),
  sequence: relations("'S'"),
  function: `SELECT proname AS name, ${explode("proacl")} FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $2) ORDER BY 1`,
};
