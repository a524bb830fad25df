// Scheduled drills against a real control plane: bounded, caught up, and never doubled.
import { builtIn } from "../../components/standards/built-in";
import { openControlPlane, type ControlPlane } from "../../automation/control-plane";
import { openDatabase, type ControlPlaneDatabase, type Database } from "../../automation/database";
import type { DatabaseRecovery } from "../../automation/observability/recoverability";
import { driftDetection } from "../../automation/operations/drift-detection/drift-detection";
import type { DriftDetectionSteps } from "../../automation/operations/drift-detection/steps";
import { restoreDrill } from "../../automation/operations/restore-drill/restore-drill";
import type { RestoreDrillSteps } from "../../automation/operations/restore-drill/steps";
import { targetDatabase, type FleetDatabase } from "../../automation/fleet-records";
import { readRequest, submitRequest } from "../../automation/request/requests";
import { endRun, queueRun } from "../../automation/runner/runs";
import { submitDueDrills } from "../../automation/schedule";
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
    standard: builtIn,
    databaseUrl: postgres.url,
    signer: unused,
    toolVersions: {},
    operations: async () => [
      restoreDrill({} as RestoreDrillSteps, builtIn),
      driftDetection({} as DriftDetectionSteps, builtIn),
    ],
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
  return {
    ...known,
    restorableFrom: new Date(0),
    backupRetentionDays: 7,
    size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
    tags: {},
  };
});
const fleet = { asked: true as const, databases };
const never = databases.map((one): DatabaseRecovery => ({
  database: one,
  recoverability: "never",
  reason: "it was never drilled",
  decidedBy: undefined,
  beside: [],
}));
const submit = async (openMax: number, now = new Date(), perDayMax = 24 * 100) =>
  (await controlPlane.submitDueDrills(never, fleet, { now, openMax, perDayMax, requestedBy: "ana" })).submitted.map(
    (s) => s.requestId,
  );
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

test("a drill of a snapshot or of an earlier moment does not postpone the next one once it has ended", async () => {
  const by = { requestedBy: "ana", reason: "a test" };
  const ids = [
    await controlPlane.submit("restore-drill", { database: "ledger", snapshot: "ledger-1" }, by),
    await controlPlane.submit("restore-drill", { database: "orders", at: "2026-03-01T10:00:00Z" }, by),
  ];
  await submit(10);
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
  for (const id of ids) await endRun(database, id, { status: "failed" });
  await submit(10);
  expect(await requested()).toEqual(["ledger", "ledger", "orders", "orders", "payments", "users"]);
});

test("drills that wait for people leave room for others, and are not requested again", async () => {
  const waiting = await submit(2);
  await database.query("update run set status = 'waiting' where request_id = any($1)", [waiting]);
  expect(await submit(2)).toHaveLength(2);
  expect(await submit(2)).toEqual([]);
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
});

test("of databases of one name in several Regions each is requested by account and Region, once", async () => {
  const abroad = databases.map((one) => ({ ...one, region: "eu-west-1", resourceId: `${one.resourceId}-west` }));
  const clouds = ["eu-central-1", "eu-west-1"].map((region) => ({ account: "123456789012", region, address: "" }));
  const both = { asked: true as const, databases: [...databases, ...abroad], clouds };
  const recoveries = [...never, ...abroad.map((one, at) => ({ ...never[at]!, database: one }))];
  const due = { now: new Date(), openMax: 100, perDayMax: 2400, requestedBy: "ana" };
  const { submitted } = await controlPlane.submitDueDrills(recoveries, both, due);
  const inputs = await Promise.all(
    submitted.map(async ({ requestId }) => (await readRequest(database, requestId)).input),
  );
  expect(inputs).toHaveLength(8);
  for (const { identifier, account, region } of both.databases)
    expect(inputs).toContainEqual({ database: identifier, account, region });
  // None has a plan yet: what was requested is known by account and Region, and not by its name alone.
  const [ledger] = submitted.filter(({ schedule }) => schedule.recovery.database.region === "eu-west-1");
  await database.query("delete from run where request_id = $1", [ledger!.requestId]);
  const again = await controlPlane.submitDueDrills(recoveries, both, due);
  expect(again.submitted.map(({ schedule }) => schedule.recovery.database.region)).toEqual(["eu-west-1"]);
});

test("two schedulers at once request no drill twice", async () => {
  const both = await Promise.all([submit(100), submit(100), submit(100)]);
  expect(both.flat()).toHaveLength(4);
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
});

test("schedulers at once request no more together than a day of drills may cost, and the next day the others", async () => {
  // Six hours each: 6 USD and a hundredth of storage; the last one, of a larger class, more than a day may cost.
  const instanceHour = { "db.m7g.large": 1, "db.m7g.4xlarge": 4 };
  const prices = { currency: "USD", costPerDay: 13, instanceHour, storageGbMonth: { gp3: 0.01 } };
  const sized = databases.map((one) =>
    one.identifier === "users" ? { ...one, size: { ...one.size, instanceClass: "db.m7g.4xlarge" } } : one,
  );
  const pass = (now = new Date()) =>
    controlPlane.submitDueDrills(
      never,
      { asked: true, databases: sized },
      { now, openMax: 100, perDayMax: 2400, requestedBy: "ana", prices },
    );
  const all = await Promise.all([pass(), pass(), pass()]);
  expect(all.flatMap(({ submitted }) => submitted)).toHaveLength(2);
  expect(await requested()).toEqual(["ledger", "orders"]);
  for (const { day } of all) expect(day).toEqual({ currency: "USD", spent: 1202, budget: { perDay: 1300, left: 98 } });
  for (const { held } of all)
    expect(held.map((s) => [s.recovery.database.identifier, s.held])).toEqual([
      ["payments", "no-room"],
      ["users", "over-budget"],
    ]);
  await pass(new Date(Date.now() + 25 * 3_600_000));
  expect(await requested()).toEqual(["ledger", "orders", "payments"]);
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
  const { schedules } = await controlPlane.schedule(never, gone, new Date());
  expect(schedules.map((s) => s.recovery.database.identifier)).toEqual(["orders", "payments", "users"]);
  const unknown = await controlPlane.schedule(never, { asked: false, reason: "no credentials" }, new Date());
  expect(unknown).toEqual({ schedules: [], demandedPerDay: 0 });
});

