import { describeCloud } from "../../../automation/targets/queried-cloud";
import { guard, report } from "./command";
import {
  aCluster,
  aClusterGroup,
  aGroup,
  aClusterMember,
  anInstance,
  aSnapshot,
  aSubscription,
  parametersOf,
  RdsAnswers,
  supportedUntil,
} from "./rds-answers";

const rds = new RdsAnswers();
const before = { ...process.env };
beforeAll(async () => {
  const settings = {
    AWS_ENDPOINT_URL: await rds.start(),
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
  };
  Object.assign(process.env, settings);
});
afterAll(async () => {
  process.env = before;
  await rds.stop();
});
beforeEach(() => {
  rds.calls.length = 0;
  rds.answers = {
    DescribeDBInstances: () => ({ DBInstances: [anInstance("orders-production")] }),
    DescribeDBParameterGroups: () => ({
      DBParameterGroups: [aGroup("platform", "postgres17"), aGroup("default.postgres17", "postgres17")],
    }),
    DescribeDBParameters: () => parametersOf(),
    DescribeEventSubscriptions: () => ({ EventSubscriptionsList: [aSubscription] }),
    DescribeDBMajorEngineVersions: () => supportedUntil("2099-02-28"),
  };
});
const instances = (...all: object[]) => (rds.answers["DescribeDBInstances"] = () => ({ DBInstances: all }));
const live = async () => {
  const { found, findings, exitCode, left } = await report("--live");
  return { found, exitCode, left, names: findings.map(({ rule, name }) => `${rule} ${name}`).sort() };
};

test("a correct fleet has no findings, and the report names the rules that need states", async () => {
  const { found, exitCode, left } = await live();
  expect([found, exitCode, left.length]).toEqual([[], 0, 1]);
  expect(left[0]).toContain("not judged here, since it needs more than the RDS API reports: ");
  for (const rule of [
    "forbid-open-ingress",
    "forbid-unmasked-copy",
    "require-own-key",
    "require-alarms",
    "forbid-hidden-drift",
  ])
    expect(left[0]).toContain(rule);
  // Databases are listed with their tags, groups and subscriptions without.
  expect(left[0]).toMatch(/, require-owner-tags of platform, events$/);
  expect((await guard("--live")).out).toMatch(/1 database in eu-central-1: no findings in what was judged$/);
});

test("the report says which cloud, account and Region answered, in every format", async () => {
  const cloud = `an embedded cloud at ${process.env["AWS_ENDPOINT_URL"]}, not AWS, account 123456789012, Region eu-central-1`;
  expect((await guard("--live")).out).toContain(`checked ${cloud}\n`);
  expect((await report("--live")).place).toBe(cloud);
  expect((await guard("--live", "--github")).out).toMatch(
    /^::notice title=1 database in eu-central-1::checked an embedded cloud at /m,
  );
  // Without databases STS names the account; if it refuses, the account is unknown.
  instances();
  rds.answers["GetCallerIdentity"] = () => ({ Account: "210987654321" });
  expect((await report("--live")).place).toContain("account 210987654321");
  rds.answers["GetCallerIdentity"] = () => ({ error: "AccessDenied", status: 403 });
  expect((await report("--live")).place).toContain("account unknown");
});

test("AWS is distinguished from other clouds", () => {
  const named = (address: string) => describeCloud({ account: "1", region: "eu-central-1", address });
  expect(named("https://rds.eu-central-1.amazonaws.com")).toBe("AWS, account 1, Region eu-central-1");
  expect(named("https://rds.eu-central-1.amazonaws.com.evil.example")).toMatch(/^a cloud at https:.*, not AWS/);
  expect(named("http://localhost:4566")).toMatch(/^an embedded cloud at http:\/\/localhost:4566, not AWS/);
});

