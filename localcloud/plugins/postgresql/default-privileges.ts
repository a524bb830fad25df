import type { PropertyValues, Context, ResourceType } from "../adapter";
import { onConnection } from "./connection";
import { declaredOrLive, granteeOid, refuseUnknownPrivileges, targetExists } from "./privileges";
import type { ServerAccess } from "./settings";
import { grantee, identifier } from "./sql-text";
import { inTransaction, lockRole } from "./transaction";

/** Object type → its letter in pg_default_acl. */
const letters: Record<string, string> = { table: "r", sequence: "S", function: "f", type: "T", schema: "n" };

export const defaultPrivileges: ResourceType<ServerAccess> = {
  properties: {
    role: { type: "string", required: true, createOnly: true },
    database: { type: "string", required: true, createOnly: true },
    owner: { type: "string", required: true, createOnly: true },
    schema: { type: "string", createOnly: true },
    objectType: { type: "string", required: true, createOnly: true, oneOf: Object.keys(letters) },
    privileges: { type: "set", required: true },
    withGrantOption: { type: "bool", default: false, createOnly: true },
  },

  async create(inputs, context) {
    await applyDefaults(inputs, context);
    return { id: idOf(inputs), properties: await readBack(inputs, context) };
  },

  /** Not importable, as with the official provider: the id alone is not enough. */
  async read(_id, known, context) {
    if (!known.role) return undefined;
    const properties = await readDefaults({ ...known, privileges: known.privileges ?? [] }, context);
    return properties && { id: idOf(properties), properties };
  },

  async update(_id, _old, wanted, context) {
    await applyDefaults(wanted, context);
    return { properties: await readBack(wanted, context) };
  },

  /** Fails when the owner is gone, as with the official provider: a refresh drops these from state first. */
  async delete(_id, old, context) {
    await applyDefaults({ ...old, privileges: [] }, context);
  },
};

const idOf = ({ role, database, schema, owner, objectType }: PropertyValues): string =>
  [role, database, schema ?? "noschema", owner, objectType].join("_");

async function applyDefaults(
  { role, database, owner, schema, objectType, privileges, withGrantOption }: PropertyValues,
  context: Context<ServerAccess>,
): Promise<void> {
  const head = `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(owner)}${schema ? ` IN SCHEMA ${identifier(schema)}` : ""}`;
  const objects = `${objectType.toUpperCase()}S`;
  await inTransaction(context, { database, as: () => [owner] }, async (query) => {
    await refuseUnknownPrivileges(query, { objectType, privileges });
    await lockRole(query, owner);
    await query(`${head} REVOKE ALL ON ${objects} FROM ${grantee(role)}`);
    if (privileges.length === 0) return;
    await query(
      `${head} GRANT ${privileges.join(", ")} ON ${objects} TO ${grantee(role)}${withGrantOption ? " WITH GRANT OPTION" : ""}`,
    );
  });
}

async function readBack(wanted: PropertyValues, context: Context<ServerAccess>): Promise<PropertyValues> {
  const properties = await readDefaults(wanted, context);
  if (!properties) throw new Error(`default privileges of ${wanted.role} were revoked concurrently`);
  return properties;
}

async function readDefaults(
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues | undefined> {
  if (!(await targetExists(context, known))) return undefined;
  return onConnection(context, known.database, async (query) => {
    const [row] = await query(
      `SELECT coalesce(array_agg(privilege_type), '{}')::text[] AS privileges
         FROM (SELECT defaclnamespace, (aclexplode(defaclacl)).* FROM pg_default_acl WHERE defaclobjtype = $3) AS granted
        WHERE grantee = $1 AND pg_get_userbyid(grantor) = $4
          AND defaclnamespace = coalesce((SELECT oid FROM pg_namespace WHERE nspname = $2), 0)`,
      [await granteeOid(query, known.role), known.schema ?? null, letters[known.objectType], known.owner],
    );
    // No privileges means the resource is gone, unless the program asked for none.
    if (row.privileges.length === 0 && known.privileges.length > 0) return undefined;
    return { ...known, id: undefined, privileges: await declaredOrLive(query, known, row.privileges) };
  });
}
