// What becomes of a target that lets nobody in, since its storage is full: no cloud can be made to do that in a test.
import type { DBInstance } from "@aws-sdk/client-rds";
import type { CleanUpReport } from "../../../../automation/records";
import type { TargetEnd } from "../../../../automation/operations/environment-refresh/target-steps";
import { targetSteps } from "../../../../automation/operations/environment-refresh/target-steps";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import type { OperationContext } from "../../../../automation/operations/operation-context";
import { copyTagKeys } from "../../../../components/standards/fixed";

const mockWorld: { found: DBInstance | undefined; begun: string[] } = { found: undefined, begun: [] };
jest.mock("../../../../automation/targets/database-instance", () => ({
  ...jest.requireActual<object>("../../../../automation/targets/database-instance"),
  findDatabase: () => Promise.resolve(mockWorld.found),
  deleteDatabase: () => Promise.resolve(void (mockWorld.found = undefined)),
  findBackups: () => Promise.resolve([]),
}));
jest.mock("../../../../automation/runner/stack-state", () => ({ stackExists: () => Promise.resolve(false) }));
jest.mock("../../../../automation/runner/runs", () => ({
  hasBegun: (_: unknown, __: string, step: string) => Promise.resolve(mockWorld.begun.includes(step)),
}));
jest.mock("../../../../automation/runner/pulumi-stack", () => ({
  removeStack: (
    _: unknown,
    { settleCloud }: { settleCloud(signal: AbortSignal): Promise<unknown> },
    signal: AbortSignal,
  ) => settleCloud(signal),
}));

const { signal } = new AbortController();
const id = "261128000000-abc";
function endOf(begun: string[], existing: { resourceId: string } | null = null) {
  mockWorld.begun = begun;
  mockWorld.found = {
    ...{ DBInstanceIdentifier: "orders-staging", DbiResourceId: "db-TARGET", DBInstanceStatus: "storage-full" },
    MasterUserSecret: { SecretArn: "arn:master" },
    TagList: [{ Key: copyTagKeys.request, Value: id }],
  };
  const noLogin = () => Promise.reject(new Error("its status is storage-full"));
  const access = { clientsOf: () => ({}) as never, targetLogin: noLogin, team: { tag: () => Promise.resolve() } };
  const steps = targetSteps({ access: {} } as unknown as OperationContext, access);
  const plan = {
    copy: {
      ...{ identifier: "orders-staging", stack: "refreshed-database.orders-staging", existing },
      arguments: { request: { maskedCopy: { request: id } } },
    },
  } as unknown as EnvironmentRefreshPlan;
  return {
    decided: (): Promise<TargetEnd> => steps.decideOnTarget(plan, id, signal),
    removed: (end: TargetEnd): Promise<CleanUpReport["removed"]> => steps.endTarget(plan, id, end, signal),
  };
}

test("a target of the refresh's own that was never handed over is removed without a login to it", async () => {
  const { decided, removed } = endOf(["copy and mask"]);
  const end = await decided();
  expect(end).toEqual({ becomes: "goes", resourceId: "db-TARGET" });
  expect((await removed(end)).map(({ kind }) => kind)).toEqual(["database", "backups", "stack"]);
  expect(mockWorld.found).toBeUndefined();
});

test.each<[string, string[], { resourceId: string } | null]>([
  ["that may have been handed over", ["copy and mask", "hand over"], null],
  ["that has an older copy", ["copy and mask"], { resourceId: "db-TARGET" }],
])("a target %s is left alone until it can be asked", async (_, begun, existing) => {
  await expect(endOf(begun, existing).decided()).rejects.toThrow("storage-full");
  expect(mockWorld.found).toBeDefined();
});