test("a cluster and its members are one database, and members are judged only by their own properties", async () => {
  instances(
    anInstance("orders-production"),
    aClusterMember("carts-production-1", "carts-production"),
    aClusterMember("carts-production-2", "carts-production"),
  );
  rds.answers["DescribeDBClusters"] = () => ({ DBClusters: [aCluster("carts-production")] });
  rds.answers["DescribeDBClusterParameterGroups"] = () => ({
    DBClusterParameterGroups: [aClusterGroup("platform-aurora", "aurora-postgresql17")],
  });
  rds.answers["DescribeDBClusterParameters"] = () => parametersOf();
  expect((await live()).found).toEqual([]);
  expect((await guard("--live")).out).toContain("2 databases in eu-central-1");
  instances(
    aClusterMember("carts-production-1", "carts-production", {
      PubliclyAccessible: true,
      PerformanceInsightsEnabled: false,
    }),
  );
  rds.answers["DescribeDBClusterParameters"] = () =>
    parametersOf({ "rds.force_ssl": "0", log_connections: "1", log_disconnections: "1", log_statement: "ddl" });
  expect((await live()).names).toEqual([
    "forbid-public-access carts-production-1",
    "require-performance-insights carts-production-1",
    "require-tls platform-aurora",
  ]);
});

test.each(["pending-reboot", "applying", "failed-to-apply"])(
  "a parameter group that is %s is not in effect, on an instance or on a member of a cluster",
  async (status) => {
    const groups = [{ DBParameterGroup: { DBParameterGroupName: "platform", ParameterApplyStatus: status } }];
    instances(
      anInstance("orders-production", { DBParameterGroups: groups }),
      aClusterMember("carts-production-1", "carts-production"),
    );
    const members = [
      { DBClusterMember: { DBInstanceIdentifier: "carts-production-1", DBClusterParameterGroupStatus: status } },
    ];
    rds.answers["DescribeDBClusters"] = () => ({
      DBClusters: [aCluster("carts-production", { DBClusterMembers: members })],
    });
    const { names, exitCode } = await live();
    expect([exitCode, names]).toEqual([
      1,
      ["require-parameters-in-effect carts-production", "require-parameters-in-effect orders-production"],
    ]);
  },
);

test("a major that RDS supports no longer is a finding with its day; one of which it does not say is not judged", async () => {
  rds.answers["DescribeDBMajorEngineVersions"] = () => supportedUntil("2025-02-28");
  expect((await live()).names).toEqual(["require-supported-engine-version orders-production"]);
  expect((await guard("--live")).out).toContain("2025-02-28");
  rds.answers["DescribeDBMajorEngineVersions"] = () => ({ error: "AccessDenied", status: 403 });
  const refused = await live();
  expect(refused.names).toEqual([]);
  expect(refused.left.join("; ")).toContain("DescribeDBMajorEngineVersions (AccessDenied)");
  expect(refused.left.join("; ")).toMatch(/not judged here.*require-supported-engine-version/);
});

test("other engines are judged by the properties they have, and unsupported services are reported as not judged", async () => {
  const others = {
    IAMDatabaseAuthenticationEnabled: false,
    EnabledCloudwatchLogsExports: ["error"],
    DBParameterGroups: undefined,
  };
  instances(
    anInstance("orders-production-billing", { Engine: "sqlserver-se", EngineVersion: "16.00", ...others }),
    anInstance("graph-1", { Engine: "neptune", DBClusterIdentifier: "graph" }),
  );
  rds.answers["DescribeDBClusters"] = () => ({
    DBClusters: [aCluster("graph", { Engine: "neptune" }), aCluster("papers", { Engine: "docdb" })],
  });
  const { found, left } = await live();
  expect(found).toEqual([]);
  expect(left).toContain("not judged: graph (neptune), papers (docdb): engines that no rule covers");
});

