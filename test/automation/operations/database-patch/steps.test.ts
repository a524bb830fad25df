// What must hold right before an engine starts: RDS is at rest, the database is the planned one, the window is open.
import { databasePatchSteps } from "../../../../automation/operations/database-patch/steps";
import type { DatabasePatchPlan } from "../../../../automation/operations/database-patch/plan";
import type { OperationContext } from "../../../../automation/operations/operation-context";

let mockStatuses: string[];
let mockInstance: { version: string; resourceId: string; pending?: string };
let mockWindow: string | null;
const mockNow = () => ({
  EngineVersion: mockInstance.version,
  DbiResourceId: mockInstance.resourceId,
  ...(mockInstance.pending !== undefined && { PendingModifiedValues: { EngineVersion: mockInstance.pending } }),
  DBInstanceStatus: mockStatuses.length > 1 ? mockStatuses.shift() : mockStatuses[0],
});
jest.mock("../../../../automation/limits", () => ({
  ...jest.requireActual<object>("../../../../automation/limits"),
  cloudPoll: { share: 0, millisecondsMin: 0, millisecondsMax: 0 },
}));
let mockSettleSeconds = 60;
jest.mock("../../../../automation/operations/database-patch/limits", () => ({
  ...jest.requireActual<object>("../../../../automation/operations/database-patch/limits"),
  get settleSecondsMax() {
    return mockSettleSeconds;
  },
}));
jest.mock("../../../../automation/targets/aws-access", () => ({ awsClients: () => ({}) }));
jest.mock("../../../../automation/targets/locations", () => ({ accessTo: () => ({}) }));
jest.mock("../../../../automation/targets/database-instance", () => ({
  ...jest.requireActual<object>("../../../../automation/targets/database-instance"),
  findDatabase: () => Promise.resolve(mockNow()),
}));
jest.mock("../../../../automation/targets/database-login", () => ({
  ...jest.requireActual<object>("../../../../automation/targets/database-login"),
  describeDatabase: () => Promise.resolve(mockNow()),
}));
jest.mock("../../../../automation/runner/trains", () => ({
  takeTurn: (_: unknown, __: string, ___: string, isOpen: (window: string | null) => boolean) =>
    Promise.resolve(isOpen(mockWindow) ? undefined : { train: "train-1", reason: "its window is closed" }),
}));

const plan = {
  to: "17.10",
  database: { identifier: "orders", resourceId: "db-1", account: "123456789012", region: "eu-central-1" },
} as DatabasePatchPlan;
const steps = databasePatchSteps({
  database: { transaction: (work: (inside: object) => unknown) => work({}) },
  access: {},
} as unknown as OperationContext);
const rightBefore = (appliesAtOnce: boolean) =>
  steps.programFor(plan, "r1", appliesAtOnce).settleCloud(new AbortController().signal);

/** In UTC, so many minutes from now. */
const at = (minutes: number): string => {
  const moment = new Date(Date.now() + minutes * 60_000);
  const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][moment.getUTCDay()]!;
  return `${day}:${moment.toISOString().slice(11, 16)}`;
};
const open = `${at(-60)}-${at(60)}`;
const closed = `${at(-120)}-${at(-60)}`;
const closesSoon = `${at(-60)}-${at(2)}`;

beforeEach(() => {
  mockStatuses = ["available"];
  mockInstance = { version: "17.9", resourceId: "db-1" };
  mockWindow = null;
  mockSettleSeconds = 60;
});

test("an up waits while RDS is at work, and is refused if that does not end", async () => {
  mockStatuses = ["backing-up", "a status of next year", "modifying", "available"];
  await expect(rightBefore(true)).resolves.toEqual(new Map());
  expect(mockStatuses).toEqual(["available"]);
  mockStatuses = ["upgrading"];
  mockSettleSeconds = 0;
  await expect(rightBefore(true)).rejects.toMatchObject({ code: "patch-unsettled" });
  await expect(rightBefore(false)).rejects.toMatchObject({ code: "patch-unsettled" });
});

test("another database of that name is not touched", async () => {
  mockInstance.resourceId = "db-2";
  await expect(rightBefore(true)).rejects.toMatchObject({ code: "database-replaced" });
});

test("a turn is taken only while minutes of the window are left, and an engine starts only in it", async () => {
  mockWindow = open;
  await steps.takeTurn(plan, "r1");
  await rightBefore(true);
  mockWindow = closesSoon;
  await expect(steps.takeTurn(plan, "r1")).rejects.toMatchObject({ code: "patch-not-its-turn" });
  await rightBefore(true);
  mockWindow = closed;
  await expect(steps.takeTurn(plan, "r1")).rejects.toMatchObject({ code: "patch-not-its-turn" });
  await expect(rightBefore(true)).rejects.toMatchObject({ code: "patch-not-its-turn" });
});

test("what is patched already is brought to its end after the window, too", async () => {
  mockWindow = closed;
  await rightBefore(false);
  mockInstance.version = "17.10";
  await rightBefore(true);
});

test("a refused patch is one of which nothing has reached RDS", async () => {
  const planned = { ...plan, from: "17.9" };
  expect(await steps.isAsBefore(planned)).toBe(true);
  mockInstance.pending = "17.10";
  expect(await steps.isAsBefore(planned)).toBe(false);
  mockInstance = { version: "17.10", resourceId: "db-1" };
  expect(await steps.isAsBefore(planned)).toBe(false);
  mockInstance = { version: "17.9", resourceId: "db-2" };
  expect(await steps.isAsBefore(planned)).toBe(false);
  mockInstance = { version: "17.9", resourceId: "db-1" };
  mockStatuses = ["upgrading"];
  expect(await steps.isAsBefore(planned)).toBe(false);
});
