import * as pulumi from "@pulumi/pulumi";
import { DatabasePlatform, StandardDatabase, type DatabaseRequest, type ExistingDatabase } from "../../components";
import { waitsForReplicas } from "../../components/read-replicas";
import { declare, platform, request } from "./declared";

const database =
  (more: Partial<DatabaseRequest> = {}) =>
  () =>
    new StandardDatabase("orders", { ...request, ...more, platform, reachableFrom: { api: "sg-0001" } });
const urns = (declared: { urn: string }[]) => declared.map((one) => one.urn.split("::").slice(2).join("::"));

test("a production database consists of exactly these resources, with these names", async () => {
  expect(urns(await declare(database()))).toMatchSnapshot();
});

test("each read replica is one more instance with its log groups and alarms, and all of them have one group", async () => {
  const [without, declared] = [
    await declare(database({ masterPassword: "own" })),
    await declare(database({ masterPassword: "own", replicas: 2 })),
  ];
  const more = urns(declared).filter((urn) => !urns(without).includes(urn));
  expect(more).toMatchSnapshot();
  expect(declared).toHaveLength(without.length + more.length);
  const replica = declared.find((one) => one.name === "orders-replica-2")?.inputs;
  expect(replica).toMatchObject({
    identifier: "orders-production-replica-2",
    replicateSourceDb: "orders-production",
    engineVersion: "17.10",
    parameterGroupName: "orders-production-replica-postgres17",
    backupRetentionPeriod: 0,
    skipFinalSnapshot: true,
    tags: { service: "orders", environment: "production" },
  });
  // What RDS takes from the source, or refuses of a replica.
  for (const never of ["username", "password", "dbName", "engine", "dbSubnetGroupName", "manageMasterUserPassword"])
    expect(replica).not.toHaveProperty(never);
});

test.each([
  ["a new source", "17.10", undefined, [undefined], undefined],
  ["a source whose replicas are not there yet", "17.10", "17.9", [undefined], undefined],
  ["a source whose replicas are older", "17.10", "17.9", ["17.10", "17.9"], "17.9"],
  ["a source whose replicas all have it", "17.10", "17.9", ["17.10", "17.10"], undefined],
  ["a source that has it", "17.10", "17.10", ["17.9"], undefined],
])("the minor of %s waits only for older replicas", (_, wanted, source, replicas, kept) => {
  const running = (engineVersion?: string) => (engineVersion === undefined ? undefined : { engineVersion });
  expect(waitsForReplicas(wanted, running(source), replicas.map(running))).toBe(kept);
});

test("a platform consists of exactly these resources, with these names", async () => {
  expect(
    urns(
      await declare(
        () =>
          new DatabasePlatform("platform", {
            owner: "team-platform",
            costCenter: "1",
            environment: "production",
            copyRegion: "eu-west-1",
            vpcId: platform.vpcId,
            subnetIds: ["subnet-1", "subnet-2"],
          }),
        "platform.dev",
      ),
    ),
  ).toMatchSnapshot();
});

test("the component itself keeps no options, resources or secrets in its inputs", async () => {
  const [component] = (await declare(database())).filter((one) => one.type === "shipshape:index:StandardDatabase");
  expect(component?.inputs).toEqual({
    service: "orders",
    environment: "production",
    tier: "gold",
    size: "small",
    standardVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  });
});

test("with roles created later there is no login, no secret and no connection", async () => {
  const types = (await declare(database({ accessRoles: "later" }))).map((one) => one.type);
  expect(
    types.filter(
      (type) => type.startsWith("postgresql:") || type.includes("postgresql") || type.startsWith("aws:secretsmanager"),
    ),
  ).toEqual([]);
});

test("a role that uses IAM has the membership rds_iam, and neither password nor secret", async () => {
  const declared = await declare(database({ roles: { readwrite: { authentication: "iam" } } }));
  const role = declared.find((one) => one.name === "orders-role-readwrite");
  expect(role?.inputs).toMatchObject({ roles: ["rds_iam"] });
  expect(role?.inputs).not.toHaveProperty("password");
  expect(declared.filter((one) => one.name.startsWith("orders-readwrite"))).toEqual([]);
});

