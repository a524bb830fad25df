import { isUnknown, type PropertyValues, type CheckFailure, type Context, type ResourceType } from "../adapter";
import { onConnection, type Query } from "./connection";
import { applyRoleSettings, readRoleSettings } from "./role-settings";
import type { ServerAccess } from "./settings";
import { identifier, literal } from "./sql-text";
import { inTransaction, lockRole, loginOf } from "./transaction";

/** Flag of a role → its keyword and its column in pg_roles. */
const flags = {
  superuser: ["SUPERUSER", "rolsuper"],
  createDatabase: ["CREATEDB", "rolcreatedb"],
  createRole: ["CREATEROLE", "rolcreaterole"],
  inherit: ["INHERIT", "rolinherit"],
  login: ["LOGIN", "rolcanlogin"],
  bypassRowLevelSecurity: ["BYPASSRLS", "rolbypassrls"],
  replication: ["REPLICATION", "rolreplication"],
} as const;

export const role: ResourceType<ServerAccess> = {
  autoname: { property: "name", maxLength: 255 },
  properties: {
    // No property is create-only: a role is renamed in place. And none is computed: drift shows in omitted properties
    // too.
    name: { type: "string" },
    password: { type: "string", secret: true },
    passwordWo: { type: "string", secret: true, writeOnly: true },
    passwordWoVersion: { type: "string" },
    encrypted: { type: "string" },
    encryptedPassword: { type: "bool", default: true },
    roles: { type: "set" },
    searchPaths: { type: "list" },
    validUntil: { type: "string", default: "infinity" },
    connectionLimit: { type: "int", default: -1, min: -1 },
    superuser: { type: "bool", default: false },
    createDatabase: { type: "bool", default: false },
    createRole: { type: "bool", default: false },
    inherit: { type: "bool", default: true },
    login: { type: "bool", default: false },
    replication: { type: "bool", default: false },
    bypassRowLevelSecurity: { type: "bool", default: false },
    skipDropRole: { type: "bool", default: false },
    skipReassignOwned: { type: "bool", default: false },
    statementTimeout: { type: "int", min: 0 },
    idleInTransactionSessionTimeout: { type: "int", min: 0 },
    assumeRole: { type: "string" },
  },
  check: checkRole,

  async create(inputs, context) {
    refuseIamLogin(inputs.roles);
    await inTransaction(context, {}, async (query) => {
      await query(createStatement(inputs));
      await applyRoleSettings(query, inputs.name, {}, inputs);
    });
    return { id: inputs.name, properties: await readBack(inputs.name, inputs, context) };
  },

  async read(id, known, context) {
    const properties = await readRole(id, known, context);
    return properties && { id: properties.name, properties };
  },

  async update(_id, old, wanted, context) {
    refuseIamLogin(wanted.roles);
    await inTransaction(context, {}, async (query) => {
      await lockRole(query, old.name);
      for (const statement of alterStatements(old, wanted)) await query(statement);
      await applyRoleSettings(query, wanted.name, old, wanted);
    });
    return { id: wanted.name, properties: { ...wanted, ...(await readBack(wanted.name, wanted, context)) } };
  },

  async delete(_id, old, context) {
    await inTransaction(context, { as: () => (old.skipReassignOwned ? [] : [old.name]) }, async (query) => {
      await lockRole(query, old.name);
      if (!old.skipReassignOwned) {
        await query(`REASSIGN OWNED BY ${identifier(old.name)} TO ${identifier(loginOf(context.config))}`);
        await query(`DROP OWNED BY ${identifier(old.name)}`);
      }
      if (!old.skipDropRole) await query(`DROP ROLE ${identifier(old.name)}`);
    });
  },
};

function checkRole(inputs: PropertyValues): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (inputs.password !== undefined && inputs.passwordWo !== undefined)
    failures.push({ property: "passwordWo", reason: "password and passwordWo are mutually exclusive" });
  if ((inputs.passwordWo === undefined) !== (inputs.passwordWoVersion === undefined))
    failures.push({ property: "passwordWoVersion", reason: "passwordWo and passwordWoVersion go together" });
  const spaced = (inputs.searchPaths === undefined || isUnknown(inputs.searchPaths) ? [] : inputs.searchPaths).find(
    (path: string) => path.includes(", "),
  );
  if (spaced !== undefined)
    failures.push({ property: "searchPaths", reason: `search_path cannot contain \`, \`: ${spaced}` });
  return failures;
}

/** Checked at create and not in check, so that a preview of a program for production works here too. */
export function refuseIamLogin(roles: readonly string[] | null | undefined): void {
  if (roles?.includes("rds_iam")) {
    throw new Error(
      'rds_iam cannot be granted: the embedded cloud has no IAM database tokens. Give the role a password here (authentication: "password")',
    );
  }
}

