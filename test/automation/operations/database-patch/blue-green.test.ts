// A switchover that RDS rolls back, and a run that ends right after one: what is committed, adopted and removed.
import { InvalidBlueGreenDeploymentStateFault, type BlueGreenDeployment, type RDSClient } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../../../../automation/errors";
import { patchByBlueGreen } from "../../../../automation/operations/database-patch/blue-green";
import { blueGreenSteps } from "../../../../automation/operations/database-patch/blue-green-steps";
import type { BlueGreenPlan } from "../../../../automation/operations/database-patch/plan";
import type { DatabasePatchSteps } from "../../../../automation/operations/database-patch/steps";
import type { OperationContext } from "../../../../automation/operations/operation-context";
import type { Step } from "../../../../automation/runner/operation";
import type { AwsClients } from "../../../../automation/targets/aws-access";
import { switchOver } from "../../../../automation/targets/blue-green";

jest.mock("../../../../automation/limits", () => ({
  ...jest.requireActual<object>("../../../../automation/limits"),
  cloudPoll: { share: 0, millisecondsMin: 0, millisecondsMax: 0 },
}));

const arnOf = (name: string) => `arn:aws:rds:eu-central-1:123456789012:db:${name}`;
const plan = {
  database: { identifier: "orders", resourceId: "db-1", arn: arnOf("orders"), account: "123456789012" },
  change: { stack: "shipshape/database.orders", requestId: "patch-1" },
  blueGreen: { deployment: "shipshape-patch-1", parameterGroup: "standard" },
} as BlueGreenPlan;
const { signal } = new AbortController();

describe("a switchover that RDS rolls back", () => {
  /** What was done, in order; `isAsBefore`: what RDS says of the database afterwards. */
  async function patched(isAsBefore: boolean) {
    const done: string[] = [];
    const does = (name: string, result: unknown) => () => (done.push(name), Promise.resolve(result));
    const rolledBack = new ShipshapeError("switchover-rolled-back", {
      ...{ identifier: "orders", status: "SWITCHOVER_FAILED", reason: "long writes on orders" },
    });
    const blueGreen = new Proxy(
      {},
      { get: (_, name: string) => (name === "switchOver" ? () => Promise.reject(rolledBack) : does(name, {})) },
    );
    const changes = { commit: does("commit", { isOwn: true }), takeBack: does("take back", undefined) };
    const steps = {
      ...{ blueGreen, changes, look: does("look", {}), foresee: does("foresee", undefined) },
      ...{ snapshot: does("snapshot", "arn"), takeTurn: does("turn", undefined), isAsBefore: () => isAsBefore },
    } as unknown as DatabasePatchSteps;
    const step = Object.assign((_: string, __: object, work: (at: AbortSignal) => unknown) => work(signal), {
      requestId: "patch-1",
    }) as unknown as Step;
    await expect(patchByBlueGreen(steps, plan, step)).rejects.toBe(rolledBack);
    return done.slice(done.indexOf("turn") + 1);
  }

  test("adopts nothing, and its commit is taken back once RDS says that the database is as it was", async () => {
    expect(await patched(true)).toEqual(["commit", "take back"]);
  });

  test("leaves its commit where RDS does not say so", async () => {
    expect(await patched(false)).toEqual(["commit"]);
  });

  test("is an error that names why, and is never begun again by another attempt", async () => {
    const cloud = deployed("AVAILABLE");
    const wanted = { name: "shipshape-patch-1", identifier: "orders", timeoutSeconds: 300 };
    const attempt = () => switchOver(cloud.clients, wanted, () => Promise.resolve(), signal);
    cloud.onSwitchover = () =>
      Object.assign(cloud.deployment!, { Status: "SWITCHOVER_FAILED", StatusDetails: "a lag" });
    for (let attempts = 0; attempts < 2; attempts++)
      await expect(attempt()).rejects.toMatchObject({
        ...{ code: "switchover-rolled-back", message: expect.stringContaining("a lag") },
      });
    expect(cloud.sent.filter((name) => name === "SwitchoverBlueGreenDeploymentCommand")).toHaveLength(1);
  });

  test("loses its green instance in the clean-up, and nothing is recorded or adopted", async () => {
    const cloud = deployed("SWITCHOVER_FAILED");
    expect(await cleanedUp(cloud)).toEqual({
      ...{ removed: { deployment: "shipshape-patch-1", green: "orders-green-abc123" }, recorded: [], adopted: [] },
    });
    expect(cloud.deleted).toEqual({ BlueGreenDeploymentIdentifier: "bgd-1", DeleteTarget: true });
  });
});