test("a team's own parameters create a parameter group that keeps the rest of the standard", async () => {
  const declared = await declare(database({ parameters: { work_mem: 65_536, log_min_duration_statement: 250 } }));
  const group = declared.find((one) => one.type === "aws:rds/parameterGroup:ParameterGroup");
  expect(group?.inputs.parameters).toEqual(
    expect.arrayContaining([
      { name: "work_mem", value: "65536", applyMethod: "immediate" },
      { name: "log_min_duration_statement", value: "250", applyMethod: "immediate" },
      { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
    ]),
  );
  expect(declared.find((one) => one.name === "orders-instance")?.inputs.parameterGroupName).toBe(
    "orders-production-postgres17",
  );
});

test.each([18, 16] as const)(
  "besides major %i its stack has that one's parameter group, with the same values, and uses its own",
  async (otherMajor) => {
    const parameters = { "rds.logical_replication": 1 };
    const aliases: Record<string, unknown> = {};
    const declared = await declare(() => {
      pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
        if (type === "aws:rds/parameterGroup:ParameterGroup") aliases[name] = opts.aliases ?? [];
        return undefined;
      });
      return database({ parameters, otherMajor })();
    });
    // A stack from before there could be two follows with the group in use, and never with the other one.
    expect(aliases).toEqual({
      "orders-parameters-postgres17": [{ name: "orders-parameters" }],
      [`orders-parameters-postgres${otherMajor}`]: [],
    });
    const groups = declared.filter((one) => one.type === "aws:rds/parameterGroup:ParameterGroup");
    const named = (major: number) => ({
      name: `orders-parameters-postgres${major}`,
      inputs: { name: `orders-production-postgres${major}`, family: `postgres${major}` },
    });
    expect(groups).toMatchObject([otherMajor, 17].sort().map(named));
    expect(groups[0]!.inputs.parameters).toEqual(groups[1]!.inputs.parameters);
    const { parameterGroupName } = declared.find((one) => one.name === "orders-instance")!.inputs;
    expect(parameterGroupName).toBe("orders-production-postgres17");
  },
);

test("a master password of our own is generated, kept in a secret and passed to RDS", async () => {
  const declared = await declare(database({ masterPassword: "own" }));
  const inputs = declared.find((one) => one.name === "orders-instance")?.inputs;
  expect(inputs).not.toHaveProperty("manageMasterUserPassword");
  expect(inputs).toHaveProperty("password");
  expect(declared.find((one) => one.name === "orders-master-secret")?.inputs.name).toBe(
    "shipshape/orders/production/orders/master",
  );
});

test("the secret of a master password of our own is listed among what remains after a destroy", async () => {
  let remains: string[] = [];
  await declare(() => database({ masterPassword: "own" })().remainsAfterDestroy.apply((list) => (remains = list)));
  expect(remains.filter((line) => line.startsWith("secret ")).at(-1)).toBe(
    "secret shipshape/orders/production/orders/master, recoverable for 30 days",
  );
});

test.each<[claim: string, more: Partial<ExistingDatabase>]>([
  ["false", { asFound: { manageMasterUserPassword: false } }],
  ["none", { lacks: ["manageMasterUserPassword"] }],
])("an unknown master password (managed: %s) is not sent, nor is a key for it", async (_, more) => {
  const existing = { identifier: "legacy", ...more };
  const inputs = (await declare(database({ accessRoles: "later", existing }))).find(
    (one) => one.name === "orders-instance",
  )?.inputs;
  expect(inputs).toBeDefined();
  expect(inputs?.manageMasterUserPassword ?? false).toBe(false);
  for (const name of ["masterUserSecretKmsKeyId", "password"]) expect(inputs).not.toHaveProperty(name);
});