function createStatement(inputs: PropertyValues): string {
  const given = Object.entries(flags).map(([name, [keyword]]) =>
    (inputs[name] ?? role.properties[name]?.default) ? keyword : `NO${keyword}`,
  );
  const options = [
    passwordOption(inputs),
    `VALID UNTIL ${literal(inputs.validUntil ?? "infinity")}`,
    `CONNECTION LIMIT ${inputs.connectionLimit ?? -1}`,
    ...given,
  ];
  return `CREATE ROLE ${identifier(inputs.name)} WITH ${options.join(" ")}`;
}

function passwordOption({ password, passwordWo, encryptedPassword }: PropertyValues): string {
  const given = password || passwordWo;
  if (!given) return "";
  if (given.toUpperCase() === "NULL") return "PASSWORD NULL";
  return `${encryptedPassword === false ? "UNENCRYPTED" : "ENCRYPTED"} PASSWORD ${literal(given)}`;
}

function* alterStatements(old: PropertyValues, wanted: PropertyValues): Generator<string> {
  const name = identifier(wanted.name);
  const renamed = old.name !== wanted.name;
  if (renamed) yield `ALTER ROLE ${identifier(old.name)} RENAME TO ${name}`;
  const passwordChanged = wanted.passwordWo
    ? old.passwordWoVersion !== wanted.passwordWoVersion
    : wanted.password && (old.password !== wanted.password || renamed);
  // Removing the password from the program does not change the database; the official provider does the same.
  if (passwordChanged) yield `ALTER ROLE ${name} PASSWORD ${literal(wanted.passwordWo ?? wanted.password)}`;
  for (const [flag, [keyword]] of Object.entries(flags))
    if (old[flag] !== wanted[flag]) yield `ALTER ROLE ${name} WITH ${wanted[flag] ? keyword : `NO${keyword}`}`;
  if (old.connectionLimit !== wanted.connectionLimit)
    yield `ALTER ROLE ${name} CONNECTION LIMIT ${wanted.connectionLimit}`;
  if (old.validUntil !== wanted.validUntil) yield `ALTER ROLE ${name} VALID UNTIL ${literal(wanted.validUntil)}`;
}

async function readBack(name: string, known: PropertyValues, context: Context<ServerAccess>): Promise<PropertyValues> {
  const properties = await readRole(name, known, context);
  if (!properties) throw new Error(`role ${name} was dropped concurrently`);
  return properties;
}

function readRole(
  name: string,
  known: PropertyValues,
  context: Context<ServerAccess>,
): Promise<PropertyValues | undefined> {
  return onConnection(context, undefined, async (query) => {
    const [row] = await query(
      `SELECT *, coalesce(rolvaliduntil::text, 'infinity') AS valid_until,
              array(SELECT pg_get_userbyid(roleid)::text FROM pg_auth_members WHERE member = pg_roles.oid GROUP BY roleid) AS roles
         FROM pg_roles WHERE rolname = $1`,
      [name],
    );
    if (!row) return undefined;
    return {
      name: row.rolname,
      ...Object.fromEntries(Object.entries(flags).map(([flag, [, column]]) => [flag, row[column]])),
      ...readRoleSettings(row.rolconfig),
      roles: row.roles,
      validUntil: row.valid_until,
      connectionLimit: row.rolconnlimit,
      encryptedPassword: known.encryptedPassword ?? true,
      encrypted: known.encrypted,
      skipDropRole: known.skipDropRole ?? false,
      skipReassignOwned: known.skipReassignOwned ?? false,
      passwordWoVersion: known.passwordWoVersion,
      password: known.password && (await livePassword(query, row, known.password, context.config)),
    };
  });
}

/**
 * The catalog holds no passwords, only verifiers: what a superuser can see there is that the password was removed,
 * never that it was changed to another. Any other role sees nothing, so state keeps the program's password.
 */
async function livePassword(query: Query, row: PropertyValues, known: string, config: ServerAccess): Promise<string> {
  if (!row.rolcanlogin || !config.superuser) return known;
  const [login] = await query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
  if (!login.rolsuper) {
    throw new Error(
      `could not read role password from Postgres as connected user ${loginOf(config)} is not a SUPERUSER. ` +
        "You can set `superuser = false` in the provider configuration so it will not try to read the password from Postgres",
    );
  }
  const [shadow] = await query("SELECT coalesce(passwd, '') AS verifier FROM pg_shadow WHERE usename = $1", [
    row.rolname,
  ]);
  return shadow?.verifier.startsWith("SCRAM-SHA-256") ? known : (shadow?.verifier ?? "");
}
