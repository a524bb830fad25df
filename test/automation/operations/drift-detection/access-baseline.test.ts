// What is inside a database against what its stack declares: each kind of difference alone.
import type { AccessCatalog, FoundRole } from "../../../../automation/targets/access-catalog";
import { role, found, group, search, toApp, as, roles, plus, objects, differences } from "./access-states";

test("a database as it is declared has no difference, with what PostgreSQL and RDS bring", () => {
  expect(differences({})).toEqual([]);
});

type Row = [claim: string, change: Partial<AccessCatalog>, ...expected: unknown[][]];
test.each<Row>([
  [
    "a role that may create roles",
    roles("app", { createRole: true }),
    ["role-app.createRole", "drift", "critical", "true"],
  ],
  [
    "a role that was dropped",
    { roles: as.roles.filter(({ name }) => name !== "owner") },
    ["role-owner", "drift", "critical", "is gone"],
  ],
  [
    "a last day",
    roles("app", { validUntil: "2031-01-01 00:00:00+00" }),
    ["role-app.validUntil", "drift", "medium", "2031-01-01 00:00:00+00"],
  ],
  [
    "a master that is a superuser",
    roles("boss", { superuser: true }),
    ["role boss.superuser", "drift", "critical", "true"],
  ],
  ["a new login", plus("roles", found("intruder")), ["role intruder", "unmanaged", "high", "exists, with login"]],
  [
    "a new group",
    plus("roles", found("group", { login: false })),
    ["role group", "unmanaged", "medium", "exists, and cannot log in"],
  ],
  [
    "a login that is called as RDS's roles are",
    plus("roles", found("rds_backdoor")),
    ["role rds_backdoor", "unmanaged", "high", "exists, with login"],
  ],
  [
    "a role called PUBLIC",
    plus("roles", found("PUBLIC", { login: false })),
    ['role "PUBLIC"', "unmanaged", "medium", "exists, and cannot log in"],
  ],
  [
    "a name of two lines",
    plus("roles", found('x"\ny', { login: false })),
    ['role "x""\\u{a}y"', "unmanaged", "medium", "exists, and cannot log in"],
  ],
  [
    "a membership in a mighty role",
    plus("memberships", { role: "pg_read_all_data", member: "app", admin: false, inherit: true, set: true }),
    ["app in pg_read_all_data", "unmanaged", "critical", "a member"],
  ],
  [
    "the master's own in one that reads everything",
    plus("memberships", { role: "pg_read_all_data", member: "boss", admin: false, inherit: true, set: true }),
    ["boss in pg_read_all_data", "unmanaged", "critical", "a member"],
  ],
  [
    "a membership that was revoked",
    { memberships: as.memberships.slice(1) },
    ["role-owner.roles.app", "drift", "medium", "not a member"],
  ],
  [
    "a member that may admit others",
    { memberships: [{ ...as.memberships[0]!, admin: true }, ...as.memberships.slice(1)] },
    ["role-owner.roles.app.admin", "drift", "high", "true"],
  ],
  [
    "a setting that nothing declares",
    plus("settings", { role: "app", here: false, name: "work_mem", value: "1GB" }),
    ["setting work_mem of app", "unmanaged", "medium", "1GB"],
  ],
  [
    "a setting in this database",
    plus("settings", { role: null, here: true, name: "row_security", value: "off" }),
    ["setting row_security of all roles in this database", "unmanaged", "high", "off"],
  ],
  [
    "a setting that may be a key",
    plus("settings", { role: "app", here: false, name: "app.key", value: "told" }),
    ["setting app.key of app", "unmanaged", "medium", "a value"],
  ],
  [
    "a search path",
    { settings: [{ ...search("owner"), value: '"$user", evil' }, ...as.settings.slice(1)] },
    ["role-owner.settings.search_path", "drift", "high", '"$user", evil'],
  ],
  [
    "a setting that was reset",
    { settings: as.settings.slice(0, 2) },
    ["role-app.settings.statement_timeout", "drift", "medium", "not set"],
  ],
  [
    "what PUBLIC may do with a table",
    objects("table", { privileges: [toApp, [null, "SELECT", false]] }),
    ["SELECT on tables for PUBLIC", "unmanaged", "critical", "granted on 3 tables: orders.invoice, …"],
  ],
  [
    "a grant beyond what is declared, with the right to grant it",
    objects("table", { privileges: [toApp, ["app", "DELETE", true]] }),
    ["DELETE with grant option on tables for app", "unmanaged", "high", "granted on 3 tables: orders.invoice, …"],
  ],
  [
    "a grant that was revoked",
    objects("table", { privileges: [] }),
    ["app-tables.privileges.SELECT", "drift", "medium", "missing on 3 tables: orders.invoice, …"],
  ],
  [
    "in another schema of the owner, what default privileges gave",
    { objects: [...as.objects, group("table", { schema: "reporting", names: ["note"] })] },
    ["later-app.privileges.SELECT", "drift", "medium", "missing on 1 table: reporting.note"],
  ],
  [
    "PUBLIC in the database",
    objects("database", {
      privileges: [
        ["owner", "CREATE", false],
        [null, "CONNECT", false],
      ],
    }),
    ["CONNECT on databases for PUBLIC", "unmanaged", "high", "granted on 1 database: orders"],
  ],
  [
    "PUBLIC in a schema",
    objects("schema", { privileges: [[null, "CREATE", false]] }),
    ["CREATE on schemas for PUBLIC", "unmanaged", "critical", "granted on 1 schema: orders"],
  ],
  [
    "PUBLIC running a function",
    objects("function", { privileges: [[null, "EXECUTE", false]] }),
    ["EXECUTE on functions for PUBLIC", "unmanaged", "high", "granted on 1 function: orders.bump()"],
  ],
  [
    "a column",
    {
      objects: [...as.objects, group("column", { names: ["invoice.amount"], privileges: [["app", "UPDATE", false]] })],
    },
    ["UPDATE on columns for app", "unmanaged", "high", "granted on 1 column: orders.invoice.amount"],
  ],
  [
    "a type",
    objects("type", { privileges: [["app", "USAGE", false]] }),
    ["USAGE on types for app", "unmanaged", "medium", "granted on 1 type: orders.state"],
  ],
  [
    "later tables for PUBLIC",
    { defaults: [{ ...as.defaults[0]!, privileges: [toApp, [null, "SELECT", false]] }, as.defaults[1]!] },
    ["SELECT on later tables of owner for PUBLIC", "unmanaged", "critical", "granted"],
  ],
  [
    "default privileges that were taken away",
    { defaults: as.defaults.slice(1) },
    ["later-app.privileges.SELECT", "drift", "medium", "missing on later tables of owner"],
  ],
  [
    "later functions for PUBLIC again",
    { defaults: as.defaults.slice(0, 1) },
    ["EXECUTE on later functions of owner for PUBLIC", "unmanaged", "high", "granted"],
  ],
  [
    "default privileges of a role that declares none",
    plus("defaults", { owner: "boss", schema: "orders", kind: "table", privileges: [toApp] }),
    ["SELECT on later tables of boss in orders for app", "unmanaged", "high", "granted"],
  ],
  [
    "a table of another",
    { objects: [...as.objects, group("table", { owner: "app", names: ["mine"], privileges: [toApp] })] },
    ["tables owned by app", "drift", "high", "1 table: orders.mine"],
  ],
  ["a schema of another", objects("schema", { owner: "app" }), ["schema.owner", "drift", "high", "app"]],
  [
    "a schema that is gone",
    { objects: as.objects.filter(({ kind }) => kind !== "schema") },
    ["schema", "drift", "critical", "is gone"],
  ],
  [
    "a schema of the master",
    { objects: [...as.objects, group("schema", { schema: null, owner: "boss", names: ["more"] })] },
    ["schemas owned by boss", "unmanaged", "high", "1 schema: more"],
  ],
  [
    "a table in public",
    { objects: [...as.objects, group("table", { schema: "public", owner: "boss", names: ["left"] })] },
    ["tables owned by boss", "unmanaged", "high", "1 table: public.left"],
  ],
  [
    "a foreign server",
    { objects: [...as.objects, group("foreign server", { schema: null, owner: "boss", names: ["out"] })] },
    ["foreign servers owned by boss", "unmanaged", "high", "1 foreign server: out"],
  ],
  ["a lost audit log", { extensions: as.extensions.slice(0, 1) }, ["extension", "drift", "high", "is gone"]],
  [
    "an extension that leads outside",
    plus("extensions", { name: "dblink", schema: "public", version: "1", owner: "boss" }),
    ["extension dblink", "unmanaged", "high", "installed by boss"],
  ],
  [
    "an extension of the team",
    plus("extensions", { name: "citext", schema: "public", version: "1", owner: "owner" }),
    ["extension citext", "unmanaged", "medium", "installed by owner"],
  ],
  [
    "another database",
    plus("databases", { name: "more", owner: "boss" }),
    ["database more", "unmanaged", "medium", "owned by boss"],
  ],
  [
    "policies that are not in force",
    { policiesOff: [{ schema: "orders", owner: "owner", count: 1, names: ["invoice"] }] },
    ["row-level security", "drift", "high", "off on 1 table: orders.invoice"],
  ],
  [
    "a name of PostgreSQL's own",
    { shadows: [{ schema: "orders", owner: "owner", count: 1, names: ["lower(text)"] }] },
    ["PostgreSQL's names in schema orders", "unmanaged", "medium", "1 function: lower(text)"],
  ],
])("%s is found", (_, change, ...expected) => {
  expect(differences(change)).toEqual(expected);
});