test("what is due at once is spread over the day: an hour gets its share of the day's budget", async () => {
  const hoursLater = (hours: number) => new Date(Date.now() + hours * 3_600_000);
  const counts: number[] = [];
  for (const hours of [0, 0.5, 1.5]) {
    const ids = await submit(100, hoursLater(hours), 48);
    counts.push(ids.length);
    // Its row gets the time at which it is submitted here.
    await database.query("update request set received_at = $2 where id = any($1)", [ids, hoursLater(hours)]);
  }
  expect(counts).toEqual([2, 0, 2]);
});

test("the day's budget ends it, whatever its hours allow", async () => {
  const [id] = await submit(100, new Date(), 1);
  await endRun(database, id!, { status: "failed" });
  expect(await submit(100, new Date(Date.now() + 2 * 3_600_000), 1)).toEqual([]);
  expect(await submit(100, new Date(Date.now() + 25 * 3_600_000), 1)).toHaveLength(1);
});

/** Submits and, after that many drills, runs `interruption` before the next. */
function interruptedAfter(count: number, interruption: () => Promise<void>): Promise<unknown> {
  let submitted = 0;
  const interrupted = {
    database,
    standard: builtIn,
    submit: async (t: Database, operation: string, input: unknown, by: { requestedBy: string; reason: string }) => {
      if (submitted++ === count) await interruption();
      return submitRequest(t, { operation, version: 1, input, ...by }, (transaction, _, id) =>
        queueRun(transaction, id).then(() => {}),
      );
    },
  };
  return submitDueDrills(interrupted, never, fleet, {
    now: new Date(),
    openMax: 100,
    perDayMax: 24 * 100,
    requestedBy: "ana",
  });
}

test("a scheduler that dies between two drills has requested none, and the next requests each once", async () => {
  const death = new Error("killed");
  await expect(interruptedAfter(2, () => Promise.reject(death))).rejects.toBe(death);
  expect(await requested()).toEqual([]);
  await submit(100);
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
});

test("a scheduler that freezes until another has done its work requests nothing when it goes on", async () => {
  const frozen = interruptedAfter(2, async () => {
    // What the limit on idle transactions does to the session of a frozen process.
    await database.query(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = (hashtext('shipshape schedule')::bigint & 4294967295)::oid and granted",
    );
    await submit(100);
  });
  await expect(frozen).rejects.toMatchObject({ code: "control-plane-unreachable" });
  expect(await requested()).toEqual(["ledger", "orders", "payments", "users"]);
});

const hour = 3_600_000;
const sweeps = async (now: Date) =>
  (await controlPlane.submitDueSweeps({ now, requestedBy: "ana" })).map(({ schedule }) => schedule.tier);

test("the databases of each tier are compared again and again, the strictest tier the most often", async () => {
  const begin = Date.now();
  const tiersAt = async (hours: number) => {
    await database.query("update run set finished_at = now(), status = 'succeeded'");
    const found = await sweeps(new Date(begin + hours * hour));
    await database.query(
      "update request set received_at = $1 where id in (select request_id from run where finished_at is null)",
      [new Date(begin + hours * hour)],
    );
    return found;
  };
  expect(await tiersAt(0)).toEqual(["gold", "silver", "bronze"]);
  expect(await tiersAt(5)).toEqual([]);
  expect(await tiersAt(6)).toEqual(["gold"]);
  expect(await tiersAt(12)).toEqual(["gold", "silver"]);
  // However long nobody looked, each is caught up once.
  expect(await tiersAt(80)).toEqual(["gold", "silver", "bronze"]);
  expect(await controlPlane.sweeps(new Date(begin + 80 * hour))).toEqual(
    ["gold", "silver", "bronze"].map((tier) => expect.objectContaining({ tier, dueAt: undefined })),
  );
});

test("two schedulers at once request no sweep twice, and what people ask about a part postpones none", async () => {
  const { owner, tier } = { owner: "team-orders", tier: "gold" };
  for (const input of [{ owner, tier }, { database: "orders" }, { tier: "silver", region: "eu-central-1" }])
    await controlPlane.submit("drift-detection", input, { requestedBy: "ana", reason: "a look" });
  const now = new Date();
  const [one, other] = await Promise.all([sweeps(now), sweeps(now)]);
  expect([...one!, ...other!].sort()).toEqual(["bronze", "gold", "silver"]);
  await controlPlane.submit("drift-detection", { fleet: true }, { requestedBy: "ana", reason: "all" });
  expect(await sweeps(new Date(Date.now() + 48 * hour))).toEqual([]);
});
