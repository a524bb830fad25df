import type { DBInstance } from "@aws-sdk/client-rds";
import { importRequest, type Decided } from "../../../automation/imports/import-request";
import { defineStandard } from "../../../components";
import { builtIn } from "../../../components/standards/built-in";
import { instance } from "./instances";

const people = { tier: "silver", dataClassification: "internal", costCenter: "4711" };
const upgradeBy = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
const imported = (change: Partial<DBInstance> = {}, given: Decided = people, standard = builtIn) =>
  importRequest({ ...instance, ...change }, given, { standard, region: "eu-central-1", upgradeBy });
const foundOf = (change: Partial<DBInstance>) => imported(change).found;

test("the request has what people gave, what tags and names say, and only what differs from the standard", () => {
  const { request, taken } = imported();
  expect(request).toEqual({
    service: "billing",
    owner: "team-billing",
    environment: "production",
    tier: "silver",
    size: "medium",
    dataClassification: "internal",
    costCenter: "4711",
    postgresMajor: 17,
    engineVersion: "17.10",
    accessRoles: "later",
    existing: {
      identifier: "billing-production",
      logGroupsExist: ["postgresql", "upgrade"],
      asFound: {
        allocatedStorage: 200,
        autoMinorVersionUpgrade: true,
        backupRetentionPeriod: 7,
        backupWindow: "03:00-03:30",
        dbSubnetGroupName: "billing",
        engineLifecycleSupport: "open-source-rds-extended-support",
        iamDatabaseAuthenticationEnabled: false,
        kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/theirs",
        maintenanceWindow: "sun:04:00-sun:04:30",
        manageMasterUserPassword: false,
        maxAllocatedStorage: 1000,
        monitoringRoleArn: "arn:aws:iam::123456789012:role/rds-monitoring-role",
        parameterGroupName: "billing-17",
        performanceInsightsKmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/theirs",
        tags: { owner: "team-billing" },
        username: "postgres",
        vpcSecurityGroupIds: ["sg-0123456789abcdef0"],
      },
    },
    import: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  });
  expect(taken).toEqual([
    { argument: "service", value: "billing", from: "its name" },
    { argument: "owner", value: "team-billing", from: "its tag owner" },
    { argument: "environment", value: "production", from: "its name" },
    { argument: "size", value: "medium", from: "its class db.m7g.large" },
  ]);
});

test.each<[claim: string, change: Partial<DBInstance>, found: object]>([
  [
    "what the API leaves out is null, or its default",
    {
      ...{ KmsKeyId: undefined, StorageEncrypted: false, DBName: undefined, MaxAllocatedStorage: undefined },
      ...{ MonitoringInterval: 0, MonitoringRoleArn: undefined, PerformanceInsightsEnabled: undefined },
      ...{ PerformanceInsightsRetentionPeriod: undefined, PerformanceInsightsKMSKeyId: undefined },
      ...{ EnabledCloudwatchLogsExports: undefined, EngineLifecycleSupport: undefined, NetworkType: undefined },
    },
    {
      ...{ kmsKeyId: null, storageEncrypted: false, dbName: null, maxAllocatedStorage: 0 },
      ...{ monitoringInterval: 0, monitoringRoleArn: null, performanceInsightsEnabled: false },
      ...{ performanceInsightsRetentionPeriod: null, performanceInsightsKmsKeyId: null },
      ...{ enabledCloudwatchLogsExports: [], engineLifecycleSupport: null },
    },
  ],
  [
    "a password that RDS manages stays as it is",
    { MasterUserSecret: { SecretArn: "arn:secret", KmsKeyId: "arn:key" } },
    { manageMasterUserPassword: null, masterUserSecretKmsKeyId: null },
  ],
  ["provisioned speed", { StorageType: "io1", Iops: 4000 }, { storageType: "io1", iops: 4000 }],
  [
    "provisioned speed of a large gp3 volume",
    { AllocatedStorage: 500, MaxAllocatedStorage: 1000, Iops: 20_000, StorageThroughput: 500 },
    { allocatedStorage: 500, iops: 20_000 },
  ],
  ["magnetic storage", { StorageType: "standard", Iops: undefined }, { storageType: "standard" }],
  ["a rebuilt minor", { EngineVersion: "17.10-R2" }, { engineVersion: "17.10-R2" }],
  ["a database called by a reserved word", { DBName: "user" }, { dbName: "user" }],
  ["a database in capitals", { DBName: "Billing" }, { dbName: "Billing" }],
  ["no tags", { TagList: [{ Key: "owner", Value: "x" }] }, { tags: { owner: "x" } }],
])("as found: %s", (_, change, found) => {
  expect(foundOf(change)).toMatchObject(found);
});

