// What a gate asks of CloudWatch, and what it makes of a refusal: alarms that were not read are neither none nor well.
import type { FoundAlarm } from "../../../../automation/alarm-records";
import type { Database } from "../../../../automation/database";
import { alarmSteps } from "../../../../automation/operations/ringed-patch/alarm-steps";
import type { PlannedDatabase } from "../../../../automation/operations/ringed-patch/rings";

let mockAsked: { identifier: string; resourceIds: string[] }[];
let mockAnswer: (identifier: string) => FoundAlarm[];
jest.mock("../../../../automation/targets/aws-access", () => ({ awsClients: () => ({}) }));
jest.mock("../../../../automation/targets/database-alarms", () => ({
  alarmClient: () => ({ destroy: () => undefined }),
  alarmsAbout: (_: unknown, watched: (typeof mockAsked)[number]) => {
    mockAsked.push(watched);
    return Promise.resolve().then(() => mockAnswer(watched.identifier));
  },
}));
jest.mock("../../../../automation/targets/database-instance", () => ({
  findDatabase: (_: unknown, identifier: string) =>
    Promise.resolve(
      identifier === "gone"
        ? undefined
        : {
            ...{ DBInstanceIdentifier: identifier, DbiResourceId: `db-${identifier}-now` },
            ...(identifier === "orders" && {
              ReadReplicaDBInstanceIdentifiers: ["orders-replica-1", "arn:aws:rds:eu-west-1:1:db:orders-far"],
            }),
          },
    ),
}));

let kept: Map<string, object>;
const database = {
  query: (sql: string, [, identity, states]: string[]): Promise<object[]> => {
    if (/insert into train_alarms/.test(sql)) kept.set(identity!, JSON.parse(states!) as object);
    if (!/select identity, states/.test(sql)) return Promise.resolve([]);
    return Promise.resolve([...kept].map(([one, noted]) => ({ identity: one, states: noted, patchedFrom: null })));
  },
} as unknown as Database;
const steps = alarmSteps({ access: {}, database });
const planned = (identifier: string) =>
  ({ identifier, resourceId: `db-${identifier}`, account: "1", region: "r" }) as PlannedDatabase;
const [orders, billing] = ["orders", "billing"].map(planned) as [PlannedDatabase, PlannedDatabase];
const alarm = (name: string, state: FoundAlarm["state"]): FoundAlarm => ({ name, state, reason: "high", since: null });

beforeEach(() => {
  [mockAsked, kept] = [[], new Map()];
  mockAnswer = (identifier) => [alarm(`${identifier}-cpu`, "OK")];
});

test("alarms are those of a database and of its replicas in its Region, under today's resource id and the planned one", async () => {
  expect(await steps.noteAlarms("t1", [orders])).toEqual([]);
  expect(mockAsked).toEqual([
    { identifier: "orders", resourceIds: ["db-orders-now", "db-orders"] },
    { identifier: "orders-replica-1", resourceIds: ["db-orders-replica-1-now", "db-orders"] },
  ]);
  expect([...kept.values()]).toEqual([{ "orders-cpu": "OK", "orders-replica-1-cpu": "OK" }]);
  mockAnswer = (identifier) => [alarm(`${identifier}-cpu`, identifier === "orders" ? "OK" : "ALARM")];
  expect(await steps.compareAlarms("t1", [orders])).toEqual({
    probes: [
      {
        ...{ name: "orders: alarms", verdict: "fail" },
        explanation: "in ALARM since the patch: orders-replica-1-cpu (high)",
      },
    ],
    notes: [],
  });
});

test("a refusal is an error of that database, and nothing is noted of it", async () => {
  mockAnswer = (identifier) => {
    if (identifier === "billing") throw new Error("not authorized");
    return [alarm("orders-cpu", "OK")];
  };
  const refused = { name: "billing: alarms", verdict: "error", explanation: expect.stringContaining("not authorized") };
  expect(await steps.noteAlarms("t1", [orders, billing])).toEqual([refused]);
  expect([...kept.keys()]).toEqual(["1 r db-orders"]);
  const { probes } = await steps.compareAlarms("t1", [orders, billing]);
  expect(probes).toEqual([{ name: "orders: alarms", verdict: "pass", explanation: expect.any(String) }, refused]);
});

test("what was not noted before the patch cannot be compared, and that is no pass", async () => {
  expect((await steps.compareAlarms("t1", [billing])).probes).toMatchObject([{ verdict: "inconclusive" }]);
});

test("a database without alarms passes nothing, and that is said", async () => {
  mockAnswer = () => [];
  expect(await steps.noteAlarms("t1", [billing, planned("gone")])).toEqual([]);
  expect(await steps.compareAlarms("t1", [billing])).toEqual({
    ...{ probes: [], notes: ["billing: alarms: no alarm of CloudWatch is about it"] },
  });
});
