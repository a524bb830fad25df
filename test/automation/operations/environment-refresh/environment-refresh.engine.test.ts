// Refreshes on the real engine: from the request to a masked copy that every role logs in to, and again into the same.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import { findBackups } from "../../../../automation/targets/database-instance";
import type { AwsClients } from "../../../../automation/targets/aws-access";
import type { Run } from "../../../../automation/records";
import { until } from "../../../until";
import { maskingPreviewTests } from "../masking-preview/shown-rows";
import { fromCopyTests } from "./from-copy";
import { detected, good, inBrief, unprovenCopies } from "./ended-runs";
import { lifeOfCopyTests } from "./life-of-copy";
import { connectionEnded, withFullDisk, withoutConnection } from "./mid-copy-faults";
import { recordsWith } from "./records-with";
import { copy, Refreshes, roles } from "./refreshes";
import { refusalTests } from "./refusals";
import { identifier, profile, REAL, twoCustomers } from "./source-content";
import { teamDatabaseTests } from "./team-database";

let refreshes: Refreshes;
beforeAll(async () => {
  refreshes = await Refreshes.start();
}, 300_000);
afterAll(() => refreshes?.stop());

let first: Run;
test("an approved refresh gives staging a masked, disarmed copy that every role logs in to, and leaves no real value and no staging", async () => {
  first = await refreshes.refresh();
  expect(inBrief(first)).toEqual(good);
  expect(await refreshes.instances()).toEqual([identifier, copy]);
  const [rows, before] = [await refreshes.customersOf("staging"), await refreshes.customersOf("production")];
  expect(rows).toHaveLength(500);
  expect(JSON.stringify([rows, first])).not.toContain(REAL);
  expect(new Set(rows.map(({ email }) => email)).size).toBe(500);
  expect(rows.map(({ state }) => state)).toEqual(before.map(({ state }) => state));
  expect(await refreshes.as("staging", "owner", (query) => query("select enabled from orders.hook"))).toEqual([
    { enabled: false },
  ]);
  for (const role of roles)
    expect(await refreshes.as("staging", role, (query) => query("select 1 as one"))).toEqual([{ one: 1 }]);
  // The comment that was kept is in the log of changes, so that is what was read.
  expect((await refreshes.filesWith("who buys")).some((file) => file.includes("pg_wal"))).toBe(true);
  expect(await refreshes.filesWith(REAL)).toEqual([]);
  expect(await refreshes.changesOf(first)).toEqual({ same: expect.any(Number) as number });
}, 600_000);

fromCopyTests(
  () => refreshes,
  () => first,
);

test("a refresh whose connection ends in mid-copy and whose workers are killed replaces the copy: addresses and passwords stay, its stack shows no change, and one approved meanwhile is decided on again", async () => {
  const before = await refreshes.customersOf("staging");
  const databases = await refreshes.databasesOf();
  const urls = await Promise.all(roles.map((role) => refreshes.urlOf("staging", role)));
  await refreshes.as("production", "owner", (query) =>
    query(`insert into orders.customer (name, email, state) values ('${REAL} new', '${REAL}new@example.com', 'open')`),
  );
  await until("the new customer is in the backups", async () => {
    const { DBInstances: [found] = [] } = await refreshes.engine.cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    return Date.now() - (found?.LatestRestorableTime?.getTime() ?? 0) < 5000 && found;
  });
  const other = await refreshes.requested("staging", 14);
  await refreshes.withWorker(() => refreshes.planned(other));
  const [run, ended] = await Promise.all([
    refreshes.refresh("in copy and mask", "in hand over"),
    connectionEnded(refreshes, () => refreshes.approve(other)),
  ]);
  expect(inBrief(run)).toEqual(good);
  expect(ended).toBe(1);
  // The first attempt lost its connection, the second its worker.
  expect(run.steps["copy and mask"]?.attempts).toBeGreaterThanOrEqual(3);
  const after = await refreshes.customersOf("staging");
  expect(after).toHaveLength(501);
  // The same value has the same mask in each copy.
  expect(after.slice(0, 500)).toEqual(before);
  expect(await Promise.all(roles.map((role) => refreshes.urlOf("staging", role)))).toEqual(urls);
  expect(await refreshes.databasesOf()).toEqual(databases);
  expect(await refreshes.instances()).toEqual([identifier, copy]);
  expect(await refreshes.changesOf(run)).toEqual({ same: expect.any(Number) as number });
  expect(await detected(refreshes.commands, copy)).toEqual({ verdict: "pass", failed: [] });
  // What it would replace is another copy now.
  const again = await refreshes.withWorker(() => refreshes.planned(other, 2));
  expect(again).toMatchObject({ status: "waiting", preparation: 2 });
  expect(again.steps).not.toHaveProperty("restore into isolation");
  await refreshes.commands.shipshape("", "cancel", other).ended;
}, 900_000);

