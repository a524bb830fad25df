import { RDSClient, type DBInstance } from "@aws-sdk/client-rds";
import type { AwsClients } from "../../../automation/targets/aws-access";
import { existingInstance } from "../../../automation/targets/existing-database";

const id = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const orders: DBInstance = {
  DBInstanceIdentifier: "orders",
  DBInstanceArn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  DbiResourceId: id,
  DBInstanceStatus: "available",
  Engine: "postgres",
  DBParameterGroups: [{ DBParameterGroupName: "theirs" }],
};

/** An API with this database; a list of parameters that is an error is refused. */
function apiWith(instance: DBInstance | undefined, parameters: object | Error = { Parameters: [] }) {
  const calls: { name: string; input: object }[] = [];
  const rds = Object.assign(new RDSClient({ region: "eu-central-1" }), {
    middlewareStack: {
      add: (noting: (next: () => unknown) => (call: object) => unknown) =>
        void noting(() => undefined)({ request: { protocol: "https:", hostname: "rds.eu-central-1.amazonaws.com" } }),
    },
    send: (command: { constructor: { name: string }; input: object }) => {
      calls.push({ name: command.constructor.name, input: command.input });
      if (command.constructor.name === "DescribeDBInstancesCommand")
        return Promise.resolve({ DBInstances: instance ? [instance] : [] });
      return parameters instanceof Error ? Promise.reject(parameters) : Promise.resolve(parameters);
    },
  });
  const sts = { send: () => Promise.resolve({ Account: "123456789012" }) };
  return { clients: { rds, sts } as unknown as AwsClients, calls };
}

test.each<[claim: string, instance: Partial<DBInstance> | undefined, code: string, says: string]>([
  ["an unknown id", undefined, "import-unknown", "in AWS, account 123456789012, Region eu-central-1"],
  [
    "a read replica",
    { ReadReplicaSourceDBInstanceIdentifier: "orders-first" },
    "import-replica",
    '"orders" is a read replica of orders-first',
  ],
  ["Aurora", { Engine: "aurora-postgresql", DBClusterIdentifier: "c" }, "import-engine", "is aurora-postgresql, and"],
  [
    "a member of a Multi-AZ cluster",
    { DBClusterIdentifier: "c" },
    "import-engine",
    "is a member of the Multi-AZ clust",
  ],
  ["another engine", { Engine: "mysql" }, "import-engine", '"orders" is mysql'],
  ["a database in creation", { DBInstanceStatus: "creating" }, "database-not-available", "is creating"],
])("%s is refused with a code", async (_, change, code, says) => {
  const { clients } = apiWith(change && { ...orders, ...change });
  const refused = await existingInstance(clients, id).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code, message: expect.stringContaining(says) as string });
});

test("a database is found by its resource id, with what was set in its parameter group", async () => {
  const set = { Parameters: [{ ParameterName: "work_mem", ParameterValue: "65536" }] };
  const { clients, calls } = apiWith(orders, set);
  expect(await existingInstance(clients, id)).toEqual({
    cloud: { account: "123456789012", region: "eu-central-1", address: "https://rds.eu-central-1.amazonaws.com" },
    instance: orders,
    parameters: { work_mem: "65536" },
  });
  expect(calls.map(({ input }) => input)).toEqual([
    { Filters: [{ Name: "dbi-resource-id", Values: [id] }] },
    expect.objectContaining({ DBParameterGroupName: "theirs", Source: "user" }),
  ]);
});

test("a caller who may not list parameters still gets the database", async () => {
  const denied = Object.assign(new Error("not you"), { name: "AccessDenied" });
  expect((await existingInstance(apiWith(orders, denied).clients, id)).parameters).toBeUndefined();
});
