// How many runs there are at once. Nothing is carried out here but in the last test: that a run may begin is that its
// workflow is queued.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ControlPlane } from "../../automation/control-plane";
import { targetDatabase } from "../../automation/fleet-records";
import { beginRun, fillPlaces } from "../../automation/places";
import { publishAccess } from "../../automation/policy/access";
import type { PlanBasis } from "../../automation/records";
import { submitRequest } from "../../automation/request/requests";
import { carryOutId, DurableClient } from "../../automation/runner/durable";
import type { AnyOperation } from "../../automation/runner/operation";
import { addPause, endPause, goOn } from "../../automation/runner/pauses";
import { endRun, queueRun, setCleanUp, setPlan } from "../../automation/runner/runs";
import { until } from "../until";
import { toyOperation } from "./operations/toy-operation";
import { ProbedControlPlane } from "./probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
let durable: DurableClient;
const operations = async () => [toyOperation] as unknown as AnyOperation[];
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client(operations);
  durable = await DurableClient.open(probed.postgres.url, probed.database);
});
afterAll(async () => {
  await durable?.close();
  await probed?.stop();
});
/** Whatever a test leaves has ended, and owes nothing. */
const over =
  "status = 'cancelled', finished_at = now(), verdict_sealed_at = now(), has_place = false, clean_up = 'none'";
afterEach(() => probed.database.query(`update run set ${over}`));

const of = (operation: string, more: object) =>
  publishAccess(probed.database, { limits: { operations: { [operation]: 1 }, ...more } }, "a test");
const planFor = (identifier: string, account: string): PlanBasis => ({
  target: identifier,
  database: targetDatabase({
    identifier,
    resourceId: `db-${identifier}`,
    arn: `arn:aws:rds:eu-central-1:${account}:db:${identifier}`,
  }),
  tags: {},
  evidenceValidDays: 7,
});

/** A run whose plan is allowed, as the decision leaves it. */
async function allowed(
  operation: string,
  database: string,
  account = "111111111111",
  more: Partial<PlanBasis> = {},
): Promise<string> {
  const input = { database };
  const request = { operation, version: 1, input, requestedBy: "ana", reason: "a test" };
  const id = await submitRequest(probed.database, request, (transaction, _, made) =>
    queueRun(transaction, made).then(() => undefined),
  );
  const plan = { ...planFor(database, account), ...more };
  await setPlan(probed.database, id, 1, plan, "queued");
  return id;
}
async function begins(id: string): Promise<void> {
  const { operation, version, plan } = await controlPlane.run(id);
  const limits = (await controlPlane.access())?.limits ?? {};
  await probed.database.transaction((transaction, connection) =>
    beginRun(transaction, connection, durable, { id, operation, version }, { preparation: 1, plan }, limits),
  );
}
async function begun(operation: string, database: string, account?: string): Promise<string> {
  const id = await allowed(operation, database, account);
  await begins(id);
  return id;
}
const fill = () => probed.database.transaction((...inside) => fillPlaces(...inside, durable));
const ends = (id: string) =>
  probed.database.transaction(async (transaction, connection) => {
    await endRun(transaction, id, { status: "succeeded" });
    await fillPlaces(transaction, connection, durable);
  });
async function mayRun(...ids: string[]): Promise<boolean[]> {
  const stateOf = await durable.states(ids.map((id) => carryOutId(id, 1)));
  return ids.map((id) => stateOf(carryOutId(id, 1)) === "alive");
}

/** Runs of one partition come one after the other. */
const queuesOf = (...ids: string[]) =>
  probed.database.query<{ queue: string; partition: string | null }>(
    "select queue_name as queue, queue_partition_key as partition from dbos.workflow_status where workflow_uuid = any($1) order by 1",
    [ids.map((id) => carryOutId(id, 1))],
  );

test("of an operation only so many runs begin, and each end lets the oldest go on that was held", async () => {
  await of("first", {});
  const runs = [await begun("first", "a"), await begun("first", "b"), await begun("first", "c")];
  expect(await mayRun(...runs)).toEqual([true, false, false]);
  expect(await controlPlane.run(runs[1]!)).toMatchObject({ status: "queued", heldIn: expect.any(Array) as string[] });
  expect(await controlPlane.busy()).toBeGreaterThanOrEqual(3);
  await ends(runs[0]!);
  expect(await mayRun(...runs)).toEqual([true, true, false]);
  expect((await controlPlane.run(runs[1]!)).heldAt).toBeUndefined();
  await ends(runs[1]!);
  expect(await mayRun(...runs)).toEqual([true, true, true]);
});

