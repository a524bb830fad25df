// Databases as other tools make them, imported by what `shipshape import` writes: the first `up` changes nothing in RDS.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudTrailClient, LookupEventsCommand, type Event } from "@aws-sdk/client-cloudtrail";
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  type CreateDBInstanceCommandInput,
} from "@aws-sdk/client-rds";
import { parse } from "yaml";
import { defineStandard, StandardDatabase, type DatabaseRequest } from "../../components";
import { instanceIs } from "../cloud";
import { deployers, platformArguments, startEngine, typedPreview, watch, type Engine } from "../components/engine";
import { shipshapeCommand } from "../shipshape-command";

/** A company's standard that allows neither of the older versions below. */
const company = { standard: "acme", version: "1.0.0", postgres: { majors: { 17: { minimumMinor: 10 }, 18: {} } } };

/** Each with the defaults of the tool, and what people give. */
const shapes = {
  // terraform-aws-modules/rds
  "tam-billing": {
    ...{ EngineVersion: "17.9", DBInstanceClass: "db.m7g.large", AllocatedStorage: 20, StorageType: "gp3" },
    ...{ MasterUsername: "complete_postgresql", ManageMasterUserPassword: true, DBName: "billing" },
    ...{ StorageEncrypted: true, BackupRetentionPeriod: 1, DBParameterGroupName: "tam-billing-20240102" },
    Tags: [{ Key: "Name", Value: "tam-billing" }],
  },
  // cloudposse/rds. Its magnetic storage is a kind that the embedded cloud does not have.
  "eg-prod-app": {
    ...{ EngineVersion: "16.13", DBInstanceClass: "db.t4g.medium", AllocatedStorage: 20, StorageType: "gp2" },
    ...{ MasterUsername: "app", MasterUserPassword: "kept-by-its-owner-1", DBName: "app", StorageEncrypted: false },
    ...{ BackupRetentionPeriod: 0, CopyTagsToSnapshot: true, DBParameterGroupName: "eg-prod-app" },
    DBSubnetGroupName: "eg-prod-app",
    Tags: [
      { Key: "Namespace", Value: "eg" },
      { Key: "Stage", Value: "prod" },
    ],
  },
  // aws-cdk-lib/aws-rds: no initial database, and the name is CloudFormation's.
  "shop-databaseb269d8bb-1qk5yjzvyq9ut": {
    ...{ EngineVersion: "17.10", DBInstanceClass: "db.m7g.large", AllocatedStorage: 100, StorageType: "gp2" },
    ...{ MasterUsername: "postgres", MasterUserPassword: "kept-by-its-owner-1", StorageEncrypted: false },
    ...{ BackupRetentionPeriod: 1, CopyTagsToSnapshot: true },
    Tags: [{ Key: "aws-cdk", Value: "shop" }],
  },
  // The console's template for production.
  "database-1": {
    ...{ EngineVersion: "17.10", DBInstanceClass: "db.m7g.large", StorageType: "gp3", StorageEncrypted: true },
    ...{ AllocatedStorage: 200, MaxAllocatedStorage: 1000, BackupRetentionPeriod: 7, CopyTagsToSnapshot: true },
    ...{ MasterUsername: "postgres", MasterUserPassword: "kept-by-its-owner-1", DeletionProtection: true },
    ...{ EnablePerformanceInsights: true, PerformanceInsightsRetentionPeriod: 7, MonitoringInterval: 60 },
  },
} satisfies Record<string, Partial<CreateDBInstanceCommandInput>>;
const identifiers = Object.keys(shapes) as (keyof typeof shapes)[];

