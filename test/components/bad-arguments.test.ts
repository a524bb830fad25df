import { DatabasePlatform, StandardDatabase } from "../../components";
import { declare, platform, request } from "./declared";

type Case = [claim: string, change: Record<string, unknown>, said: RegExp];

const cases: Case[] = [
  ["no service", { service: undefined }, /service: service is missing \(nothing given\)/],
  ["a service in capitals", { service: "Orders" }, /service: give lower-case words joined by single hyphens.* \(given "Orders"\)/],
  ["a service of 25 letters", { service: "a".repeat(25) }, /service: give at most 24 characters/],
  [
    "a service whose database name PostgreSQL reserves",
    { service: "pg-tools" },
    /databaseName: would follow from the service and is reserved .*\(given "pg_tools"\)/,
  ],
  ["no owner", { owner: undefined }, /owner: owner \(the team\) is missing/],
  ["an owner that is a sentence", { owner: "The Orders Team" }, /owner: give lower-case words/],
  ["an unknown environment", { environment: "prod" }, /environment: give one of production, staging, development \(given "prod"\)/],
  ["an unknown tier", { tier: "platinum" }, /tier: give one of gold, silver, bronze \(given "platinum"\)/],
  ["an unknown size", { size: "db.t4g.medium" }, /size: give one of small, medium, large, xlarge/],
  ["an unknown data classification", { dataClassification: "secret" }, /dataClassification: give one of public, internal, confidential, restricted/],
  ["no cost center", { costCenter: undefined }, /costCenter: costCenter is missing/],
  ["a cost center with spaces", { costCenter: "47 11" }, /costCenter: give 1 to 63 letters, digits/],
  ["a database name with a hyphen", { databaseName: "my-orders" }, /databaseName: give a lower-case SQL name/],
  ["a database name that RDS reserves", { databaseName: "rdsadmin" }, /databaseName: is reserved/],
  [
    "a database name that makes the identifier too long",
    { databaseName: `o${"x".repeat(60)}` },
    /databaseName: makes the identifier .* longer than the 63 characters RDS allows/,
  ],
  ["a schema name that the control plane owns", { schemaName: "shipshape" }, /schemaName: is reserved/],
  ["a major that is not approved", { postgresMajor: 15 }, /postgresMajor: give one of 16, 17, 18 \(given 15\)/],
  ["a version without a minor", { engineVersion: "17" }, /engineVersion: give major and minor, as "17.10" \(given "17"\)/],
  ["a version of another major", { engineVersion: "16.13" }, /engineVersion: is not of postgresMajor 17/],
  ["a minor below the minimum", { engineVersion: "17.4" }, /engineVersion: is below the minimum 17\.9/],
  ["storage of a smaller size", { size: "large", storageOfSize: "small" }, /storageOfSize: is smaller than size large/],
  ["a master password spelt out", { masterPassword: "hunter2" }, /masterPassword: give one of managed, own/],
  ["replicas with a managed password", { replicas: 1 }, /replicas: RDS refuses read replicas with a managed master password/],
  ["replicas at all", { replicas: 2, masterPassword: "own" }, /replicas: is reserved for a later version; give 0/],
  ["an unknown way of making roles", { accessRoles: "never" }, /accessRoles: give one of declared, later/],
  ["settings of an unknown role", { roles: { admin: {} } }, /roles\.admin: /],
  ["an unknown authentication", { roles: { readwrite: { authentication: "kerberos" } } }, /roles\.readwrite\.authentication: give one of password, iam/],
  [
    "a statement timeout of more than a day",
    { roles: { readonly: { statementTimeoutMilliseconds: 90_000_000 } } },
    /roles\.readonly\.statementTimeoutMilliseconds: give 0 \(none\) to 86400000/,
  ],
  ["an extension that leaves the database", { extensions: ["postgres_fdw"] }, /extensions\.0: give one of .*pgcrypto.* \(given "postgres_fdw"\)/],
  ["a parameter nobody may set", { parameters: { fsync: 0 } }, /parameters\.fsync: is not among the parameters a team may set: .*work_mem/],
  ["a parameter beyond its bounds", { parameters: { work_mem: 10_000_000 } }, /parameters\.work_mem: give 1024 to 262144 \(kB\) \(given 10000000\)/],
  [
    "a parameter that weakens the standard's log",
    { parameters: { log_min_duration_statement: 60_000 } },
    /parameters\.log_min_duration_statement: give 0 to 1000/,
  ],
  ["an import without a name", { import: {} }, /import\.identifier: identifier is missing/],
  [
    "an import with an unknown property",
    { import: { identifier: "legacy", asFound: { backupretention: 3 } } },
    /import\.asFound\.backupretention: is not an argument/,
  ],
  [
    "roles in an imported database whose password nobody knows",
    { import: { identifier: "legacy", asFound: { manageMasterUserPassword: false } } },
    /accessRoles: give "later" while import/,
  ],
  ["an import and a restore together", { import: { identifier: "legacy" }, restoreFrom: { snapshotIdentifier: "s" } }, /restoreFrom: cannot go with import/],
  [
    "a restore to a fraction of a second",
    { restoreFrom: { sourceDbiResourceId: "db-A", restoreTime: "2026-01-31T12:00:00.5Z" } },
    /restoreFrom\.restoreTime: give a whole second in UTC/,
  ],
  ["a restore from nothing", { restoreFrom: {} }, /restoreFrom: give \{snapshotIdentifier\}, or \{sourceDbiResourceId/],
  ["a retirement that is a word", { retire: "yes" }, /retire: give true or false \(given "yes"\)/],
  ["an argument misspelt", { dataClasification: "internal" }, /dataClasification: is not an argument; check its spelling/],
];

test.each(cases)("%s is refused by name, and nothing is made", async (_, change, said) => {
  const declared = await declare(() => {
    expect(() => new StandardDatabase("orders", { ...request, ...change, platform } as ConstructorParameters<typeof StandardDatabase>[1])).toThrow(said);
  });
  expect(declared).toEqual([]);
});

test("all errors come at once, one line each", async () => {
  await declare(() => {
    const wrong = { ...request, tier: "platinum", size: "huge", owner: undefined, parameters: { fsync: 0 }, extensions: ["dblink"] };
    expect(() => new StandardDatabase("orders", { ...wrong, platform } as unknown as ConstructorParameters<typeof StandardDatabase>[1])).toThrow(
      /^StandardDatabase "orders": 5 arguments are wrong, nothing was created\n( {2}\S+: .+\n?){5}$/,
    );
  });
});

test.each<Case>([
  ["no owner", { owner: undefined }, /owner: owner \(the team\) is missing/],
  ["production without a Region for copies", { copyRegion: undefined }, /copyRegion: is missing: gold databases in production/],
  ["a Region misspelt", { copyRegion: "europe" }, /copyRegion: give a Region/],
  ["a major that is not approved", { postgresMajors: [15] }, /postgresMajors\.0: give one of 16, 17, 18/],
])("a platform with %s is refused by name, and nothing is made", async (_, change, said) => {
  const args = {
    owner: "team-platform",
    costCenter: "1",
    environment: "production",
    copyRegion: "eu-west-1",
    vpcId: "vpc-1",
    subnetIds: ["subnet-1", "subnet-2"],
    ...change,
  };
  const declared = await declare(() => {
    expect(() => new DatabasePlatform("platform", args as ConstructorParameters<typeof DatabasePlatform>[1])).toThrow(said);
  });
  expect(declared).toEqual([]);
});
