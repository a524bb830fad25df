import type { PropertyValues, Context, ResourceType } from "../adapter";
import { onConnection, type Query } from "./connection";
import { databaseExists } from "./database";
import type { ServerAccess } from "./settings";
import { identifier } from "./sql-text";
import { inTransaction } from "./transaction";

export const schema: ResourceType<ServerAccess> = {
  autoname: { property: "name", maxLength: 255 },
  properties: {
    name: { type: "string" },
    database: { type: "string", computed: true, createOnly: true },
    owner: { type: "string", computed: true },
    ifNotExists: { type: "bool", default: true },
    dropCascade: { type: "bool", default: false },
    policies: { type: "list", computed: true, element: { type: "map" } },
  },
  check: (inputs) =>
    inputs.policies?.length > 0
      ? [{ property: "policies", reason: "policies are deprecated: use postgresql.Grant" }]
      : [],

  async create(inputs, context) {
    const database = inputs.database ?? context.config.database;
    const owners = async (query: Query) => {
      const [row] = await query(
        "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()",
      );
      return [row.owner, ...(inputs.owner ? [inputs.owner] : [])];
    };
    await inTransaction(context, { database, as: owners }, async (query) => {
      const existing = await query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [inputs.name]);
      const authorization = inputs.owner ? ` AUTHORIZATION ${identifier(inputs.owner)}` : "";
      // An existing schema is adopted, whatever ifNotExists says, as by the official provider.
      if (existing.length === 0) await query(`CREATE SCHEMA ${identifier(inputs.name)}${authorization}`);
      else if (inputs.owner)
        await query(`ALTER SCHEMA ${identifier(inputs.name)} OWNER TO ${identifier(inputs.owner)}`);
    });
    return { id: `${database}.${inputs.name}`, properties: await readBack(database, inputs.name, inputs, context) };
  },

  async read(id, known, context) {
    const [databaseOfId, nameOfId] = id.split(".");
    const database = known.database ?? databaseOfId;
    const name = known.name ?? nameOfId;
    const properties = await readSchema(database, name, known, context);
    return properties && { id: `${database}.${name}`, properties };
  },

  async update(_id, old, wanted, context) {
    await inTransaction(
      context,
      { database: wanted.database, as: () => [old.owner, wanted.owner].filter(Boolean) },
      async (query) => {
        if (old.name !== wanted.name)
          await query(`ALTER SCHEMA ${identifier(old.name)} RENAME TO ${identifier(wanted.name)}`);
        if (old.owner !== wanted.owner && wanted.owner)
          await query(`ALTER SCHEMA ${identifier(wanted.name)} OWNER TO ${identifier(wanted.owner)}`);
      },
    );
    return {
      id: `${wanted.database}.${wanted.name}`,
      properties: await readBack(wanted.database, wanted.name, wanted, context),
    };
  },

  async delete(_id, old, context) {
    if (!(await databaseExists(context, old.database))) return;
    await inTransaction(context, { database: old.database, as: () => [old.owner] }, async (query) => {
      const existing = await query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [old.name]);
      if (existing.length > 0)
        await query(`DROP SCHEMA ${identifier(old.name)} ${old.dropCascade ? "CASCADE" : "RESTRICT"}`);
    });
  },
};

async function readBack(
  database: string,
  name: string,
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues> {
  const properties = await readSchema(database, name, known, context);
  if (!properties) throw new Error(`schema ${name} was dropped concurrently`);
  return properties;
}

async function readSchema(
  database: string,
  name: string,
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues | undefined> {
  if (!(await databaseExists(context, database))) return undefined;
  return onConnection(context, database, async (query) => {
    const [row] = await query("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1", [name]);
    return (
      row && {
        name,
        database,
        owner: row.owner,
        ifNotExists: known.ifNotExists,
        dropCascade: known.dropCascade ?? false,
        policies: known.policies ?? [],
      }
    );
  });
}
