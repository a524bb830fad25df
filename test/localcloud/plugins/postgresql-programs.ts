import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { RdsLikeServer } from "./rds-like-server";

/** What the tests vary in the program; everything else stays. */
export interface Variation {
  reader?: Partial<postgresql.RoleArgs>;
  tablePrivileges?: string[];
  reporting?: Partial<postgresql.DatabaseArgs>;
  /** The name of a role and a schema that nothing else depends on. */
  spareName?: string;
  more?: (options: pulumi.CustomResourceOptions) => void;
}

/** The provider as the components declare it: the master, which is not a superuser, over verified TLS. */
export function connectionTo({ server, master, caFile }: RdsLikeServer): postgresql.Provider {
  return new postgresql.Provider("connection", {
    host: "127.0.0.1",
    port: server.port,
    username: master.username,
    password: master.password,
    database: "app",
    superuser: false,
    sslmode: "verify-full",
    sslrootcert: caFile,
  });
}

/** A small access baseline with one of every type. */
export function accessProgram(database: RdsLikeServer, variation: Variation = {}): pulumi.automation.PulumiFn {
  return async () => {
    const sql = { provider: connectionTo(database) };
    const password = new random.RandomPassword("password", { length: 30, special: false }).result;
    const suffix = new random.RandomId("suffix", { byteLength: 4 }).hex;

    const owner = new postgresql.Role("owner", { name: "owner", login: true, password }, sql);
    const group = new postgresql.Role("group", { name: pulumi.interpolate`group_${suffix}` }, sql);
    const reader = new postgresql.Role(
      "reader",
      readerArgs({ password, roles: ["pg_monitor", group.name], ...variation.reader }),
      sql,
    );
    const membership = new postgresql.GrantRole("membership", { role: "legacy", grantRole: group.name }, sql);

    const schema = new postgresql.Schema(
      "schema",
      { name: "orders", database: "app", owner: owner.name },
      { ...sql, dependsOn: membership },
    );
    new postgresql.Extension("extension", { name: "pg_stat_statements", database: "app", schema: "public" }, sql);
    new postgresql.Database("reporting", { name: "reporting", owner: owner.name, ...variation.reporting }, sql);
    new postgresql.Database("legacy", { name: "legacy", owner: "legacy" }, sql);
    new postgresql.Grant("nobody", { role: "public", database: "app", objectType: "database", privileges: [] }, sql);
    new postgresql.Grant(
      "usage",
      { role: reader.name, database: "app", schema: schema.name, objectType: "schema", privileges: ["USAGE"] },
      sql,
    );
    const tables = {
      role: reader.name,
      database: "app",
      schema: schema.name,
      objectType: "table",
      privileges: variation.tablePrivileges ?? ["SELECT"],
    };
    const now = new postgresql.Grant("tables", tables, sql);
    new postgresql.DefaultPrivileges("later", { ...tables, owner: owner.name }, { ...sql, dependsOn: now });
    new postgresql.Role("spareRole", { name: variation.spareName ?? "spare", password }, sql);
    new postgresql.Schema(
      "spareSchema",
      { name: variation.spareName ?? "spare", database: "app", owner: "legacy" },
      sql,
    );
    variation.more?.(sql);
  };
}

const readerArgs = (args: Partial<postgresql.RoleArgs>): postgresql.RoleArgs => ({
  name: "reader",
  login: true,
  connectionLimit: 5,
  searchPaths: ["orders", "public"],
  statementTimeout: 30_000,
  ...args,
});
