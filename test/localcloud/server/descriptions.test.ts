import {
  AddSourceIdentifierToSubscriptionCommand,
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  CreateEventSubscriptionCommand,
  DeleteDBSubnetGroupCommand,
  DeleteEventSubscriptionCommand,
  DescribeAccountAttributesCommand,
  DescribeCertificatesCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBParametersCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBSubnetGroupsCommand,
  DescribeEventCategoriesCommand,
  DescribeEventsCommand,
  DescribeEventSubscriptionsCommand,
  DescribeOrderableDBInstanceOptionsCommand,
  DescribePendingMaintenanceActionsCommand,
  ListTagsForResourceCommand,
  ModifyDBSubnetGroupCommand,
  ModifyEventSubscriptionCommand,
  paginateDescribeDBParameterGroups,
  paginateDescribeOrderableDBInstanceOptions,
  RemoveTagsFromResourceCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { small } from "./database-client";
import { callOwn } from "./own-endpoint";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  for (const name of ["orders", "ledger"])
    await cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: name }));
  for (const name of ["orders", "ledger"]) await instanceIs(cloud, name, "available");
});
afterAll(async () => cloud?.stop());

const arn = (kind: string, name: string) => `arn:aws:rds:eu-central-1:123456789012:${kind}:${name}`;

test("the account's quotas are described as RDS names them, with what is used in that Region", async () => {
  const quotasIn = async (region: string) => {
    const client = new RDSClient({ ...cloud.client(), region });
    const { AccountQuotas = [] } = await client.send(new DescribeAccountAttributesCommand({}));
    client.destroy();
    return new Map(AccountQuotas.map(({ AccountQuotaName, Used, Max }) => [AccountQuotaName, [Used, Max]]));
  };
  const here = await quotasIn("eu-central-1");
  expect(here.get("DBInstances")).toEqual([2, 40]);
  expect(here.get("ManualSnapshots")).toEqual([0, 100]);
  expect((await quotasIn("us-east-1")).get("DBInstances")).toEqual([0, 40]);
});

test("instances are found by name, ARN and filter, only in their own Region", async () => {
  const names = async (input: object) =>
    (await cloud.rds.send(new DescribeDBInstancesCommand(input))).DBInstances!.map(
      (instance) => instance.DBInstanceIdentifier,
    );
  expect(await names({})).toEqual(["ledger", "orders"]);
  expect(await names({ DBInstanceIdentifier: "ORDERS" })).toEqual(["orders"]);
  expect(await names({ DBInstanceIdentifier: arn("db", "orders") })).toEqual(["orders"]);
  expect(await names({ Filters: [{ Name: "db-instance-id", Values: ["ledger", "none"] }] })).toEqual(["ledger"]);
  expect(await names({ Filters: [{ Name: "engine", Values: ["mysql"] }] })).toEqual([]);
  // RDS stores names in lower case and resource ids in upper case, and finds both case-insensitively.
  const [{ DbiResourceId } = {}] = (
    await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders" }))
  ).DBInstances!;
  for (const [Name, value] of [
    ["db-instance-id", "ORDERS"],
    ["db-instance-id", arn("db", "Orders")],
    ["dbi-resource-id", DbiResourceId!.toLowerCase()],
  ] as const)
    expect(await names({ Filters: [{ Name, Values: [value] }] })).toEqual(["orders"]);
  expect(await names({ Filters: [{ Name: "engine", Values: ["POSTGRES"] }] })).toEqual(["ledger", "orders"]);
  const elsewhere = new RDSClient({ ...cloud.client(), region: "eu-west-1" });
  expect((await elsewhere.send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
  elsewhere.destroy();
});

test("every action that has filters compares their values case-insensitively", async () => {
  const [{ DbiResourceId } = {}] = (
    await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders" }))
  ).DBInstances!;
  const of = [
    { Name: "db-instance-id", Values: ["ORDERS"] },
    { Name: "dbi-resource-id", Values: [DbiResourceId!.toLowerCase()] },
  ];
  const { DBSnapshots } = await cloud.rds.send(
    new DescribeDBSnapshotsCommand({
      Filters: [...of, { Name: "snapshot-type", Values: ["Automated"] }, { Name: "engine", Values: ["Postgres"] }],
    }),
  );
  expect(DBSnapshots).toHaveLength(1);
  const byId = { Name: "db-snapshot-id", Values: [DBSnapshots![0]!.DBSnapshotIdentifier!.toUpperCase()] };
  expect(
    (
      await cloud.rds.send(
        new DescribeDBSnapshotsCommand({ Filters: [byId], DbiResourceId: DbiResourceId!.toLowerCase() }),
      )
    ).DBSnapshots,
  ).toHaveLength(1);
  const { DBInstanceAutomatedBackups } = await cloud.rds.send(
    new DescribeDBInstanceAutomatedBackupsCommand({
      Filters: [...of, { Name: "status", Values: ["ACTIVE"] }],
      DbiResourceId: DbiResourceId!.toLowerCase(),
    }),
  );
  expect(DBInstanceAutomatedBackups).toHaveLength(1);
  const { DBEngineVersions } = await cloud.rds.send(
    new DescribeDBEngineVersionsCommand({ Filters: [{ Name: "db-parameter-group-family", Values: ["POSTGRES17"] }] }),
  );
  expect(DBEngineVersions!.length).toBeGreaterThan(0);
  const { Parameters } = await cloud.rds.send(
    new DescribeDBParametersCommand({
      DBParameterGroupName: "default.postgres17",
      Filters: [{ Name: "parameter-name", Values: ["WORK_MEM"] }],
    }),
  );
  expect(Parameters).toMatchObject([{ ParameterName: "work_mem" }]);
});

test("tags are added, replaced, listed and removed on everything that can have them", async () => {
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "tagged",
      DBParameterGroupFamily: "postgres16",
      Description: "x",
      Tags: [{ Key: "owner", Value: "a" }],
    }),
  );
  for (const resource of [arn("pg", "tagged"), arn("db", "orders")]) {
    await cloud.rds.send(
      new AddTagsToResourceCommand({
        ResourceName: resource,
        Tags: [
          { Key: "owner", Value: "b" },
          { Key: "tier", Value: "gold" },
        ],
      }),
    );
    await cloud.rds.send(new RemoveTagsFromResourceCommand({ ResourceName: resource, TagKeys: ["tier", "absent"] }));
    expect((await cloud.rds.send(new ListTagsForResourceCommand({ ResourceName: resource }))).TagList).toEqual([
      { Key: "owner", Value: "b" },
    ]);
  }
});

