// What a train removes when it is over: only what its own patches took, and only of what is well.
import { DBSnapshotNotFoundFault, RDSClient, type DBSnapshot } from "@aws-sdk/client-rds";
import type { Database } from "../../../../automation/database";
import { cleanUpReport, cleanUpSteps } from "../../../../automation/operations/ringed-patch/clean-up-steps";
import type { Ring } from "../../../../automation/operations/ringed-patch/rings";
import type { SealedRun } from "../../../../automation/sealed-records";

let mockSnapshots: Map<string, DBSnapshot>;
const mockClient = Object.assign(new RDSClient({ region: "eu-central-1" }), {
  send: ({ constructor, input }: { constructor: { name: string }; input: Record<string, string> }) => {
    const found = mockSnapshots.get(input["DBSnapshotIdentifier"] ?? "");
    if (constructor.name === "DeleteDBSnapshotCommand")
      return Promise.resolve(void mockSnapshots.delete(input["DBSnapshotIdentifier"]!));
    if (input["DBSnapshotIdentifier"] === undefined)
      return Promise.resolve({
        DBSnapshots: [...mockSnapshots.values()].filter((one) => one.DbiResourceId === input["DbiResourceId"]),
      });
    if (!found) return Promise.reject(new DBSnapshotNotFoundFault({ message: "gone", $metadata: {} }));
    return Promise.resolve({ DBSnapshots: [found] });
  },
});
jest.mock("../../../../automation/targets/aws-access", () => ({ awsClients: () => ({ rds: mockClient }) }));
jest.mock("../../../../automation/targets/locations", () => ({ accessTo: () => ({}) }));

const snapshot = (name: string, DbiResourceId: string, request: string): void =>
  void mockSnapshots.set(name, {
    ...{ DBSnapshotIdentifier: name, DbiResourceId, Status: "available" },
    TagList: [{ Key: "shipshape:request", Value: request }],
  });
const planned = (name: string) => ({
  ...{ identifier: name, resourceId: `db-${name}`, arn: "", account: "1", region: "r" },
});
const ring = { number: 1, databases: ["a", "b"].map(planned) } as unknown as Ring;

let state: string;
let sealed: SealedRun[];
const database = {
  query: (sql: string): Promise<object[]> => {
    if (/from request/.test(sql)) return Promise.resolve([{ id: "c0" }, { id: "c1" }, { id: "c2" }]);
    if (/from train_ring/.test(sql)) return Promise.resolve([{ number: 1, state }]);
    if (/from train_database/.test(sql))
      return Promise.resolve([
        { identity: "1 r db-a", ring: 1, turnOf: "c1", waiver: null },
        { identity: "1 r db-b", ring: 1, turnOf: "c2", waiver: null },
      ]);
    if (/delete from train_alarms/.test(sql)) return Promise.resolve([{}]);
    return Promise.resolve(/delete from train_load/.test(sql) ? [{}, {}, {}] : []);
  },
} as unknown as Database;
const steps = cleanUpSteps({ database, access: {}, sealedRuns: () => Promise.resolve(sealed) });
const run = (requestId: string, verdict: SealedRun["verdict"]): SealedRun => ({
  ...{ requestId, status: "succeeded", verdict, evidence: "0", reason: null },
});

beforeEach(() => {
  mockSnapshots = new Map();
  snapshot("shipshape-patch-c0", "db-a", "c0"); // of an attempt before
  snapshot("shipshape-patch-c1", "db-a", "c1");
  snapshot("shipshape-patch-c2", "db-b", "c2");
  snapshot("shipshape-patch-other", "db-a", "other"); // of a patch that was requested alone
  snapshot("before-the-migration", "db-a", "c1");
  state = "promoted";
  sealed = [run("c1", "pass"), run("c2", "pass")];
});
const removed = () => steps.removeSnapshots("t1", ring, new AbortController().signal);

test("of a ring that is well, the snapshots of its patches go, and no other", async () => {
  expect(await removed()).toMatchObject({
    ...{ removed: ["shipshape-patch-c0", "shipshape-patch-c1", "shipshape-patch-c2"], kept: [] },
  });
  expect([...mockSnapshots.keys()]).toEqual(["shipshape-patch-other", "before-the-migration"]);
  expect(await removed()).toMatchObject({ removed: [], kept: [] });
});

test("the snapshot of a database that is not well stays, and so do all of a ring that is not promoted", async () => {
  sealed = [run("c1", "pass"), run("c2", "fail")];
  expect(await removed()).toMatchObject({ kept: ["shipshape-patch-c2"] });
  state = "aborted";
  expect(await removed()).toMatchObject({ removed: [], kept: ["shipshape-patch-c2"] });
  expect(mockSnapshots.has("shipshape-patch-c2")).toBe(true);
});

test("a snapshot that has the name and not the tag, or is of another instance, stays", async () => {
  snapshot("shipshape-patch-c1", "db-a", "someone's");
  expect(await removed()).toMatchObject({ kept: ["shipshape-patch-c1"] });
});

test("what was removed is named with its proof, and what was kept with the reason", async () => {
  sealed = [run("c1", "pass")];
  const report = cleanUpReport("t1", await steps.forgetLoads("t1"), [{ number: 1, ...(await removed()) }]);
  expect(report.removed).toMatchObject([
    { kind: "counted loads", identifier: "t1", provenGoneBy: "3 rows deleted" },
    { kind: "states of alarms", identifier: "t1", provenGoneBy: "1 row deleted" },
    { kind: "snapshots", identifier: "ring 1: shipshape-patch-c0, shipshape-patch-c1" },
  ]);
  expect(report.left).toMatchObject([{ kind: "snapshots", identifier: "ring 1: shipshape-patch-c2" }]);
});
