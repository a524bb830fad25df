// A switchover that RDS rolls back, and a run that ends right after one: what is committed, adopted and removed.
import {
  DBParameterGroupNotFoundFault,
  InvalidBlueGreenDeploymentStateFault,
  type BlueGreenDeployment,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { ShipshapeError } from "../../../../automation/errors";
import { cleanUpBlueGreen, patchByBlueGreen } from "../../../../automation/operations/database-patch/blue-green";
import { blueGreenSteps } from "../../../../automation/operations/database-patch/blue-green-steps";
import type { BlueGreenPlan } from "../../../../automation/operations/database-patch/plan";
import type { DatabasePatchSteps } from "../../../../automation/operations/database-patch/steps";
import { upgradeSteps, type TakenBack } from "../../../../automation/operations/database-patch/upgrade-steps";
import type { OperationContext } from "../../../../automation/operations/operation-context";
import type { Step } from "../../../../automation/runner/operation";
import type { AwsClients } from "../../../../automation/targets/aws-access";
import { switchOver } from "../../../../automation/targets/blue-green";

jest.mock("../../../../automation/limits", () => ({
  ...jest.requireActual<object>("../../../../automation/limits"),
  cloudPoll: { share: 0, millisecondsMin: 0, millisecondsMax: 0 },
}));

jest.mock("../../../../automation/operations/settled-program", () => ({
  settledProgram: () => ({ program: () => () => Promise.resolve({}), settleCloud: () => Promise.resolve(new Map()) }),
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

describe("the clean-up of an upgrade that did not take place", () => {
  const upgrade = { prepare: { requestId: "patch-1-prepared" } };
  const ours = { ...plan, from: "16.14", to: "17.10", blueGreen: { ...plan.blueGreen, parameterGroup: "g", upgrade } };
  /** What it did to the stack, and what it reports. */
  async function cleaned(taken: TakenBack, more: object = {}) {
    const done: string[] = [];
    const gone = { removed: [{ kind: "parameter group", identifier: "g", provenGoneBy: "DescribeDBParameterGroups" }] };
    const blueGreen = {
      ...{ remove: () => Promise.resolve(undefined), proveGone: () => Promise.resolve([]) },
      ...{ takeBack: () => Promise.resolve(taken), foreseeRemoval: () => (done.push("preview"), Promise.resolve()) },
      ...{ removeGroup: () => (done.push("remove"), Promise.resolve(gone)), ...more },
    };
    const changes = { bringUp: () => (done.push("up"), Promise.resolve()) };
    const steps = { blueGreen, changes, programOf: () => ({}) } as unknown as DatabasePatchSteps;
    const step = ((_: string, __: object, work: (at: AbortSignal) => unknown) => work(signal)) as unknown as Step;
    return { report: await cleanUpBlueGreen(steps, ours as unknown as BlueGreenPlan, step), done };
  }

  test("brings the stack up only once that is known to delete its parameter group alone", async () => {
    const { report, done } = await cleaned("taken back");
    expect(done).toEqual(["preview", "up", "remove"]);
    expect(report).toMatchObject({ removed: [{ kind: "parameter group" }] });
    const wider = new ShipshapeError("patch-wider", { identifier: "orders", stack: "s", changes: "cpu: threshold" });
    const stopped = await cleaned("taken back", { foreseeRemoval: () => Promise.reject(wider) });
    expect(stopped.done).toEqual([]);
    expect(stopped.report.left).toEqual([
      expect.objectContaining({ identifier: "g", reason: expect.stringContaining("cpu: threshold") as string }),
    ]);
  });

  test("leaves a config that someone has changed since, and says all that it still declares", async () => {
    const { report, done } = await cleaned("changed since");
    expect(done).toEqual([]);
    expect(report.left).toEqual([
      expect.objectContaining({
        reason: expect.stringMatching(/postgresMajor 16 and engineVersion "16\.14", take otherMajor out/) as string,
      }),
    ]);
  });

  test("does nothing to a stack that was not prepared, or whose name has moved", async () => {
    expect(await cleaned("nothing")).toEqual({ report: { removed: [] }, done: [] });
  });
});

describe("the `up` that prepares another major", () => {
  const name = "orders-postgres17";
  const prepared = { ...plan, blueGreen: { ...plan.blueGreen, parameterGroup: name } };
  function preparing(hasGroup: boolean) {
    const sent: string[] = [];
    const send = ({ constructor }: object) => {
      sent.push(constructor.name);
      if (!hasGroup) throw new DBParameterGroupNotFoundFault({ message: name, $metadata: {} });
      return Promise.resolve({});
    };
    const shared = { clientsFor: () => ({ rds: { send } }) } as unknown as Parameters<typeof upgradeSteps>[1];
    return { sent, ...upgradeSteps({} as OperationContext, shared).preparing(prepared) };
  }

  test("deletes a group that an engine has made and not recorded, and no other", async () => {
    const left = preparing(true);
    expect(await left.settleCloud(signal)).toEqual(new Map([[name, name]]));
    // `bringUp` passes on what the state lacks.
    await left.program(new Map([[name, name]]))();
    expect(left.sent).toContain("DeleteDBParameterGroupCommand");
    const recorded = preparing(true);
    await recorded.program(new Map())();
    expect(recorded.sent).not.toContain("DeleteDBParameterGroupCommand");
    expect(await preparing(false).settleCloud(signal)).toEqual(new Map());
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
