import { CreateDBInstanceCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { createServer, type AddressInfo } from "node:net";
import * as rds from "@pulumi/aws/rds";
import { instanceIs, startCloud, type Cloud } from "../../../cloud";
import { until } from "../../../until";
import type { PluginStack } from "../plugin-stack";
import { createAwsStack } from "./aws-stack";

/** What is left when the cloud or the engine is killed during a creation. */
let cloud: Cloud;
let stack: PluginStack;

beforeAll(async () => {
  // The address has to outlive the server, as an endpoint of AWS does.
  cloud = await startCloud({ env: { SHIPSHAPE_LOCAL_PORT: String(await freePort()) } });
  stack = await createAwsStack("interrupted", cloud);
});

afterAll(async () => {
  stack?.remove();
  await cloud?.stop();
});

const settings = { instanceClass: "db.t4g.medium", allocatedStorage: 20, engine: "postgres" };
const program = async () => {
  new rds.Instance("db", {
    ...settings,
    identifier: "orders",
    username: "dbadmin",
    password: "correct-horse-battery",
    skipFinalSnapshot: true,
  });
};

test("a database whose cloud was killed during its creation is in state, and the next up waits for it", async () => {
  const interrupted = stack.up(program);
  await exists("orders");
  await cloud.kill("SIGKILL");
  expect(await interrupted).toMatchObject({
    failed: true,
    diagnostics: expect.stringContaining("the embedded cloud does not answer"),
  });

  await cloud.restart();
  const { failed, outputs } = await stack.up(program);
  expect(failed).toBe(false);
  expect(outputs.db).toMatchObject({ status: "available", endpoint: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
  expect(await stack.up(program)).toMatchObject({ failed: false, changes: {} });
  expect(await stack.destroy()).toMatchObject({ failed: false });
});

test("an existing database that is not in state is not adopted, and the error says what to do", async () => {
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "orders",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      Engine: "postgres",
      MasterUsername: "dbadmin",
      MasterUserPassword: "somebody-elses-1",
    }),
  );
  await instanceIs(cloud, "orders", "available");
  const { failed, diagnostics } = await stack.up(program);
  expect(failed).toBe(true);
  expect(diagnostics).toMatch(
    /creating RDS DB Instance \(orders\): DBInstanceAlreadyExists.*delete it .* or import it .*, and run `up` again/,
  );
});

async function exists(identifier: string): Promise<void> {
  await until(`${identifier} was requested`, async () => {
    const { DBInstances = [] } = await cloud.rds.send(new DescribeDBInstancesCommand({}));
    return DBInstances.some((instance) => instance.DBInstanceIdentifier === identifier);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
