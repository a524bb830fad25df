// Scheduled drills against a real control plane: bounded, caught up, and never doubled.
import { openControlPlane, type ControlPlane } from "../../automation/control-plane";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import type { DatabaseRecovery } from "../../automation/observability/recoverability";
import { restoreDrill } from "../../automation/operations/restore-drill/restore-drill";
import type { RestoreDrillSteps } from "../../automation/operations/restore-drill/steps";
import { targetDatabase, type FleetDatabase } from "../../automation/records";
import { readRequest } from "../../automation/request/requests";
import { endRun } from "../../automation/runner/runs";
import { makeControlPlaneDatabase, type TestDatabase } from "./control-plane-database";

let postgres: TestDatabase;
let database: ControlPlaneDatabase;
let controlPlane: ControlPlane;
const unused = () => {
  throw new Error("not used here");
};
beforeAll(async () => {
  postgres = await makeControlPlaneDatabase();
  database = await openDatabase(postgres.url);
  controlPlane = await openControlPlane({
    databaseUrl: postgres.url,
    signer: unused,
    toolVersions: {},
    operations: async () => [restoreDrill({} as RestoreDrillSteps)],
  });
});
afterAll(async () => {
  await controlPlane?.close();
  await database?.close();
  await postgres?.remove();
});
beforeEach(async () => {
  await database.query("delete from run");
  await database.query("delete from request");
});

const databases = ["ledger", "orders", "payments", "users"].map((identifier): FleetDatabase => {
  const arn = `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`;
  const known = targetDatabase({ identifier, resourceId: `db-${identifier}`, arn });
  return { ...known, restorableFrom: new Date(0), backupRetentionDays: 7, run: undefined };
});
const fleet = { asked: true as const, databases };
const never = databases.map((one): DatabaseRecovery => ({
  database: one,
  recoverability: "never",
  reason: "it was never drilled",
  decidedBy: undefined,
  beside: [],
}));
const submit = async (openMax: number, now = new Date()) =>
  (await controlPlane.submitDueDrills(never, fleet, { now, openMax, requestedBy: "ana" })).map((s) => s.requestId);
const requested = async () =>
  (await database.query<{ name: string }>("select input ->> 'database' as name from request order by 1")).map(
    (r) => r.name,
  );

test("as many drills are requested as may be open, and the others when these have ended", async () => {
  const first = await submit(3);
  expect(await requested()).toEqual(["ledger", "orders", "payments"]);
  expect(await readRequest(database, first[0]!)).toMatchObject({
    operation: "restore-drill",
    requestedBy: "ana",
    reason: "scheduled: it was never drilled",
  });
  expect(await submit(3)).toEqual([]);
  await endRun(database, first[0]!, { status: "failed" });
  expect(await submit(3)).toHaveLength(1);
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
});

test("two schedulers at once request no drill twice", async () => {
  const both = await Promise.all([submit(100), submit(100), submit(100)]);
  expect(both.flat()).toHaveLength(4);
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
});

test("a drill that ended without a proof is requested again a day later, once, however long nobody looked", async () => {
  for (const id of await submit(100)) await endRun(database, id, { status: "failed" });
  expect(await submit(100)).toEqual([]);
  const later = new Date(Date.now() + 30 * 86_400_000);
  expect(await submit(100, later)).toHaveLength(4);
  expect(await submit(100, later)).toEqual([]);
});

test("a database that the cloud no longer has is not drilled", async () => {
  const gone = { asked: true as const, databases: databases.slice(1) };
  const names = (await controlPlane.schedule(never, gone)).map((s) => s.recovery.database.identifier);
  expect(names).toEqual(["orders", "payments", "users"]);
  expect(await controlPlane.schedule(never, { asked: false, reason: "no credentials" })).toEqual([]);
});