test("a list of many pages returns each entry once, even when one is created between two pages", async () => {
  for (let index = 10; index < 45; index += 1)
    await cloud.rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: `paged-${index}`,
        DBParameterGroupFamily: "postgres17",
        Description: "x",
      }),
    );
  const seen: string[] = [];
  for await (const page of paginateDescribeDBParameterGroups({ client: cloud.rds, pageSize: 20 }, {})) {
    seen.push(...page.DBParameterGroups!.map((group) => group.DBParameterGroupName!));
    if (seen.length === 20)
      await cloud.rds.send(
        new CreateDBParameterGroupCommand({
          DBParameterGroupName: "aaa-made-meanwhile",
          DBParameterGroupFamily: "postgres17",
          Description: "x",
        }),
      );
  }
  expect(seen.filter((name) => name.startsWith("paged-"))).toHaveLength(35);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(["default.postgres16", "default.postgres17", "default.postgres18"]));
  expect(
    (await cloud.rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: "default.postgres17" })))
      .DBParameterGroups![0]!.DBParameterGroupFamily,
  ).toBe("postgres17");
});

test("subnet groups have their subnets and zones, can be changed, and can be deleted", async () => {
  const group = { DBSubnetGroupName: "Private", DBSubnetGroupDescription: "x" };
  const created = await cloud.rds.send(
    new CreateDBSubnetGroupCommand({ ...group, SubnetIds: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"] }),
  );
  expect(created.DBSubnetGroup).toMatchObject({
    DBSubnetGroupName: "private",
    VpcId: "vpc-0a1b2c3d4e5f60001",
    DBSubnetGroupArn: arn("subgrp", "private"),
    SubnetGroupStatus: "Complete",
  });
  const modified = await cloud.rds.send(
    new ModifyDBSubnetGroupCommand({
      DBSubnetGroupName: "private",
      SubnetIds: ["subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"],
    }),
  );
  expect(modified.DBSubnetGroup!.Subnets!.map((subnet) => subnet.SubnetAvailabilityZone!.Name)).toEqual([
    "eu-central-1b",
    "eu-central-1c",
  ]);
  await cloud.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: "private" }));
  await expect(
    cloud.rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: "private" })),
  ).rejects.toMatchObject({
    name: "DBSubnetGroupNotFoundFault",
  });
});

test("the available engine versions are those installed, each with its upgrade targets", async () => {
  const { DBEngineVersions: seventeens } = await cloud.rds.send(
    new DescribeDBEngineVersionsCommand({ Engine: "postgres", EngineVersion: "17" }),
  );
  expect(seventeens!.map((version) => version.EngineVersion)).toEqual(["17.9", "17.10"]);
  expect(seventeens![0]!.ValidUpgradeTarget).toEqual([
    expect.objectContaining({ EngineVersion: "17.10", IsMajorVersionUpgrade: false, AutoUpgrade: true }),
    expect.objectContaining({ EngineVersion: "18.4", IsMajorVersionUpgrade: true, AutoUpgrade: false }),
  ]);
  const { DBEngineVersions: byDefault } = await cloud.rds.send(
    new DescribeDBEngineVersionsCommand({ DefaultOnly: true }),
  );
  expect(byDefault!.map((version) => version.EngineVersion)).toEqual(["17.10"]);
  const { DBEngineVersions: others } = await cloud.rds.send(new DescribeDBEngineVersionsCommand({ Engine: "mysql" }));
  expect(others).toEqual([]);
});