let engine: Engine;
const requests: Record<string, DatabaseRequest> = {};
const configs: Record<string, Record<string, unknown>> = {};
beforeAll(async () => {
  engine = await startEngine();
  const { rds } = engine.cloud;
  for (const [name, family] of [
    ["tam-billing-20240102", "postgres17"],
    ["eg-prod-app", "postgres16"],
  ])
    await rds.send(
      new CreateDBParameterGroupCommand({
        ...{ DBParameterGroupName: name, DBParameterGroupFamily: family, Description: "theirs" },
      }),
    );
  await rds.send(
    new CreateDBSubnetGroupCommand({
      ...{ DBSubnetGroupName: "eg-prod-app", DBSubnetGroupDescription: "theirs" },
      SubnetIds: platformArguments.subnetIds as string[],
    }),
  );
  const monitored = { MonitoringRoleArn: String(engine.platform.monitoringRoleArn) };
  for (const [DBInstanceIdentifier, shape] of Object.entries(shapes))
    await rds.send(
      new CreateDBInstanceCommand({
        ...{ Engine: "postgres", DBInstanceIdentifier, ...shape },
        ...("MonitoringInterval" in shape ? monitored : {}),
      }),
    );
  mkdirSync(join(engine.cloud.dataFolder, "company"));
  writeFileSync(join(engine.cloud.dataFolder, "company", "standard.yaml"), JSON.stringify(company));
  writeFileSync(join(engine.cloud.dataFolder, "company", "shipshape.yaml"), "standard: standard.yaml\n");
});
afterAll(() => engine?.stop());

const shipshape = (...words: string[]) =>
  shipshapeCommand(["import", ...words], {
    cwd: engine.cloud.dataFolder,
    env: {
      ...engine.cloud.env,
      SHIPSHAPE_CONFIGURATION_FILE: join(engine.cloud.dataFolder, "company", "shipshape.yaml"),
      SHIPSHAPE_PLATFORM_STACK: "platform.test",
    },
  });
const people = ["--owner", "team-billing", "--tier", "bronze", "--environment", "production"];
const given = [...people, "--data-classification", "internal", "--cost-center", "4711"];

test("the command writes the whole request of each, and says which cloud it looked at", async () => {
  for (const identifier of identifiers) {
    const { DbiResourceId = "" } = await instanceIs(engine.cloud, identifier, "available");
    const service = identifier.startsWith("shop") ? ["--service", "shop"] : [];
    const file = join(engine.cloud.dataFolder, `${identifier}.yaml`);
    const said = await shipshape("--from", DbiResourceId, ...given, ...service, "--output", file);
    expect(said).toMatchObject({ code: 0, stderr: "" });
    expect(said.stdout.replace(/\s+/g, " ")).toMatch(
      /^looked at an embedded cloud at http:\S+, not AWS, account 123456789012, Region eu-central-1 /,
    );
    const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
    configs[identifier] = config;
    requests[identifier] = structuredClone(config["shipshape:request"]) as DatabaseRequest;
  }
  expect(requests["tam-billing"]).toMatchObject({
    ...{ service: "tam-billing", databaseName: "billing", postgresMajor: 17 },
    existing: {
      upgradeBy: expect.stringMatching(/^20\d\d-/) as string,
      asFound: { engineVersion: "17.9", tags: { Name: "tam-billing" } },
      lacks: expect.arrayContaining(["manageMasterUserPassword"]) as string[],
    },
  });
  expect(requests["shop-databaseb269d8bb-1qk5yjzvyq9ut"]).toMatchObject({
    ...{ service: "shop", engineVersion: "17.10" },
    existing: {
      asFound: { username: "postgres", manageMasterUserPassword: false },
      lacks: expect.arrayContaining(["dbName"]) as string[],
    },
  });
  expect(requests["eg-prod-app"]?.postgresMajor).toBeUndefined();
  expect(configs["database-1"]).toMatchObject({ "shipshape:place": { platformStack: "platform.test" } });
});

