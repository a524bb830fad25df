import { identityOf, type InstanceProperties, type StacksAnswer } from "../../../automation/fleet-records";
import {
  databasesIn,
  declaredIn,
  withDeclared,
  type StateResource,
} from "../../../automation/runner/declared-databases";

const urn = (type: string, name: string) => `urn:pulumi:database.orders::shipshape::${type}::${name}`;
const component: StateResource = {
  urn: urn("shipshape:index:StandardDatabase", "orders"),
  type: "shipshape:index:StandardDatabase",
};
const outputs = {
  engine: "postgres",
  identifier: "orders-production",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
  resourceId: "db-ORDERS",
  tags: { owner: "team-orders" },
  tagsAll: { owner: "team-orders", tier: "gold" },
};
const instance = (change: Partial<StateResource> = {}): StateResource => ({
  urn: urn("shipshape:index:StandardDatabase$aws:rds/instance:Instance", "orders-instance"),
  type: "aws:rds/instance:Instance",
  parent: component.urn,
  outputs,
  ...change,
});
const read = (...resources: StateResource[]) => databasesIn("shipshape/database.orders", resources);

test("a standard database is known by resource id, account and Region, with its tags", () => {
  expect(read(component, instance())).toEqual({
    databases: [
      {
        identifier: "orders-production",
        resourceId: "db-ORDERS",
        arn: outputs.arn,
        account: "123456789012",
        region: "eu-central-1",
        stack: "shipshape/database.orders",
        urn: component.urn,
        tags: { owner: "team-orders", tier: "gold" },
        isStandard: true,
        instance: expect.objectContaining({ urn: instance().urn, managesPassword: null, masterSecretKey: null }),
      },
    ],
    unidentified: [],
  });
});

test("what no refresh compares is read as the program gave it, and what it left to RDS as RDS had it", () => {
  const inputs = { manageMasterUserPassword: true, masterUserSecretKmsKeyId: "arn:key", port: 1 };
  const [found] = read(
    component,
    instance({ created: "2026-01-01T00:00:00Z", inputs, outputs: { ...outputs, port: 5432 } }),
  ).databases;
  expect(found!.instance).toEqual({
    urn: instance().urn,
    createdAt: "2026-01-01T00:00:00Z",
    managesPassword: true,
    masterSecretKey: "arn:key",
    port: 5432,
    optionGroup: null,
  });
});

test("a parameter group is known by its ARN, and a parameter that is a secret has no value", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
  const parameters = [
    { name: "log_connections", value: "1" },
    { name: "a", value: secret },
  ];
  const group = {
    urn: urn("aws:rds/parameterGroup:ParameterGroup", "group"),
    type: "aws:rds/parameterGroup:ParameterGroup",
    inputs: { parameters },
    outputs: { arn: "arn:aws:rds:eu-central-1:123456789012:pg:standard", family: "postgres17" },
  };
  const read = declaredIn("shipshape/platform.dev", [group, { ...group, external: true }]);
  expect(read.nearby!.parameterGroups).toEqual([
    {
      ...{ urn: group.urn, ...group.outputs },
      parameters: [
        { name: "log_connections", value: "1" },
        { name: "a", value: null },
      ],
    },
  ]);
});

test("a shared snapshot is known by its ARN, and a role of a database with the Region of its provider", () => {
  const provider = urn("pulumi:providers:aws", "west");
  const of = (type: string, more: object) => ({ urn: urn(type, "one"), type, provider: `${provider}::id`, ...more });
  const dbSnapshotArn = "arn:aws:rds:eu-west-1:123456789012:snapshot:before";
  const roleArn = "arn:aws:iam::123456789012:role/export";
  const association = { dbInstanceIdentifier: "orders", roleArn };
  const { nearby } = declaredIn("shipshape/x", [
    { urn: provider, type: "pulumi:providers:aws", inputs: { region: "eu-west-1" } },
    of("aws:rds/snapshotCopy:SnapshotCopy", { inputs: { sharedAccounts: ["1"] }, outputs: { dbSnapshotArn } }),
    of("aws:rds/roleAssociation:RoleAssociation", { outputs: association }),
    of("aws:rds/roleAssociation:RoleAssociation", { outputs: { ...association, region: "eu-north-1" } }),
  ]);
  expect(nearby!.snapshots).toEqual([{ arn: dbSnapshotArn, accounts: ["1"] }]);
  expect(nearby!.roles.map(({ region }) => region)).toEqual(["eu-west-1", "eu-north-1"]);
});

test("a read replica is declared near its source, and is no database of its own", () => {
  const replica = {
    ...outputs,
    identifier: "orders-production-replica-1",
    resourceId: "db-REPLICA",
    replicateSourceDb: "orders-production",
  };
  const resources = [component, instance(), instance({ urn: `${instance().urn}-1`, outputs: replica })];
  const { databases, nearby } = declaredIn("shipshape/database.orders", resources);
  expect(databases.map((one) => one.resourceId)).toEqual(["db-ORDERS"]);
  expect(nearby!.replicas).toMatchObject([{ identifier: "orders-production-replica-1", resourceId: "db-REPLICA" }]);
});