test("what the database lacks is named, as a program says it", () => {
  const { found, request } = imported({ DBName: undefined, MasterUserSecret: { SecretArn: "arn:secret" } });
  const { asFound = {}, lacks } = request.existing ?? {};
  expect(lacks).toEqual(["dbName", "manageMasterUserPassword", "masterUserSecretKmsKeyId"]);
  expect(Object.keys(asFound)).toEqual(Object.keys(found).filter((name) => !lacks?.includes(name)));
  expect(imported().request.existing).not.toHaveProperty("lacks");
});

test("the speed that a gp3 volume includes is not as found, because RDS accepts it back only where it can be set", () => {
  const small = foundOf({});
  const large = foundOf({ AllocatedStorage: 500, MaxAllocatedStorage: 1000, Iops: 12_000, StorageThroughput: 500 });
  for (const property of ["iops", "storageThroughput"])
    for (const found of [small, large]) expect(found).not.toHaveProperty(property);
});

test("a version that the standard does not allow is as found, with a day by which it is upgraded", () => {
  for (const [version, major] of [
    ["17.4", 17],
    ["13.20-rds.20250101", undefined],
  ] as const) {
    const { request } = imported({ EngineVersion: version });
    expect(request).toMatchObject({ existing: { upgradeBy, asFound: { engineVersion: version } } });
    expect([request.postgresMajor, request.engineVersion]).toEqual([major, undefined]);
  }
});

test("of exported logs, those that the standard exports have groups to import", () => {
  const logs = (EnabledCloudwatchLogsExports: string[]) =>
    imported({ EnabledCloudwatchLogsExports }).request.existing?.logGroupsExist;
  expect(logs(["postgresql", "iam-db-auth-error"])).toEqual(["postgresql"]);
  expect(logs(["iam-db-auth-error"])).toBeUndefined();
});

test("what is known from nowhere is named at once, with the options and their values", () => {
  expect(() => imported({ DBInstanceIdentifier: "database-1", TagList: [] }, {})).toThrow(
    expect.objectContaining({
      code: "import-undecided",
      message: expect.stringContaining(
        '"database-1": owner, environment, tier, dataClassification, costCenter',
      ) as string,
      hint: expect.stringContaining(
        "--owner <owner> --environment <production|staging|development> --tier <gold",
      ) as string,
    }),
  );
});

test("a tag's value that the standard does not have is not taken", () => {
  const TagList = [{ Key: "Environment", Value: "Prod" }];
  expect(imported({ TagList }, { ...people, owner: "team-a" }).request.environment).toBe("production");
  expect(() => imported({ DBInstanceIdentifier: "database-1", TagList }, { ...people, owner: "team-a" })).toThrow(
    expect.objectContaining({ code: "import-undecided" }),
  );
});

test("what a program would refuse is said with path and reason", () => {
  expect(() => imported({}, { ...people, tier: "zinc", costCenter: "47 11" })).toThrow(
    expect.objectContaining({
      code: "import-invalid",
      message: expect.stringMatching(/tier: give one of gold, silver, bronze .*costCenter: give 1 to 63/) as string,
    }),
  );
});

test("a class that is none of the standard's sizes takes the first one with as much storage", () => {
  const size = (AllocatedStorage: number) =>
    imported({ DBInstanceClass: "db.m5.large", AllocatedStorage, StorageType: "gp2", MaxAllocatedStorage: undefined })
      .request.size;
  expect([20, 21, 500, 9_000].map(size)).toEqual(["small", "medium", "large", "xlarge"]);
});

test("a company's standard decides what differs", () => {
  const standard = defineStandard({
    ...{ standard: "acme", version: "1.0.0", birth: { masterUsername: "acme_admin" } },
    tags: { owner: "acme:team" },
  } as never);
  const { request } = imported(
    { MasterUsername: "acme_admin", TagList: [{ Key: "acme:team", Value: "team-a" }] },
    people,
    standard,
  );
  expect(request.owner).toBe("team-a");
  expect(request.existing?.asFound).not.toHaveProperty("username");
});