test("every class is available with every kind of storage, page after page", async () => {
  let count = 0;
  for await (const page of paginateDescribeOrderableDBInstanceOptions(
    { client: cloud.rds },
    { Engine: "postgres", EngineVersion: "17.10" },
  ))
    count += page.OrderableDBInstanceOptions!.length;
  expect(count).toBeGreaterThan(400);
  const { OrderableDBInstanceOptions: options } = await cloud.rds.send(
    new DescribeOrderableDBInstanceOptionsCommand({
      Engine: "postgres",
      EngineVersion: "17.10",
      DBInstanceClass: "db.r7g.4xlarge",
    }),
  );
  expect(options!.map((option) => option.StorageType)).toEqual(["gp2", "gp3", "io1", "io2"]);
});

test("subscriptions are stored with their categories and sources", async () => {
  const topic = (
    await callOwn(cloud, "POST", "/shipshape/recorded", {
      type: "aws:sns/topic:Topic",
      name: "alerts",
      properties: { name: "alerts" },
    })
  ).body;
  const created = await cloud.rds.send(
    new CreateEventSubscriptionCommand({
      SubscriptionName: "failures",
      SnsTopicArn: topic.arn,
      SourceType: "db-instance",
      EventCategories: ["failure", "deletion"],
    }),
  );
  expect(created.EventSubscription).toMatchObject({
    CustSubscriptionId: "failures",
    Status: "active",
    EventCategoriesList: ["deletion", "failure"],
    SourceIdsList: [],
    Enabled: true,
  });
  await cloud.rds.send(
    new AddSourceIdentifierToSubscriptionCommand({ SubscriptionName: "failures", SourceIdentifier: "orders" }),
  );
  await cloud.rds.send(
    new ModifyEventSubscriptionCommand({ SubscriptionName: "failures", Enabled: false, EventCategories: ["failure"] }),
  );
  const { EventSubscriptionsList: list } = await cloud.rds.send(
    new DescribeEventSubscriptionsCommand({ SubscriptionName: "failures" }),
  );
  expect(list).toMatchObject([
    { Enabled: false, EventCategoriesList: ["failure"], SourceIdsList: ["orders"], SnsTopicArn: topic.arn },
  ]);
  await expect(
    cloud.rds.send(new ModifyEventSubscriptionCommand({ SubscriptionName: "failures", EventCategories: ["weather"] })),
  ).rejects.toMatchObject({
    name: "SubscriptionCategoryNotFoundFault",
  });
  await cloud.rds.send(new DeleteEventSubscriptionCommand({ SubscriptionName: "failures" }));
  const { EventCategoriesMapList: categories } = await cloud.rds.send(
    new DescribeEventCategoriesCommand({ SourceType: "db-instance" }),
  );
  expect(categories![0]!.EventCategories).toContain("low storage");
});

test("events are found by source, category and time, and forgotten after fourteen days of the cloud's clock", async () => {
  const { Events: created } = await cloud.rds.send(
    new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: "orders", EventCategories: ["creation"] }),
  );
  expect(created).toMatchObject([{ Message: "DB instance created", SourceArn: arn("db", "orders") }]);
  // Not of backups: with another day on the clock, the daily one begins.
  const creations = async (days: number) =>
    (await cloud.rds.send(new DescribeEventsCommand({ EventCategories: ["creation"], Duration: days * 1440 }))).Events!;
  await callOwn(cloud, "PUT", "/shipshape/clock", { offsetSeconds: 3 * 86_400 });
  expect(await creations(1)).toEqual([]);
  expect((await creations(7)).length).toBeGreaterThan(1);
  await callOwn(cloud, "PUT", "/shipshape/clock", { offsetSeconds: 20 * 86_400 });
  expect(await creations(30)).toEqual([]);
  await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true });
});

test("authorities are listed and no maintenance is pending", async () => {
  const { DefaultCertificateForNewLaunches, Certificates } = await cloud.rds.send(new DescribeCertificatesCommand({}));
  expect([DefaultCertificateForNewLaunches, Certificates!.length]).toEqual(["rds-ca-rsa2048-g1", 3]);
  expect((await cloud.rds.send(new DescribePendingMaintenanceActionsCommand({}))).PendingMaintenanceActions).toEqual(
    [],
  );
});

test("the clock can be set and read, and refuses an invalid time", async () => {
  await callOwn(cloud, "PUT", "/shipshape/clock", { now: "2030-06-01T00:00:00Z" });
  expect((await callOwn(cloud, "GET", "/shipshape/clock")).body.now).toMatch(/^2030-06-01T00:00:0/);
  expect((await callOwn(cloud, "PUT", "/shipshape/clock", { now: "tomorrow" })).status).toBe(400);
  expect((await callOwn(cloud, "PUT", "/shipshape/clock", { reset: true })).body.offsetSeconds).toBe(0);
});