test("a database restored to a point in time keeps the source's names by omitting them", async () => {
  const declared = await declare(
    database({ restoreFrom: { sourceDbiResourceId: "db-SOURCE", restoreTime: "2026-01-31T12:00:00Z" } }),
  );
  const inputs = declared.find((one) => one.name === "orders-instance")?.inputs;
  expect(inputs).toMatchObject({
    restoreToPointInTime: { sourceDbiResourceId: "db-SOURCE", restoreTime: "2026-01-31T12:00:00Z" },
    storageEncrypted: true,
    parameterGroupName: "shipshape-postgres17-standard",
  });
  expect(inputs).not.toHaveProperty("dbName");
  expect(inputs).not.toHaveProperty("username");
});

test.each([
  ["small", undefined, undefined],
  ["medium", undefined, undefined],
  ["large", 12_000, 500],
  ["xlarge", 12_000, 500],
] as const)("size %s says IOPS and throughput only from 400 GiB on", async (size, iops, storageThroughput) => {
  const inputs = (await declare(database({ size }))).find((one) => one.name === "orders-instance")?.inputs;
  expect([inputs?.iops, inputs?.storageThroughput]).toEqual([iops, storageThroughput]);
});

test("an existing database keeps its provisioned speed, and a volume that is not gp3 gets none", async () => {
  const found = async (asFound: NonNullable<DatabaseRequest["existing"]>["asFound"]) =>
    (await declare(database({ size: "large", existing: { identifier: "legacy", asFound } }))).find(
      (one) => one.name === "orders-instance",
    )?.inputs;
  expect(await found({ iops: 16_000, storageThroughput: 1_000 })).toMatchObject({
    iops: 16_000,
    storageThroughput: 1_000,
  });
  expect(await found({ allocatedStorage: 300 })).not.toHaveProperty("iops");
  expect(await found({ storageType: "gp2" })).not.toHaveProperty("iops");
});

test("a restore to a point in time sets no speed: the volume is the source's", async () => {
  const declared = await declare(database({ size: "large", restoreFrom: { sourceDbiResourceId: "db-SOURCE" } }));
  expect(declared.find((one) => one.name === "orders-instance")?.inputs).not.toHaveProperty("iops");
});

test("one group under two names gets one rule that names both", async () => {
  const sources = { api: "sg-0001", worker: "sg-0002", reports: "sg-0001" };
  const declared = await declare(
    () => new StandardDatabase("orders", { ...request, platform, reachableFrom: sources }),
  );
  const ingress = declared.find((one) => one.name === "orders-security-group")?.inputs.ingress as {
    description: string;
    securityGroups: string[];
  }[];
  expect(ingress.map(({ description, securityGroups }) => [description, securityGroups])).toEqual([
    ["api, reports", ["sg-0001"]],
    ["worker", ["sg-0002"]],
  ]);
});

test("resources without a Region have the platform's Region in their names", async () => {
  const args = {
    owner: "team-platform",
    costCenter: "1",
    environment: "production",
    copyRegion: "eu-west-1",
    vpcId: platform.vpcId,
  } as const;
  const declared = await declare(
    () => new DatabasePlatform("platform", { ...args, subnetIds: ["subnet-1", "subnet-2"] }),
    "platform.dev",
  );
  const named = declared
    .filter((one) => one.type.startsWith("aws:iam/role:") || one.inputs.region !== undefined)
    .map((one) => one.inputs.name);
  expect(named.filter((name) => name !== undefined).sort()).toEqual([
    "shipshape-eu-central-1-backup",
    "shipshape-eu-central-1-monitoring",
    "shipshape-of-eu-central-1",
  ]);
});

test("nothing is granted to PUBLIC, no grant is of all privileges, and no role has a privileged attribute", async () => {
  const declared = await declare(database());
  for (const { inputs } of declared.filter((one) => /Grant$|DefaultPrivileges$/.test(one.type))) {
    if (inputs.role === "public") expect(inputs.privileges).toEqual([]);
    expect(inputs.privileges).not.toContain("ALL");
    expect(inputs.withGrantOption).toBe(false);
  }
  for (const { inputs } of declared.filter((one) => one.type === "postgresql:index/role:Role"))
    expect(inputs).toMatchObject({
      superuser: false,
      createRole: false,
      createDatabase: false,
      replication: false,
      bypassRowLevelSecurity: false,
    });
});