test("snapshots of deleted databases are judged: public, shared with another account, unencrypted", async () => {
  instances();
  rds.answers["DescribeDBSnapshots"] = (parameters) => ({
    DBSnapshots:
      parameters.get("SnapshotType") === "manual"
        ? [aSnapshot("public"), aSnapshot("shared"), aSnapshot("clear", { Encrypted: false })]
        : [],
  });
  const accounts: Record<string, string[]> = { public: ["all"], shared: ["210987654321"] };
  rds.answers["DescribeDBSnapshotAttributes"] = (parameters) => ({
    DBSnapshotAttributesResult: {
      DBSnapshotAttributes: [
        {
          DBSnapshotAttribute: {
            AttributeName: "restore",
            AttributeValues: (accounts[parameters.get("DBSnapshotIdentifier") ?? ""] ?? []).map((AttributeValue) => ({
              AttributeValue,
            })),
          },
        },
      ],
    },
  });
  expect((await live()).names).toEqual([
    "forbid-public-snapshot public",
    "forbid-shared-snapshot shared",
    "require-encryption-at-rest clear",
  ]);
});

test("a proxy that accepts connections without TLS, and a subscription without a recipient, are violations", async () => {
  rds.answers["DescribeDBProxies"] = () => ({
    DBProxies: [{ member: { DBProxyName: "front", DBProxyArn: "arn:proxy", RequireTLS: false } }],
  });
  const deaf = { EventSubscription: { ...aSubscription.EventSubscription, Status: "topic-not-exist" } };
  rds.answers["DescribeEventSubscriptions"] = () => ({ EventSubscriptionsList: [deaf] });
  expect((await live()).names).toEqual(["require-event-subscription events", "require-tls front"]);
});

test("every page is read", async () => {
  const all = Array.from({ length: 5 }, (_, at) =>
    anInstance(`orders-production-${at}`, at === 4 ? { PubliclyAccessible: true } : {}),
  );
  rds.answers["DescribeDBInstances"] = (parameters) => {
    const at = Number(parameters.get("Marker") ?? 0);
    return { DBInstances: [all[at]], Marker: at < 4 ? String(at + 1) : undefined };
  };
  expect((await live()).names).toEqual(["forbid-public-access orders-production-4"]);
  expect((await guard("--live")).out).toContain("5 databases");
});

test("queries are retried until a busy API answers", async () => {
  let refusals = 4;
  rds.answers["DescribeDBInstances"] = () =>
    refusals-- > 0
      ? { error: "Throttling" }
      : { DBInstances: [anInstance("orders-production", { PubliclyAccessible: true })] };
  expect((await live()).names).toEqual(["forbid-public-access orders-production"]);
  expect(rds.calls.filter((action) => action === "DescribeDBInstances")).toHaveLength(5);
});

test("calls that the API refuses are reported as not judged; without the instances there is nothing to judge, which is an error", async () => {
  rds.answers["DescribeDBSnapshots"] = () => ({ error: "AccessDenied", status: 403 });
  expect((await live()).left).toContain(
    "not judged, because the RDS API did not answer: DescribeDBSnapshots (AccessDenied)",
  );
  rds.answers["DescribeDBInstances"] = () => ({ error: "AccessDenied", status: 403 });
  await expect(guard("--live")).rejects.toMatchObject({
    code: "fleet-unreadable",
    exitCode: 2,
    message: expect.stringContaining("DescribeDBInstances") as string,
  });
});

test("a throwaway is recognized by its age as well as by its tags", async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const tags = { "shipshape:run": "r", "shipshape:expires-on": day(1) };
  const bare = { BackupRetentionPeriod: 0, DeletionProtection: false, MultiAZ: false };
  instances(anInstance("orders-production-drill", { ...bare, InstanceCreateTime: day(-0.1) }, tags));
  expect((await live()).found).toEqual([]);
  instances(anInstance("orders-production", { ...bare, InstanceCreateTime: day(-100) }, tags));
  expect((await live()).names).toEqual([
    "require-backup-retention orders-production",
    "require-deletion-protection orders-production",
    "require-multi-az orders-production",
  ]);
});
