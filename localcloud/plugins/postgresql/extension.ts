import type { PropertyValues, Context, ResourceType } from "../adapter";
import { onConnection } from "./connection";
import { databaseExists } from "./database";
import type { ServerAccess } from "./settings";
import { identifier } from "./sql-text";
import { inTransaction } from "./transaction";

export const extension: ResourceType<ServerAccess> = {
  autoname: { property: "name", maxLength: 255 },
  properties: {
    name: { type: "string", createOnly: true },
    database: { type: "string", computed: true, createOnly: true },
    schema: { type: "string", computed: true },
    version: { type: "string", computed: true },
    dropCascade: { type: "bool", default: false },
    createCascade: { type: "bool", default: false },
  },

  async create(inputs, context) {
    const database = inputs.database ?? context.config.database;
    const where = inputs.schema ? ` SCHEMA ${identifier(inputs.schema)}` : "";
    const version = inputs.version ? ` VERSION ${identifier(inputs.version)}` : "";
    await inTransaction(context, { database }, (query) =>
      query(
        `CREATE EXTENSION IF NOT EXISTS ${identifier(inputs.name)}${where}${version}${inputs.createCascade ? " CASCADE" : ""}`,
      ),
    );
    return { id: `${database}.${inputs.name}`, properties: await readBack(database, inputs.name, inputs, context) };
  },

  async read(id, known, context) {
    const parts = id.split(".");
    if (context.importing && parts.length !== 2)
      throw new Error(`extension ID ${id} does not have the expected format 'database.extension'`);
    const database = known.database ?? parts[0];
    const name = known.name ?? parts[1];
    const properties = await readExtension(database, name, known, context);
    return properties && { id: `${database}.${name}`, properties };
  },

  async update(_id, old, wanted, context) {
    await inTransaction(context, { database: wanted.database }, async (query) => {
      if (old.schema !== wanted.schema)
        await query(`ALTER EXTENSION ${identifier(wanted.name)} SET SCHEMA ${identifier(wanted.schema)}`);
      if (old.version !== wanted.version)
        await query(`ALTER EXTENSION ${identifier(wanted.name)} UPDATE TO ${identifier(wanted.version)}`);
    });
    return { properties: await readBack(wanted.database, wanted.name, wanted, context) };
  },

  async delete(_id, old, context) {
    await inTransaction(context, { database: old.database }, (query) =>
      query(`DROP EXTENSION ${identifier(old.name)} ${old.dropCascade ? "CASCADE" : "RESTRICT"}`),
    );
  },
};

async function readBack(
  database: string,
  name: string,
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues> {
  const properties = await readExtension(database, name, known, context);
  if (!properties) throw new Error(`extension ${name} was dropped concurrently`);
  return properties;
}

async function readExtension(
  database: string,
  name: string,
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues | undefined> {
  if (!(await databaseExists(context, database))) return undefined;
  return onConnection(context, database, async (query) => {
    const [row] = await query(
      "SELECT nspname, extversion FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = $1",
      [name],
    );
    return (
      row && {
        name,
        database,
        schema: row.nspname,
        version: row.extversion,
        dropCascade: known.dropCascade,
        createCascade: known.createCascade,
      }
    );
  });
}