test("with it the first up calls RDS only to look, and then each property that asFound no longer lists is one change", async () => {
  const found = await described();
  const standard = defineStandard(company as never);
  const stack = await engine.stack("database.found", async () => {
    for (const request of Object.values(requests))
      new StandardDatabase(request.service, { ...request, standard, platform: engine.platform });
  });
  const watched = watch("plan");
  await stack.preview({ onEvent: watched.onEvent });
  const instances = watched.steps.filter(({ type }) => type === "aws:rds/instance:Instance");
  // Properties that RDS does not know are written into the state.
  const stateOnly = ["deleteAutomatedBackups", "finalSnapshotIdentifier", "skipFinalSnapshot"];
  expect(instances.flatMap(({ paths }) => paths).filter((path) => !stateOnly.includes(path))).toEqual([]);
  expect(instances.filter(({ op }) => op === "import")).toHaveLength(identifiers.length);
  expect([...new Set(instances.map(({ op }) => op))]).toEqual(["import", "update"]);

  const { summary } = await stack.up();
  expect(Object.keys(summary.resourceChanges ?? {}).sort()).toEqual(["create", "import", "update"]);
  expect(await changes()).toEqual([]);
  expect(await described()).toEqual(found);
  for (const request of Object.values(requests)) delete request.import;
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);

  delete requests["tam-billing"]!.existing!.asFound!.copyTagsToSnapshot;
  await stack.up();
  expect(await changes()).toEqual([
    {
      name: "ModifyDBInstance",
      parameters: {
        dBInstanceIdentifier: "tam-billing",
        copyTagsToSnapshot: "true",
        // The provider sends these two with every change.
        ...{ applyImmediately: "false", deletionProtection: "false" },
      },
    },
  ]);
});

test("its config is that of a stack of this repository", async () => {
  await engine.stack("database.database-1", async () => undefined);
  const said = await typedPreview(engine, "database.database-1", configs["database-1"]!);
  expect(said).toMatch(/aws:rds:Instance +database-1-instance +import/);
});

test.each([
  ["a database that is nowhere", () => ["--from", "db-NOBODYKNOWSIT"], "import-unknown"],
  ["an identifier", () => ["--from", "database-1"], "import-identifier"],
  ["what only people know", () => ["--from", resourceIdOf("database-1"), ...given.slice(4)], "import-undecided"],
  [
    "a tier that the standard lacks",
    () => ["--from", resourceIdOf("database-1"), ...given, "--tier", "zinc"],
    "import-invalid",
  ],
  [
    "a file that exists",
    () => ["--from", resourceIdOf("database-1"), ...given, "--output", "database-1.yaml"],
    "import-output",
  ],
])("%s is a coded error, and nothing is written", async (_, words, code) => {
  const before = readFileSync(join(engine.cloud.dataFolder, "database-1.yaml"), "utf8");
  const said = await shipshape(...words(), "--json");
  expect({ code: said.code, error: JSON.parse(said.stderr) as unknown }).toMatchObject({
    code: 2,
    error: { error: { code } },
  });
  expect(said.stdout).toBe("");
  expect(readFileSync(join(engine.cloud.dataFolder, "database-1.yaml"), "utf8")).toBe(before);
});

const resourceIdOf = (identifier: string) => (configs[identifier]?.["shipshape:request"] as { import: string }).import;

const described = () =>
  Promise.all(
    identifiers.map(async (identifier) => ({
      ...(await instanceIs(engine.cloud, identifier, "available")),
      LatestRestorableTime: undefined,
    })),
  );

/** What databases' stacks called that changes something in RDS, oldest first. */
async function changes(): Promise<{ name: string | undefined; parameters: unknown }[]> {
  const trail = new CloudTrailClient(engine.cloud.client());
  const events: Event[] = [];
  try {
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await trail.send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: "AccessKeyId", AttributeValue: deployers.databases }],
          NextToken: token,
        }),
      );
      events.push(...(page.Events ?? []));
      token = page.NextToken;
    }
  } finally {
    trail.destroy();
  }
  const called = events.map(({ CloudTrailEvent = "" }) => JSON.parse(CloudTrailEvent) as TrailEvent).reverse();
  expect(called.some(({ eventName }) => eventName === "DescribeDBInstances")).toBe(true);
  return called
    .filter(({ eventSource, readOnly }) => eventSource === "rds.amazonaws.com" && !readOnly)
    .map(({ eventName, requestParameters }) => ({ name: eventName, parameters: requestParameters }));
}
interface TrailEvent {
  eventSource: string;
  eventName: string;
  readOnly: boolean;
  requestParameters: unknown;
}
