import { builtIn } from "../../components/standards/built-in";
import * as pulumi from "@pulumi/pulumi";
import { DatabasePlatform, parseInput, StandardDatabase } from "../../components";
import { databaseArgumentsOf } from "../../components/arguments";
import { platformArgumentsOf } from "../../components/platform-arguments";
import { declare, platform, request } from "./declared";

type Case = [claim: string, change: Record<string, unknown>, message: RegExp];

const cases: Case[] = [
  ["no service", { service: undefined }, /service: service is missing \(nothing given\)/],
  [
    "a service in capitals",
    { service: "Orders" },
    /service: give lower-case words joined by single hyphens.* \(given "Orders"\)/,
  ],
  ["a service of 25 letters", { service: "a".repeat(25) }, /service: give at most 24 characters/],
  [
    "a service whose database name PostgreSQL reserves",
    { service: "pg-tools" },
    /databaseName: would be derived from the service but is reserved .*\(given "pg_tools"\)/,
  ],
  ["no owner", { owner: undefined }, /owner: owner \(the team\) is missing/],
  ["an owner that is a sentence", { owner: "The Orders Team" }, /owner: give lower-case words/],
  [
    "an unknown environment",
    { environment: "prod" },
    /environment: give one of production, staging, development \(given "prod"\)/,
  ],
  ["an unknown tier", { tier: "platinum" }, /tier: give one of gold, silver, bronze \(given "platinum"\)/],
  ["an unknown size", { size: "db.t4g.medium" }, /size: give one of small, medium, large, xlarge/],
  [
    "an unknown data classification",
    { dataClassification: "secret" },
    /dataClassification: give one of public, internal, confidential, restricted/,
  ],
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
  [
    "a version without a minor",
    { engineVersion: "17" },
    /^[^\n]*: 1 argument is wrong.*\n {2}engineVersion: give major and minor, such as "17.10" \(given "17"\)$/,
  ],
  [
    "a version without quotes",
    { engineVersion: 17.1 },
    /engineVersion: is a number; write it as text, in quotes: "17.10" \(given 17.1\)/,
  ],
  [
    "a major in quotes",
    { postgresMajor: "17" },
    /postgresMajor: give one of 16, 17, 18, without quotes \(given "17"\)/,
  ],
  [
    "a cost center without quotes",
    { costCenter: 4711 },
    /costCenter: is a number; write it as text, in quotes: "4711" \(given 4711\)/,
  ],
  [
    "an owner that YAML reads as a boolean",
    { owner: true },
    /owner: is true or false; write it as text, in quotes: "true" \(given true\)/,
  ],
  ["an empty cost center", { costCenter: null }, /costCenter: is empty; give text \(given null\)/],
  [
    "an Output for a tier",
    { tier: pulumi.output("gold") },
    /tier: give a plain value, not another resource's output: it decides what is created$/m,
  ],
  [
    "a promise for a service",
    { service: Promise.resolve("orders") },
    /service: give a plain value, not another resource's output/,
  ],
  ["an Output for a truth value", { retire: pulumi.output(true) }, /retire: give a plain value, not another/],
  [
    "an Output among extensions",
    { extensions: [pulumi.output("citext")] },
    /extensions\.0: give a plain value, not another/,
  ],
  [
    "a nested Output",
    { restoreFrom: { snapshotIdentifier: pulumi.output("s") } },
    /restoreFrom\.snapshotIdentifier: give a plain value, not another/,
  ],
  [
    "no platform",
    { platform: undefined },
    /platform: give the outputs of the platform's stack: vpcId, .* parameterGroupNames \(nothing given\)/,
  ],
  ["a platform by its name", { platform: "platform.dev" }, /platform: give the outputs of the platform's stack/],
  [
    "a key by its alias",
    { platform: { ...platform, keyArn: "alias/shipshape-databases" } },
    /platform\.keyArn: give the key's ARN, .*never an alias \(given "alias/,
  ],
  [
    "a key by the ARN of its alias",
    { platform: { ...platform, keyArn: "arn:aws:kms:eu-central-1:123456789012:alias/shipshape-databases" } },
    /platform\.keyArn: give the key's ARN, .*never an alias/,
  ],
  [
    "a topic by its name",
    { platform: { ...platform, topicArn: "shipshape" } },
    /platform\.topicArn: give the topic's ARN/,
  ],
  [
    "a misspelt output of the platform",
    { platform: { ...platform, vpcId: undefined, vpc: "vpc-1" } },
    /platform\.vpcId: .* is missing/,
  ],
  ["its own major as the other one", { otherMajor: 17 }, /otherMajor: is its postgresMajor; leave it out/],
  ["a version of another major", { engineVersion: "16.13" }, /engineVersion: is not of postgresMajor 17/],
  ["a minor below the minimum", { engineVersion: "17.4" }, /engineVersion: is below the minimum 17\.9/],
  ["storage of a smaller size", { size: "large", storageOfSize: "small" }, /storageOfSize: is smaller than size large/],
  ["a master password spelt out", { masterPassword: "hunter2" }, /masterPassword: give one of managed, own/],
  [
    "replicas with a managed password",
    { replicas: 1 },
    /replicas: RDS refuses read replicas with a managed master password/,
  ],
  [
    "blue/green with a managed password",
    { patchMethod: "blue-green" },
    /patchMethod: RDS refuses blue\/green with a managed master password/,
  ],
  ["more replicas than make sense", { replicas: 6, masterPassword: "own" }, /replicas: give 0 to 5/],
  [
    "replicas of a database without backups",
    {
      replicas: 1,
      masterPassword: "own",
      existing: { identifier: "legacy", asFound: { backupRetentionPeriod: 0 } },
    },
    /replicas: RDS copies a replica from a database with backups/,
  ],
  ["an unknown way of making roles", { accessRoles: "never" }, /accessRoles: give one of declared, later/],
  ["settings of an unknown role", { roles: { admin: {} } }, /roles\.admin: /],
  [
    "an unknown authentication",
    { roles: { readwrite: { authentication: "kerberos" } } },
    /roles\.readwrite\.authentication: give one of password, iam/,
  ],
  [
    "a statement timeout of more than a day",
    { roles: { readonly: { statementTimeoutMilliseconds: 90_000_000 } } },
    /roles\.readonly\.statementTimeoutMilliseconds: give 0 \(none\) to 86400000/,
  ],
  [
    "an extension that reaches outside the database",
    { extensions: ["postgres_fdw"] },
    /extensions\.0: is refused: it leaves the database.* \(given "postgres_fdw"\)/,
  ],
  [
    "a parameter that must not be set",
    { parameters: { fsync: 0 } },
    /parameters\.fsync: is not among the parameters a team may set: .*work_mem/,
  ],
  [
    "a parameter beyond its bounds",
    { parameters: { work_mem: 10_000_000 } },
    /parameters\.work_mem: give 1024 to 262144 \(kB\) \(given 10000000\)/,
  ],
  [
    "a parameter that weakens the standard's log",
    { parameters: { log_min_duration_statement: 60_000 } },
    /parameters\.log_min_duration_statement: give 0 to 1000/,
  ],
  ["an existing database without a name", { existing: {} }, /existing\.identifier: identifier is missing/],
  ["an import of nothing in particular", { import: "db-ABC" }, /existing: is missing: give \{identifier, asFound\}/],
  ...[
    "legacy-orders",
    "db-orders",
    "db-2024",
    "db-",
    "DB-ABCDEF",
    "db-ABCdef",
    "arn:aws:rds:eu-central-1:123456789012:db:legacy-orders",
    " db-ABCDEF",
  ].map((id): Case => [
    `an import by ${id}, which is not a resource id,`,
    { import: id, existing: { identifier: "legacy-orders" } },
    /import: give the resource id, such as "db-[A-Z]+".* Find it with: aws rds describe-db-instances .*DbiResourceId/,
  ]),
  [
    "an import by an object",
    { import: { identifier: "legacy-orders" } },
    /import: give the resource id.*--db-instance-identifier legacy-orders --query/,
  ],
  [
    "an extension without the one it requires",
    { extensions: ["earthdistance"] },
    /extensions: earthdistance needs cube; add it to the list/,
  ],
  [
    "an address range in reachableFrom",
    { reachableFrom: { vpn: "10.0.0.0/8" } },
    /reachableFrom\.vpn: give a security group id/,
  ],
  [
    "a list as reachableFrom",
    { reachableFrom: ["sg-0a1b2c3d4e5f60001"] },
    /reachableFrom: give security groups by the name of the client/,
  ],
  [
    "a client name that EC2 does not accept as a description",
    { reachableFrom: { Zürich: "sg-0a1b2c3d4e5f60001" } },
    /reachableFrom\.Zürich: give a name of 1 to 100 letters/,
  ],
  [
    "an import with an unknown property",
    { existing: { identifier: "legacy", asFound: { backupretention: 3 } } },
    /existing\.asFound\.backupretention: is not an argument/,
  ],
  [
    "roles in an imported database whose password is unknown",
    { existing: { identifier: "legacy", asFound: { manageMasterUserPassword: false } } },
    /accessRoles: give "later" while existing/,
  ],
  [
    "an existing database and a restore together",
    { existing: { identifier: "legacy" }, restoreFrom: { snapshotIdentifier: "s" } },
    /restoreFrom: cannot be combined with existing/,
  ],
  [
    "a restore to a fraction of a second",
    { restoreFrom: { sourceDbiResourceId: "db-A", restoreTime: "2026-01-31T12:00:00.5Z" } },
    /restoreFrom\.restoreTime: give a whole second in UTC/,
  ],
  ["a restore from nothing", { restoreFrom: {} }, /restoreFrom: give \{snapshotIdentifier\}, or \{sourceDbiResourceId/],
  ["a retirement that is a word", { retire: "yes" }, /retire: give true or false \(given "yes"\)/],
  [
    "a misspelt argument",
    { dataClasification: "internal" },
    /dataClasification: is not an argument; did you mean dataClassification\?/,
  ],
];

/** The error for these arguments; empty if they are accepted. */
function errorOf(schema: Parameters<typeof parseInput>[0], given: unknown): string {
  try {
    parseInput(schema, given, "the database");
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    return (error as Error).message;
  }
}

test.each(cases)("%s is refused, and the error names the argument", (_, change, message) => {
  expect(errorOf(databaseArgumentsOf(builtIn), { ...request, platform, ...change })).toMatch(message);
});

test("wrong arguments are all reported at once, one line each, and nothing is created", async () => {
  const wrong = {
    ...request,
    tier: "platinum",
    size: "huge",
    owner: undefined,
    parameters: { fsync: 0 },
    extensions: ["dblink"],
  };
  const partial = { vpcId: platform.vpcId, keyArn: "alias/mine" };
  const missing = ["subnetGroupName", "topicArn", "monitoringRoleArn", "parameterGroupNames"];
  const declared = await declare(() => {
    const create = () =>
      new StandardDatabase("orders", { ...wrong, platform: partial } as unknown as ConstructorParameters<
        typeof StandardDatabase
      >[1]);
    expect(create).toThrow(
      /^StandardDatabase "orders": 10 arguments are wrong, nothing was created\n( {2}\S+: .+\n?){10}$/,
    );
    for (const name of missing) expect(create).toThrow(new RegExp(`platform\\.${name}: .* \\(nothing given\\)`));
    for (const nothing of [{}, undefined])
      expect(
        () => new StandardDatabase("orders", nothing as unknown as ConstructorParameters<typeof StandardDatabase>[1]),
      ).toThrow(/: 8 arguments are wrong[^]*service: service is missing[^]*platform: give the outputs/);
  });
  expect(declared).toEqual([]);
});

const stringFields: [path: string, withValue: (value: unknown) => object][] = [
  ...["service", "owner", "costCenter", "databaseName", "schemaName", "engineVersion"].map(
    (name) => [name, (value: unknown) => ({ [name]: value })] as never,
  ),
  ["existing.identifier", (identifier) => ({ existing: { identifier } })],
  ["existing.asFound.username", (username) => ({ existing: { identifier: "legacy", asFound: { username } } })],
  ["existing.asFound.tags.team", (team) => ({ existing: { identifier: "legacy", asFound: { tags: { team } } } })],
  ["platform.vpcId", (vpcId) => ({ platform: { ...platform, vpcId } })],
  ["platform.keyArn", (keyArn) => ({ platform: { ...platform, keyArn } })],
  ["platform.caBundlePath", (caBundlePath) => ({ platform: { ...platform, caBundlePath } })],
];
test.each(stringFields)(
  "an error for %s that is not text says what it is, not that it is missing",
  (path, withValue) => {
    for (const [given, message] of [
      [7, /is a number; write it as text, in quotes: "/],
      [false, /is true or false; write it as text, in quotes: "false"/],
      [[], /give text \(given \[\]\)/],
      [{}, /give text \(given \{\}\)/],
    ] as const) {
      const line =
        errorOf(databaseArgumentsOf(builtIn), { ...request, platform, ...withValue(given) }).split("\n")[1] ?? "";
      expect(line.trimStart().split(":")[0]).toBe(path);
      expect(line).toMatch(message);
      expect(line).not.toContain("missing");
    }
  },
);

test("a platform that the same program declares is accepted as an argument", async () => {
  const declared = await declare(() => {
    const network = { vpcId: platform.vpcId, subnetIds: ["subnet-1", "subnet-2"] };
    const shared = new DatabasePlatform("platform", {
      owner: "team-platform",
      costCenter: "1",
      environment: "development",
      ...network,
    });
    new StandardDatabase("orders", { ...request, platform: shared });
  });
  expect(declared.map((one) => one.name)).toContain("orders-instance");
});

test("values that only other resources know are accepted as Outputs", () => {
  const outputs = Object.fromEntries(
    Object.entries(platform).map(([name, value]) => [name, pulumi.output<unknown>(value)]),
  );
  expect(errorOf(databaseArgumentsOf(builtIn), { ...request, platform: outputs })).toBe("");
});

test.each<Case>([
  ["no owner", { owner: undefined }, /owner: owner \(the team\) is missing/],
  [
    "production without a Region for copies",
    { copyRegion: undefined },
    /copyRegion: is missing: gold databases in production/,
  ],
  ["a misspelt Region", { copyRegion: "europe" }, /copyRegion: give a Region/],
  ["a major that is not approved", { postgresMajors: [15] }, /postgresMajors\.0: give one of 16, 17, 18/],
  ["no subnets", { subnetIds: undefined }, /subnetIds: give a list of ids \(nothing given\)/],
  ["one subnet", { subnetIds: ["subnet-1"] }, /subnetIds: give private subnets in at least two zones/],
  ["no network", { vpcId: undefined }, /vpcId: vpcId is missing/],
  [
    "a cost center without quotes",
    { costCenter: 1000 },
    /costCenter: is a number; write it as text, in quotes: "1000"/,
  ],
])("a platform with %s is refused, and the error names the argument", (_, change, message) => {
  const args = {
    owner: "team-platform",
    costCenter: "1",
    environment: "production",
    copyRegion: "eu-west-1",
    vpcId: "vpc-1",
    subnetIds: ["subnet-1", "subnet-2"],
  };
  expect(errorOf(platformArgumentsOf(builtIn), args)).toBe("");
  expect(errorOf(platformArgumentsOf(builtIn), { ...args, ...change })).toMatch(message);
});

test("the error for a platform without arguments names everything that is missing, and nothing is created", async () => {
  const declared = await declare(() => {
    expect(
      () => new DatabasePlatform("platform", undefined as unknown as ConstructorParameters<typeof DatabasePlatform>[1]),
    ).toThrow(/^DatabasePlatform "platform": 5 arguments are wrong, nothing was created/);
  });
  expect(declared).toEqual([]);
});