test("runs that begin at the same moment do not take the last place twice", async () => {
  await publishAccess(probed.database, { limits: { operations: { crowd: 3 } } }, "a test");
  const runs: string[] = [];
  for (let n = 0; n < 12; n++) runs.push(await allowed("crowd", `d${n}`));
  await Promise.all(runs.map(begins));
  expect((await mayRun(...runs)).filter(Boolean)).toHaveLength(3);
  // As many ends at once, each with its successor.
  const running = (await mayRun(...runs)).flatMap((may, at) => (may ? [runs[at]!] : []));
  await Promise.all(running.map(ends));
  await fill();
  expect((await mayRun(...runs)).filter(Boolean)).toHaveLength(6);
  expect(await controlPlane.bounds()).toContainEqual({
    scope: "runs of crowd",
    runsMax: 3,
    running: 3,
    held: 6,
    isSet: true,
  });
});

test("each account and Region has its bound; what one holds back does not hold back the others", async () => {
  await publishAccess(probed.database, { limits: { accountAndRegion: 2, operations: { slow: 1 } } }, "a test");
  const [a, b] = [await begun("slow", "a"), await begun("slow", "b")];
  const [c, d] = [await begun("quick", "c"), await begun("quick", "d")];
  const elsewhere = await begun("quick", "e", "222222222222");
  // b is held by its operation, and c has the account's second place
  expect(await mayRun(a, b, c, d, elsewhere)).toEqual([true, false, true, false, true]);
  await ends(c);
  expect(await mayRun(b, d)).toEqual([false, true]);
  await ends(a);
  expect(await mayRun(b)).toEqual([true]);
});

test("of runs that several operations have in an account, the one that was held first goes on first", async () => {
  await publishAccess(probed.database, { limits: { accountAndRegion: 1 } }, "a test");
  const running = await begun("m", "a");
  const held = [await begun("z", "b"), await begun("a", "c"), await begun("z", "d")];
  await ends(running);
  expect(await mayRun(...held)).toEqual([true, false, false]);
  await ends(held[0]!);
  expect(await mayRun(...held)).toEqual([true, true, false]);
  await ends(held[1]!);
  expect(await mayRun(...held)).toEqual([true, true, true]);
});

test("a run does not overtake one that was held before it, and runs of one database have one place", async () => {
  await publishAccess(probed.database, { limits: { accountAndRegion: 1 } }, "a test");
  const [first, second] = [await begun("x", "a"), await begun("y", "a")];
  const [held, late] = [await begun("x", "b"), await begun("z", "a")];
  expect(await mayRun(first, second, held, late)).toEqual([true, true, false, false]);
  await ends(first);
  expect(await mayRun(held, late)).toEqual([false, false]); // the second still has its database's place
  await ends(second);
  expect(await mayRun(held, late)).toEqual([true, false]);
});

test("databases of one name in two accounts have a place each, and their runs wait for nobody", async () => {
  await publishAccess(probed.database, { limits: { operations: { apart: 2 } } }, "a test");
  const runs = [await begun("apart", "a"), await begun("apart", "a", "222222222222")];
  expect(await mayRun(...runs)).toEqual([true, true]);
  expect(new Set((await queuesOf(...runs)).map(({ partition }) => partition)).size).toBe(2);
  // With a place each, they fill the bound, and one that is held gets its own partition, too.
  const held = await begun("apart", "a", "333333333333");
  expect(await mayRun(held)).toEqual([false]);
  await ends(runs[0]!);
  expect(await mayRun(held)).toEqual([true]);
  expect(new Set((await queuesOf(...runs, held)).map(({ partition }) => partition)).size).toBe(3);
});

test("of runs that have one thing alone, whichever databases they are about, one goes on at a time, until its clean-up is over", async () => {
  const alone = { alone: "copy orders-staging in 111111111111 eu-central-1" };
  const two = () =>
    Promise.all(["orders-production", "orders-test"].map((one) => allowed("into", one, undefined, alone)));
  const racing = await two();
  await Promise.all(racing.map(begins));
  const [first, second] = (await mayRun(...racing))[0] ? racing : [...racing].reverse();
  expect(await mayRun(first!, second!)).toEqual([true, false]);
  const [same, other] = [await allowed("into", "orders-production", undefined, alone), await begun("into", "ledger")];
  await begins(same);
  expect(await mayRun(same, other)).toEqual([false, true]);
  expect(await controlPlane.bounds()).toContainEqual({
    ...{ scope: "the copy orders-staging in 111111111111 eu-central-1", runsMax: 1, running: 1, held: 2, isSet: false },
  });
  await goOn(probed.database, { requestId: first!, operation: "into", preparation: 1 }, true);
  await ends(first!);
  expect(await mayRun(second!, same)).toEqual([false, false]);
  await probed.database.transaction(async (transaction, connection) => {
    await setCleanUp(transaction, first!, "done");
    await fillPlaces(transaction, connection, durable);
  });
  expect(await mayRun(second!, same)).toEqual([true, false]);
  await ends(second!);
  expect(await mayRun(same)).toEqual([true]);
});

