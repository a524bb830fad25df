import { nextTrainOf, type OpenTrain } from "../../../automation/patches/next-train";
import type { Run } from "../../../automation/records";
import type { Train } from "../../../automation/train-records";

const database = (resourceId: string, engineVersion = "17.9") => ({
  ...{ identifier: resourceId, resourceId, arn: `arn:${resourceId}`, account: "123456789012", region: "eu-central-1" },
  engineVersion,
});
const identity = (resourceId: string) => `123456789012 eu-central-1 ${resourceId}`;
const planned = (id: string, to: string, rings: string[][], train: Partial<Train> = {}): OpenTrain => ({
  run: {
    requestId: id,
    plan: { to, rings: rings.map((names, at) => ({ number: at + 1, databases: names.map((name) => database(name)) })) },
  } as unknown as Run,
  train: { rings: [], decisions: [], databases: [], ...train },
});

test("the next train is the first that was requested of those that have the database before them, with its ring", () => {
  const open = [planned("t1", "17.10", [["a"], ["b"]]), planned("t2", "17.11", [["a", "b"]])];
  expect(nextTrainOf(database("b"), open)).toEqual({ id: "t1", to: "17.10", ring: 2, state: "waiting" });
  expect(nextTrainOf(database("b", "17.10"), open)).toEqual({ id: "t2", to: "17.11", ring: 1, state: "waiting" });
  expect(nextTrainOf(database("c"), open)).toBeNull();
  expect(nextTrainOf(database("a", "17.11"), open)).toBeNull();
});

test("a ring that has begun says how far it is, and a train that is over or has skipped a database is not its next", () => {
  const ring = (state: Train["rings"][number]["state"]) => ({ number: 1, state, since: new Date(0), seconds: 0 });
  const halted = planned("t1", "17.10", [["a"]], { rings: [ring("halted")] });
  expect(nextTrainOf(database("a"), [halted])).toMatchObject({ id: "t1", state: "halted" });
  expect(nextTrainOf(database("a"), [planned("t1", "17.10", [["a"]], { rings: [ring("aborted")] })])).toBeNull();
  const waiver = { id: "w", rule: "r", resource: "a", reason: "x", approver: "ben", expiresOn: "2027-01-01" };
  const skipped = { databases: [{ identity: identity("a"), ring: 1, turnOf: null, waiver }] };
  expect(nextTrainOf(database("a"), [planned("t1", "17.10", [["a"]], skipped)])).toBeNull();
});