test.each<[string, Partial<AccessCatalog>]>([
  ["a later role of RDS, which nobody logs in by", plus("roles", found("rds_later", { login: false }))],
  [
    "what an extension brought, as its script granted it",
    {
      objects: [
        ...as.objects,
        group("table", {
          schema: "public",
          owner: "rdsadmin",
          ofExtension: true,
          privileges: [[null, "SELECT", false]],
          initial: [[null, "SELECT", false]],
        }),
      ],
    },
  ],
  [
    "what RDS lets its master use of an extension",
    {
      objects: [
        ...as.objects,
        group("function", {
          schema: "public",
          owner: "rdsadmin",
          ofExtension: true,
          privileges: [["rds_superuser", "EXECUTE", true]],
        }),
      ],
    },
  ],
  ["what an owner takes from itself", objects("table", { privileges: [toApp], initial: [["owner", "SELECT", false]] })],
  [
    "a schema that the owner creates, and its tables",
    {
      objects: [
        ...as.objects,
        group("schema", { schema: null, names: ["more"] }),
        group("table", { schema: "more", privileges: [toApp] }),
      ],
    },
  ],
  [
    "options that PostgreSQL 15 does not have",
    { memberships: as.memberships.map((one) => ({ ...one, inherit: null, set: null })) },
  ],
])("%s is no difference", (_, change) => {
  expect(differences(change)).toEqual([]);
});

