import type { PropertyValues, Context, ResourceType } from "../adapter";
import { onConnection } from "./connection";
import type { ServerAccess } from "./settings";
import { identifier, literal } from "./sql-text";
import { loginOf, outsideTransaction } from "./transaction";

export const database: ResourceType<ServerAccess> = {
  autoname: { property: "name", maxLength: 255 },
  properties: {
    name: { type: "string" },
    owner: { type: "string", computed: true },
    template: { type: "string", computed: true, createOnly: true },
    encoding: { type: "string", computed: true, createOnly: true },
    lcCollate: { type: "string", computed: true, createOnly: true },
    lcCtype: { type: "string", computed: true, createOnly: true },
    tablespaceName: { type: "string", computed: true },
    connectionLimit: { type: "int", default: -1, min: -1 },
    allowConnections: { type: "bool", default: true },
    isTemplate: { type: "bool", computed: true },
    alterObjectOwnership: { type: "bool", default: false },
  },
  check: (inputs) =>
    inputs.alterObjectOwnership === true
      ? [
          {
            property: "alterObjectOwnership",
            reason: "reassigning every object of the database is not part of the embedded postgresql provider",
          },
        ]
      : [],

  async create(inputs, context) {
    await outsideTransaction(context, inputs.owner, (query) => query(createStatement(inputs, loginOf(context.config))));
    return { id: inputs.name, properties: await readBack(inputs.name, inputs, context) };
  },

  async read(id, known, context) {
    const properties = await readDatabase(id, known, context);
    return properties && { id: properties.name, properties };
  },

  async update(_id, old, wanted, context) {
    const name = identifier(wanted.name);
    // In this order, one by one: the owner changes first, and a login that is not a member of it can then change
    // nothing more. A trap of the official provider that programs have to avoid (owner and limits in two updates).
    if (old.name !== wanted.name)
      await alter(context, undefined, `ALTER DATABASE ${identifier(old.name)} RENAME TO ${name}`);
    if (old.owner !== wanted.owner && wanted.owner)
      await alter(context, wanted.owner, `ALTER DATABASE ${name} OWNER TO ${identifier(wanted.owner)}`);
    if (old.tablespaceName !== wanted.tablespaceName)
      await alter(context, undefined, `ALTER DATABASE ${name} SET TABLESPACE ${identifier(wanted.tablespaceName)}`);
    if (old.connectionLimit !== wanted.connectionLimit)
      await alter(context, undefined, `ALTER DATABASE ${name} CONNECTION LIMIT ${wanted.connectionLimit}`);
    if (old.allowConnections !== wanted.allowConnections)
      await alter(context, undefined, `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${wanted.allowConnections}`);
    if (old.isTemplate !== wanted.isTemplate)
      await alter(context, undefined, `ALTER DATABASE ${name} IS_TEMPLATE ${wanted.isTemplate}`);
    return { id: wanted.name, properties: await readBack(wanted.name, wanted, context) };
  },

  async delete(_id, old, context) {
    await outsideTransaction(context, old.owner, async (query) => {
      const name = identifier(old.name);
      if (old.isTemplate) await query(`ALTER DATABASE ${name} IS_TEMPLATE false`);
      await query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await query(`DROP DATABASE ${name} WITH (FORCE)`);
    });
  },
};

const alter = (context: Context<ServerAccess>, as: string | undefined, statement: string) =>
  outsideTransaction(context, as, (query) => query(statement));

/** Upstream's own defaults: an empty template and UTF-8, whatever the server's are. `DEFAULT` means the server's. */
function createStatement(inputs: PropertyValues, login: string): string {
  const option = (keyword: string, value: string | undefined, quote: (text: string) => string, absent = "") => {
    if (value === undefined) return absent;
    return ` ${keyword} ${value.toUpperCase() === "DEFAULT" ? "DEFAULT" : quote(value)}`;
  };
  return [
    `CREATE DATABASE ${identifier(inputs.name)} OWNER ${identifier(inputs.owner ?? login)}`,
    option("TEMPLATE", inputs.template, identifier, " TEMPLATE template0"),
    option("ENCODING", inputs.encoding, literal, " ENCODING 'UTF8'"),
    option("LC_COLLATE", inputs.lcCollate, literal),
    option("LC_CTYPE", inputs.lcCtype, literal),
    option("TABLESPACE", inputs.tablespaceName, identifier),
    ` ALLOW_CONNECTIONS ${inputs.allowConnections ?? true} CONNECTION LIMIT ${inputs.connectionLimit ?? -1} IS_TEMPLATE ${inputs.isTemplate ?? false}`,
  ].join("");
}

async function readBack(name: string, known: PropertyValues, context: Context<ServerAccess>): Promise<PropertyValues> {
  const properties = await readDatabase(name, known, context);
  if (!properties) throw new Error(`database ${name} was dropped concurrently`);
  return properties;
}

function readDatabase(
  name: string,
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues | undefined> {
  return onConnection(context, undefined, async (query) => {
    const [row] = await query(
      `SELECT datname, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, spcname, datconnlimit, datallowconn, datistemplate
         FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE datname = $1`,
      [name],
    );
    if (!row) return undefined;
    return {
      name: row.datname,
      owner: row.owner,
      encoding: row.encoding,
      lcCollate: row.datcollate,
      lcCtype: row.datctype,
      tablespaceName: row.spcname,
      connectionLimit: row.datconnlimit,
      allowConnections: row.datallowconn,
      isTemplate: row.datistemplate,
      // The server does not record which template it was copied from.
      template: known.template || "template0",
      alterObjectOwnership: known.alterObjectOwnership ?? false,
    };
  });
}

export function databaseExists(
  context: Pick<Context<ServerAccess>, "config" | "signal">,
  name: string,
): Promise<boolean> {
  return onConnection(
    context,
    undefined,
    async (query) => (await query("SELECT 1 FROM pg_database WHERE datname = $1", [name])).length > 0,
  );
}