test("a run that ended right after the switchover is brought to its end by its clean-up: recorded, tagged and adopted", async () => {
  const cloud = deployed("SWITCHOVER_COMPLETED");
  const { removed, recorded, adopted } = await cleanedUp(cloud);
  expect(removed).toEqual({ deployment: "shipshape-patch-1", green: null });
  expect(recorded).toEqual([
    ["123456789012 eu-central-1 db-1", "orders-old1", "123456789012 eu-central-1 db-2", "patch-1"],
  ]);
  expect(adopted).toMatchObject([{ stack: "shipshape/database.orders", replaced: "db-1", by: { resourceId: "db-2" } }]);
  expect(cloud.sent).toContain("AddTagsToResourceCommand");
  expect(cloud.deleted).toEqual({ BlueGreenDeploymentIdentifier: "bgd-1" });
});

/** One deployment in RDS, in that status. */
function deployed(Status: string) {
  const isSwitched = Status === "SWITCHOVER_COMPLETED";
  const [blue, green] = isSwitched ? ["orders-old1", "orders"] : ["orders", "orders-green-abc123"];
  const described: BlueGreenDeployment = {
    ...{ BlueGreenDeploymentIdentifier: "bgd-1", Source: arnOf(blue), Target: arnOf(green), Status },
  };
  const cloud = {
    deployment: described as BlueGreenDeployment | undefined,
    sent: [] as string[],
    deleted: undefined as unknown,
    onSwitchover: () => ({}) as object,
    clients: { rds: { send } as unknown as RDSClient } as AwsClients,
  };
  return cloud;

  function send(command: { input: Record<string, unknown> }): Promise<object> {
    const { name } = command.constructor;
    cloud.sent.push(name);
    const id = String(command.input["DBInstanceIdentifier"]);
    const instance = { DBInstanceIdentifier: id, DBInstanceArn: arnOf(id), DBInstanceStatus: "available" };
    switch (name) {
      case "DescribeBlueGreenDeploymentsCommand":
        return Promise.resolve({ BlueGreenDeployments: cloud.deployment ? [cloud.deployment] : [] });
      case "DescribeDBInstancesCommand":
        return Promise.resolve({ DBInstances: [{ ...instance, DbiResourceId: id === "orders" ? "db-2" : "db-1" }] });
      case "SwitchoverBlueGreenDeploymentCommand":
        if (cloud.deployment?.Status !== "AVAILABLE")
          throw new InvalidBlueGreenDeploymentStateFault({ message: "it is not available", $metadata: {} });
        return Promise.resolve(cloud.onSwitchover());
      case "DeleteBlueGreenDeploymentCommand":
        cloud.deleted = command.input;
        return Promise.resolve({});
      default:
        return Promise.resolve({});
    }
  }
}

async function cleanedUp({ clients }: ReturnType<typeof deployed>) {
  const [recorded, adopted]: [unknown[], object[]] = [[], []];
  const context = {
    database: { query: (_: string, values: unknown[]) => (recorded.push(values), Promise.resolve([])) },
  } as unknown as OperationContext;
  const changes = {
    adopt: (stack: string, replacement: object) => (adopted.push({ stack, ...replacement }), Promise.resolve()),
  };
  const shared = { changes, clientsFor: () => clients } as unknown as Parameters<typeof blueGreenSteps>[1];
  return { removed: await blueGreenSteps(context, shared).remove(plan, signal), recorded, adopted };
}