test("ten thousand tables with one grant too many are one difference, whatever their schemas", () => {
  const many = Array.from({ length: 100 }, (_, i) =>
    group("table", {
      schema: `s${i}`,
      count: 100,
      names: ["a", "b", "c"],
      privileges: [toApp, [null, "SELECT", false]],
    }),
  );
  expect(differences({ objects: [...as.objects, ...many] })).toEqual([
    ["SELECT on tables for PUBLIC", "unmanaged", "critical", "granted on 10000 tables: s0.a, s0.b, s0.c, …"],
  ]);
});

test("a rotation declares each login that it has made, whether it is locked yet or not", () => {
  const rotated = [
    role("app_a", { roles: ["app"], assumeRole: "app", statementTimeout: 60_000 }),
    role("app_b", { login: false, roles: ["app"], assumeRole: "app" }),
  ];
  const login = (name: string, change: Partial<FoundRole> = {}): Partial<AccessCatalog> => ({
    roles: [found(name, change)],
  });
  const change = {
    roles: [...as.roles, ...login("app_a").roles!, ...login("app_b", { login: false }).roles!],
    memberships: [
      ...as.memberships,
      ...["app_a", "app_b"].map((member) => ({ role: "app", member, admin: false, inherit: true, set: true })),
    ],
    settings: [
      ...as.settings,
      ...["app_a", "app_b"].flatMap((name) => [search(name), { role: name, here: false, name: "role", value: "app" }]),
      { role: "app_a", here: false, name: "statement_timeout", value: "60000" },
    ],
  };
  expect(differences(change, ...rotated)).toEqual([]);
  expect(
    differences({ ...change, roles: change.roles.map((one) => ({ ...one, login: true })) }, ...rotated),
  ).toContainEqual(["role-app_b.login", "drift", "high", "true"]);
});