test("a profile that changes once the run has begun: nothing is copied by it, the copy that is there stays with its proof, and staging goes", async () => {
  const id = await refreshes.requested("staging", 14);
  await refreshes.withWorker(() => refreshes.planned(id));
  await refreshes.approve(id);
  await refreshes.killedAt(id, "in restore into isolation");
  refreshes.write(profile.replace("days: 90", "days: 30"));
  const run = await refreshes.withWorker(() => refreshes.over(id));
  refreshes.write(profile);
  expect(run).toMatchObject({
    ...{ status: "failed", verdict: "inconclusive", cleanUp: "done", cleanUpError: undefined },
    error: { code: "refresh-moved", message: expect.stringContaining("the masking profile") as string },
  });
  expect(run.steps).not.toHaveProperty("copy and mask");
  expect(await refreshes.instances()).toEqual([identifier, copy]);
  expect(await unprovenCopies(refreshes.commands)).toEqual([]);
}, 600_000);

test("a disk of the target that fills in mid-copy ends the refresh at once: the older copy stays as it is, and nothing of the new one, of staging or of a value is left", async () => {
  const [before, databases] = [await refreshes.customersOf("staging"), await refreshes.databasesOf()];
  const id = await refreshes.requested("staging", 14);
  await refreshes.withWorker(() => refreshes.planned(id));
  await refreshes.approve(id);
  const said = await withFullDisk(refreshes, async () => {
    const worker = refreshes.commands.shipshape("", "worker");
    await refreshes.over(id);
    worker.kill("SIGTERM");
    const { stdout, stderr } = await worker.ended;
    return stdout + stderr;
  });
  const run = await refreshes.controlPlane.run(id);
  expect(run).toMatchObject({
    ...{ status: "failed", verdict: "inconclusive", cleanUp: "done", cleanUpError: undefined },
    error: {
      code: "copy-storage-full",
      message: expect.stringMatching(/copying of orders\.document .*53100/) as string,
    },
  });
  // Another attempt would copy everything to fill the disk again.
  expect(run.steps["copy and mask"]).toMatchObject({ status: "failed", attempts: 1 });
  expect(await refreshes.customersOf("staging")).toEqual(before);
  expect(await refreshes.databasesOf()).toEqual(databases);
  expect(await refreshes.instances()).toEqual([identifier, copy]);
  expect(said).not.toContain(REAL);
  expect(await refreshes.filesWith(REAL)).toEqual([]);
  expect(await recordsWith(refreshes.engine.cloud.env.SHIPSHAPE_DATABASE_URL!, REAL)).toEqual([]);
}, 600_000);

test("a target whose connection ends in mid-copy at every attempt ends the refresh with a code: the older copy stays as it is, and nothing of the new one or of staging is left", async () => {
  const [before, databases] = [await refreshes.customersOf("staging"), await refreshes.databasesOf()];
  const run = await withoutConnection(refreshes, () => refreshes.refresh());
  expect(run).toMatchObject({
    ...{ status: "failed", verdict: "inconclusive", cleanUp: "done", cleanUpError: undefined },
    error: {
      code: "copy-connection-lost",
      message: expect.stringMatching(/ended during the copying of orders\.document: /) as string,
    },
  });
  expect(run.steps["copy and mask"]).toMatchObject({ status: "failed", attempts: 3 });
  expect(run.steps).not.toHaveProperty("validate the copy");
  expect(await refreshes.customersOf("staging")).toEqual(before);
  expect(await refreshes.databasesOf()).toEqual(databases);
  expect(await refreshes.instances()).toEqual([identifier, copy]);
}, 600_000);

test("a copy with a real value in it is never handed over: the target goes whole with its backups, and the verdict names the place and not the value", async () => {
  const leaking = profile.replace("note: { use: free-text }", "note: { keep: nobody writes a name there }");
  refreshes.write(leaking.replace("name: { use: name }", "name: { use: constant, with: { value: somebody } }"));
  const run = await refreshes.refresh();
  refreshes.write(profile);
  expect(run).toMatchObject({ status: "succeeded", verdict: "fail", cleanUp: "done", cleanUpError: undefined });
  const [leak] = run.checks.filter(({ name }) => name === "no-leak-is-found");
  expect(leak).toMatchObject({
    verdict: "fail",
    explanation: expect.stringMatching(/orders\.invoice\.note has/) as string,
  });
  expect(JSON.stringify(run)).not.toContain(REAL);
  // The older copy was there to be replaced, and the log of changes of its instance has real values now.
  expect(await refreshes.instances()).toEqual([identifier]);
  const { resourceId } = (run.plan as EnvironmentRefreshPlan).copy.existing!;
  expect(await findBackups({ rds: refreshes.engine.cloud.rds } as AwsClients, copy, resourceId)).toEqual([]);
}, 600_000);

test("the next refresh gives staging a new target with a subset alone, without a real value in its files; no record has the subset's condition", async () => {
  writeFileSync(join(refreshes.masking, "two-customers.subset.yaml"), twoCustomers);
  first = await refreshes.carriedOut(await refreshes.requested("staging", 14, "--subset", "two-customers"));
  expect(inBrief(first)).toEqual(good);
  expect(await refreshes.instances()).toEqual([identifier, copy]);
  expect(first.checks[0]?.figures).toMatchObject({ tables: 2, rows: 10 });
  expect(await refreshes.filesWith(REAL)).toEqual([]);
  expect(await recordsWith(refreshes.engine.cloud.env.SHIPSHAPE_DATABASE_URL!, REAL)).toEqual([]);
}, 600_000);

refusalTests(
  () => refreshes,
  () => first,
);
lifeOfCopyTests(
  () => refreshes,
  () => first,
);
teamDatabaseTests(() => refreshes);
maskingPreviewTests(() => refreshes);