test("a database that another component or no component declares is declared, without the standard", () => {
  const other = { urn: urn("acme:index:Service", "orders"), type: "acme:index:Service" };
  expect(read(other, instance({ parent: other.urn })).databases).toMatchObject([{ isStandard: false }]);
  const alone = instance({ parent: undefined as never });
  expect(read(alone).databases).toMatchObject([{ isStandard: false, urn: alone.urn }]);
  const circle = { ...other, parent: other.urn };
  expect(read(circle, instance({ parent: circle.urn })).databases).toMatchObject([{ isStandard: false }]);
});

test("an instance of a cluster has its resource id under another name", () => {
  const { resourceId, ...rest } = outputs;
  const type = "aws:rds/clusterInstance:ClusterInstance";
  const member = instance({ type, outputs: { ...rest, engine: "aurora-postgresql", dbiResourceId: resourceId } });
  expect(read(member).databases).toMatchObject([{ resourceId: "db-ORDERS" }]);
});

test("one that is replaced and not removed yet still exists; one that a stack only reads is another stack's", () => {
  const old = { ...instance({ outputs: { ...outputs, resourceId: "db-OLD" } }), delete: true };
  expect(read(component, old, instance()).databases.map((d) => d.resourceId)).toEqual(["db-OLD", "db-ORDERS"]);
  expect(read(instance({ external: true }))).toEqual({ databases: [], unidentified: [] });
});

test("databases of other engines, and other resources, are left out", () => {
  const other = { urn: urn("aws:s3/bucket:Bucket", "b"), type: "aws:s3/bucket:Bucket", outputs };
  expect(read(other, instance({ outputs: { ...outputs, engine: "mysql" } }))).toEqual({
    databases: [],
    unidentified: [],
  });
});

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
test.each([
  ["has no outputs, since its creation was interrupted", undefined],
  ["has an encrypted resource id", { ...outputs, resourceId: secret }],
  ["has an empty resource id", { ...outputs, resourceId: "" }],
  ["has no ARN", { ...outputs, arn: undefined }],
])("an instance that %s is named, and not left out", (_, changed) => {
  expect(read(component, instance({ outputs: changed as never }))).toEqual({
    databases: [],
    unidentified: ["orders-instance has no readable resource id: bring the stack up, or refresh it"],
  });
});

test("a standard database without an instance is named", () => {
  expect(read(component).unidentified).toEqual([
    "StandardDatabase orders has no DB instance: its last `up` did not create it",
  ]);
});

test("encrypted tags are left out, and hide nothing else", () => {
  const tags = { owner: secret, tier: "gold" };
  expect(read(instance({ outputs: { ...outputs, tagsAll: tags } })).databases[0]?.tags).toEqual({ tier: "gold" });
});

describe("the roles of a standard database", () => {
  const shape = {
    schemaName: "orders",
    roles: {
      owner: { authentication: "password", secretName: "shipshape/orders/owner" },
      readwrite: { authentication: "password", secretName: "shipshape/orders/readwrite" },
      readonly: { authentication: "iam" },
    },
  };
  const secretArns = { owner: "arn:owner", readwrite: "arn:readwrite" };
  const rotation = { readwrite: { generation: 2, locked: 0 } };
  const declared = (of: object) => read({ ...component, outputs: { ...of } }, instance()).databases;

  test("are those with a password, each with its secret and how often that was rotated", () => {
    expect(declared({ shape, secretArns, rotation })[0]?.access).toEqual({
      schemaName: "orders",
      roles: {
        owner: { generation: 0, secretName: "shipshape/orders/owner" },
        readwrite: { generation: 2, locked: 0, secretName: "shipshape/orders/readwrite" },
      },
    });
  });

  test("are unknown while they are to be created later, or where an older version has declared them", () => {
    expect(declared({ shape, secretArns: {} })[0]).not.toHaveProperty("access");
    expect(declared({})[0]).not.toHaveProperty("access");
  });

  const databases = declared({ shape, secretArns, rotation });
  const answer: StacksAnswer & { asked: true } = {
    asked: true,
    backend: "a folder",
    stacks: [{ name: "shop/orders", databases, platforms: [], unidentified: [] }],
    unread: [],
  };
  const cloud: InstanceProperties = {
    account: "123456789012",
    region: "eu-central-1",
    instances: new Map([[identityOf(databases[0]!), { MultiAZ: true }]]),
  };

  test("are properties of the database beside those that the cloud reports", () => {
    expect(withDeclared(cloud, answer).instances.get(identityOf(databases[0]!))).toEqual({
      MultiAZ: true,
      "owner.generation": 0,
      "owner.locked": null,
      "readwrite.generation": 2,
      "readwrite.locked": 0,
    });
  });

  test("are not known to be unset where a stack could not be read", () => {
    expect(() => withDeclared(cloud, { asked: false, backend: undefined, reason: "no network" })).toThrow(/no network/);
    const unread = [{ stack: "shop/wiki", reason: "broken" }];
    expect(() => withDeclared(cloud, { ...answer, unread })).toThrow(/shop\/wiki could not be read: broken/);
  });
});