/** Who may do what, written out a second time, so that a mistake in roles.ts is not repeated here. */
const expectedRoles = {
  owner: {
    roles: ["readwrite", "readonly"],
    connectionLimit: -1,
    statementTimeout: 0,
    idleInTransactionSessionTimeout: 300_000,
  },
  readwrite: { roles: [], connectionLimit: -1, statementTimeout: 60_000, idleInTransactionSessionTimeout: 60_000 },
  readonly: { roles: [], connectionLimit: -1, statementTimeout: 300_000, idleInTransactionSessionTimeout: 60_000 },
  monitoring: {
    roles: ["pg_monitor"],
    connectionLimit: 5,
    statementTimeout: 30_000,
    idleInTransactionSessionTimeout: 10_000,
  },
  shipshape: {
    roles: ["pg_monitor"],
    connectionLimit: 10,
    statementTimeout: 0,
    idleInTransactionSessionTimeout: 60_000,
  },
};
const expectedGrants = {
  "public database orders": [],
  "public schema public": [],
  "public schema orders": [],
  "public table orders": [],
  "owner database orders": ["CONNECT", "CREATE", "TEMPORARY"],
  "owner schema public": ["USAGE"],
  "readwrite database orders": ["CONNECT", "TEMPORARY"],
  "readwrite schema public": ["USAGE"],
  "readwrite schema orders": ["USAGE"],
  "readwrite table orders": ["SELECT", "INSERT", "UPDATE", "DELETE"],
  "readwrite sequence orders": ["USAGE", "SELECT"],
  "readonly database orders": ["CONNECT"],
  "readonly schema public": ["USAGE"],
  "readonly schema orders": ["USAGE"],
  "readonly table orders": ["SELECT"],
  "readonly sequence orders": ["SELECT"],
  "monitoring database orders": ["CONNECT"],
  "monitoring schema public": ["USAGE"],
  "monitoring schema orders": [],
  "monitoring table orders": [],
  "monitoring sequence orders": [],
  "shipshape database orders": ["CONNECT"],
  "shipshape schema public": ["USAGE"],
  "shipshape schema orders": ["USAGE"],
  "shipshape table orders": [],
  "shipshape sequence orders": [],
  "shipshape schema amcheck": ["USAGE"],
  "shipshape function amcheck": ["EXECUTE"],
};
/** In every schema of the owner, hence without one. */
const expectedLater = {
  "public function": [],
  "readwrite schema": ["USAGE"],
  "readwrite table": ["SELECT", "INSERT", "UPDATE", "DELETE"],
  "readwrite sequence": ["USAGE", "SELECT"],
  "readwrite function": ["EXECUTE"],
  "readonly schema": ["USAGE"],
  "readonly table": ["SELECT"],
  "readonly sequence": ["SELECT"],
  "shipshape schema": ["USAGE"],
};

test("each role has exactly these memberships, limits and privileges", async () => {
  const declared = await declare(database());
  const inputs = (type: string) =>
    declared.filter((one) => one.type === `postgresql:index/${type}`).map((one) => one.inputs);
  const roles = inputs("role:Role").map(
    ({ name, roles, connectionLimit, statementTimeout, idleInTransactionSessionTimeout }) => [
      name,
      { roles, connectionLimit, statementTimeout, idleInTransactionSessionTimeout },
    ],
  );
  expect(Object.fromEntries(roles)).toEqual(expectedRoles);
  const grants = inputs("grant:Grant").map(({ role, objectType, schema, database, privileges }) => [
    `${role} ${objectType} ${schema ?? database}`,
    privileges,
  ]);
  expect(Object.fromEntries(grants)).toEqual(expectedGrants);
  const later = inputs("defaultPrivileges:DefaultPrivileges");
  expect(
    Object.fromEntries(later.map(({ role, objectType, privileges }) => [`${role} ${objectType}`, privileges])),
  ).toEqual(expectedLater);
  for (const one of later) expect(one).toMatchObject({ owner: "owner", database: "orders" });
  expect(later.filter((one) => "schema" in one)).toEqual([]);
});