test("the end of a run and the release of another are one transaction; what was missed nevertheless, the sweep finds", async () => {
  await of("once", {});
  const [first, second] = [await begun("once", "a"), await begun("once", "b")];
  const killed = probed.database.transaction(async (transaction, connection) => {
    await endRun(transaction, first, { status: "succeeded" });
    await fillPlaces(transaction, connection, durable);
    throw new Error("killed");
  });
  await expect(killed).rejects.toThrow("killed");
  expect((await controlPlane.run(first)).finishedAt).toBeUndefined();
  expect(await mayRun(second)).toEqual([false]);
  await endRun(probed.database, first, { status: "succeeded" }); // by someone who does not look
  await fill();
  expect(await mayRun(second)).toEqual([true]);
});

test("a bound that is raised lets go on what it held", async () => {
  await of("raised", {});
  const runs = [await begun("raised", "a"), await begun("raised", "b"), await begun("raised", "c")];
  await of("raised", { operations: { raised: 3 } });
  await fill();
  expect(await mayRun(...runs)).toEqual([true, true, true]);
});

test("what a run created counts until its clean-up is over", async () => {
  await of("copies", {});
  const [first, second] = [await begun("copies", "a"), await begun("copies", "b")];
  await goOn(probed.database, { requestId: first, operation: "copies", preparation: 1 }, true);
  await ends(first);
  expect(await mayRun(second)).toEqual([false]);
  await setCleanUp(probed.database, first, "done");
  await fill();
  expect(await mayRun(second)).toEqual([true]);
});

test("a run that a pause holds leaves its place, and the end of the pause lets no run begin without one", async () => {
  await of("stopped", {});
  const [first, second] = [await begun("stopped", "a"), await begun("stopped", "b")];
  await addPause(probed.database, { operation: "stopped", reason: "an incident", pausedBy: "ops" });
  expect(await goOn(probed.database, { requestId: first, operation: "stopped", preparation: 1 })).toBeUndefined();
  expect(await endPause(probed.database, "stopped")).toEqual([{ requestId: first, preparation: 1 }]);
  expect((await controlPlane.run(second)).heldIn).toBeDefined();
  await fill();
  expect(await mayRun(second)).toEqual([true]);
});

test("a run that is cancelled while it is held never begins", async () => {
  await of("dropped", {});
  const runs = [await begun("dropped", "a"), await begun("dropped", "b"), await begun("dropped", "c")];
  await controlPlane.cancel(runs[1]!, "ana");
  await controlPlane.cancel(runs[0]!, "ana");
  expect((await mayRun(...runs)).slice(1)).toEqual([false, true]);
});

test("workers put the bounds of shipshape.yaml in force; a killed one keeps its run's place, and nothing is lost", async () => {
  const file = join(probed.folder, "shipshape.yaml");
  writeFileSync(file, "limits:\n  operations:\n    label: 1\n");
  const worker = (moment: string) =>
    probed.command(
      [...["--import", "tsx", join(__dirname, "harness/killed-command.ts")], "label", moment, "worker", "--until-idle"],
      { SHIPSHAPE_CONFIGURATION_FILE: file },
    );
  const submit = (database: string) =>
    controlPlane.submit("label", { database, labelText: "paid" }, { requestedBy: "ana", reason: "a test" });
  const [first, second] = [await submit("orders"), await submit("ledger")];
  expect((await worker("").ended).code).toBe(0);
  for (const id of [first, second]) {
    const { planDigest = "" } = await controlPlane.run(id);
    await controlPlane.approve(id, { principal: "ben", plan: planDigest, comment: "fine" });
  }
  expect((await worker("in write the label").ended).signal).toBe("SIGKILL");
  const status = (await probed.shipshape("status").ended).stdout;
  expect(status).toContain("held: runs of label: 1 at once, at most 1 (shipshape.yaml, limits); 1 held");
  const shown = (await probed.shipshape("show", second).ended).stdout;
  expect(shown).toContain("it is held until another run ends");
  expect(shown).toContain("held by runs of label: 1 at once, at most 1");
  expect((await worker("").ended).code).toBe(0);
  for (const id of [first, second])
    await until(`${id} has ended`, async () => (await controlPlane.run(id)).status === "succeeded");
  const [one, other] = [await controlPlane.run(first), await controlPlane.run(second)];
  expect(other.startedAt!.getTime()).toBeLessThan(one.finishedAt!.getTime()); // of its preparation
  expect(Date.parse(other.steps["write the label"]!.startedAt)).toBeGreaterThanOrEqual(one.finishedAt!.getTime());
});

test("a run that waits for hours has neither the database nor a place of the account to itself", async () => {
  await of("label", { limits: { accountAndRegion: 1 } });
  const waiting = await allowed("rotate", "orders", "222222222222", { waits: true });
  await begins(waiting);
  const other = await begun("label", "orders", "222222222222");
  expect(await mayRun(waiting, other)).toEqual([true, true]);
  const queues = await queuesOf(waiting, other);
  expect(queues).toEqual([
    { queue: "coordination", partition: null },
    { queue: "operations", partition: "222222222222 eu-central-1 db-orders" },
  ]);
});
