import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { CreateDBSnapshotCommand, DeleteDBSnapshotCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import type { Witnesses } from "../../automation/operations/restore-drill/outcome";
import { embeddedPrincipal } from "../../automation/principals";
import { operatingSystemUser } from "../../automation/targets/principal";
import { allows, policies } from "../docs/rights/policies";
import { recordedCalls } from "../docs/rights/recorded-calls";
import { DrillCloud, nothingLeft, workerKey, type WorkerProcess } from "./drill-cloud";
import { disturbedWorker } from "./harness/disturbed-worker";
import { restoreDrillEffects } from "./operations/restore-drill/order-of-steps";

let drills: DrillCloud;
let worker: WorkerProcess | undefined;

beforeAll(async () => {
  drills = await DrillCloud.start();
  await drills.makeSource(
    "orders",
    "create table item (id int primary key, name text); insert into item select i, md5(i::text) from generate_series(1, 2000) i",
  );
  drills.assertion("orders", "items-are-numbered-from-one", "select from public.item where id < 1;");
});
afterEach(async () => {
  await worker?.end("SIGKILL");
  worker = undefined;
});
afterAll(async () => drills?.stop());

const ended = async (id: string) => {
  const { status, verdict, cleanUp } = await drills.over(id);
  return { status, verdict, cleanUp };
};
const noProcessLeft = () =>
  drills.until("no engine or plugin runs", () => Promise.resolve(drills.processes().length === 0), 100);

test("a good drill passes, reports its steps as they end, starts few engines, and leaves nothing behind", async () => {
  drills.enginesStarted();
  const { code, stdout, stderr } = await drills.shipshape(
    "request",
    "restore-drill",
    "--database",
    "orders",
    "--reason",
    "monthly",
    "--work",
    "--json",
  );
  const run = JSON.parse(stdout) as {
    id: string;
    status: string;
    verdict: string;
    checks: { name: string; verdict: string }[];
  };
  expect({ code, ...run, stderr }).toMatchObject({
    code: 0,
    status: "succeeded",
    verdict: "pass",
    cleanUp: "done",
    error: null,
    stderr: expect.stringMatching(/✓ restore into isolation[^]*✓ remove the markers/) as string,
  });
  expect(run.checks.map((c) => `${c.name} ${c.verdict}`)).toEqual([
    "database-recovers pass",
    "recovery-time pass",
    "recovery-exposure pass",
    "markers-bracket-target pass",
    "last-commit-meets-target pass",
    "heaps-and-indexes-are-sound pass",
    "catalog-equals-source pass",
    "sequences-continue pass",
    "assertion-items-are-numbered-from-one pass",
  ]);
  // Each takes a fifth of a second: the platform's outputs for the plan and right before the run, the engine's version,
  // the throwaway stack's creation, its `up`, what it contains before it is destroyed, its destruction, and the proof
  // that it is gone.
  const [outputs, contents, proof] = ["stack export", "stack export", "stack export"];
  const engines = [outputs, outputs, "version", "stack init", "up", contents, "destroy", proof];
  expect(drills.enginesStarted().map((words) => words.replace(/ \S*drill-.*/, ""))).toEqual(engines);
  expect(await drills.statements(run.id)).toEqual(["verdict", "teardown"]);
  const folder = join(drills.cloud.dataFolder, "exported");
  expect(await drills.shipshape("evidence", "export", run.id, "--out", folder)).toMatchObject({ code: 0 });
  expect(await drills.shipshape("evidence", "verify", folder)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("the evidence is valid") as string,
  });
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a drill survives workers killed at each of its effects, in mid-create, after the seal and in mid-destroy, and restores only once", async () => {
  const id = await drills.request("orders");
  const throwaway = `drill-${id}`;
  const killedWhen = async (moment: string, reached: () => Promise<boolean>) => {
    const killed = drills.startWorker();
    await drills.until(moment, reached, 5);
    await killed.end("SIGKILL");
  };
  const statusIs = async (status: string) => (await drills.statusOf(throwaway)) === status;
  const beforeKills: Record<string, () => Promise<void>> = {
    "restore into isolation": () => killedWhen("in mid-create", () => statusIs("creating")),
    "remove the throwaway": async () => {
      await killedWhen("after the seal", async () => (await drills.statements(id)).length === 1);
      expect(await drills.run(id)).toMatchObject({ steps: { "verify heaps and indexes": { status: "done" } } });
      await killedWhen("in mid-destroy", () => statusIs("deleting"));
    },
  };
  for (const step of restoreDrillEffects) {
    await beforeKills[step]?.();
    expect([step, await disturbedWorker(drills, "restore-drill", `in ${step}`).ended]).toEqual([step, "SIGKILL"]);
    expect((await drills.run(id)).steps[step]?.status).toBe("running");
  }
  worker = drills.startWorker();
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  expect(await drills.callsTaken("RestoreDBInstanceToPointInTime", throwaway)).toBe(1);
  expect(await drills.callsTaken("CreateDBInstance", throwaway)).toBe(0);
  const { steps } = await drills.run(id);
  const repeated = Object.keys(steps).filter((step) => steps[step]!.attempts > 1);
  expect(repeated.sort()).toEqual([...restoreDrillEffects].sort());
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("cancelling a drill in mid-restore still removes its throwaway, and seals the removal", async () => {
  const id = await drills.request("orders");
  worker = drills.startWorker();
  await drills.until("the restore is under way", async () => (await drills.statusOf(`drill-${id}`)) === "creating", 5);
  expect(await drills.shipshape("cancel", id)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("a worker removes what it created") as string,
  });
  expect(await ended(id)).toEqual({ status: "cancelled", verdict: undefined, cleanUp: "done" });
  expect((await drills.statements(id)).sort()).toEqual(["teardown", "verdict"]);
  const error = {
    code: "run-cancelled",
    message: `the run of request ${id} was cancelled by ${embeddedPrincipal(operatingSystemUser(), "worker0000000001")}`,
  };
  expect((await drills.run(id)).error).toMatchObject(error);
  const sealed = JSON.parse((await drills.shipshape("evidence", "show", id, "--json")).stdout) as {
    predicateType: string;
    predicate: object;
  }[];
  expect(sealed.find(({ predicateType }) => predicateType.includes(":verdict:"))?.predicate).toMatchObject({
    run: "cancelled",
    error,
  });
  expect(await drills.shipshape("cancel", id)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("run-over") as string,
  });
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a drill whose marker is missing fails, and leaves nothing behind", async () => {
  const id = await drills.request("orders");
  worker = drills.startWorker();
  // As if recovery had stopped too early: the copy lacks the marker.
  await drills.until("the copy is there", async () => (await drills.statusOf(`drill-${id}`)) === "available", 5);
  await drills.queryAsControl(`drill-${id}`, "delete from shipshape.recovery_marker");
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "fail", cleanUp: "done" });
  expect((await drills.run(id)).checks.filter(({ verdict }) => verdict !== "pass")).toMatchObject([
    {
      name: "markers-bracket-target",
      verdict: "fail",
      explanation: "what was committed before the recovery target is missing",
    },
  ]);
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

test("a past second is restored without what was done after it; a second that no backup has is refused before anything is created", async () => {
  await drills.query("orders", "create table early (i int)");
  const [now] = await drills.query(
    "orders",
    "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as at",
  );
  const at = new Date(Date.parse(String(now!["at"])) + 2000).toISOString().replace(".000Z", "Z");
  await drills.query("orders", "select pg_sleep(3)");
  await drills.query("orders", "create table late (i int); drop table early; create role late_reader");
  const id = await drills.request("orders", "--at", at);
  worker = drills.startWorker();
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  const { checks, outcome } = await drills.run(id);
  expect(checks.map(({ name }) => name)).not.toContain("markers-bracket-target");
  expect(checks[0]?.figures).toMatchObject({
    recoveryTarget: at.replace("Z", ".000Z"),
    notApplicable: "markers-bracket-target",
  });
  const { before, after } = (outcome as { found: { witnesses: Witnesses } }).found.witnesses;
  expect(before!.inCopyAt).toBe(before!.committedAt);
  expect(after!.inCopyAt).not.toBe(after!.committedAt);
  const refused = await drills.shipshape(
    ...["request", "restore-drill", "--database", "orders", "--reason", "a test"],
    "--at",
    "2020-01-01T00:00:00Z",
    "--work",
  );
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining("recovery-target-outside") as string });
});

test("a snapshot that contradicts an assertion fails, the checks that do not apply to it are named, and it proves nothing about the backups", async () => {
  await drills.query("orders", "insert into item values (0, 'too early')");
  await drills.cloud.rds.send(
    new CreateDBSnapshotCommand({ DBInstanceIdentifier: "orders", DBSnapshotIdentifier: "orders-before" }),
  );
  await drills.until("the snapshot is taken", async () => {
    const { DBSnapshots } = await drills.cloud.rds.send(
      new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "orders-before" }),
    );
    return DBSnapshots?.[0]?.Status === "available";
  });
  await drills.query("orders", "delete from item where id = 0; create table later (i int)");
  const before = await drills.shipshape("status", "--json");
  const id = await drills.request("orders", "--snapshot", "orders-before");
  worker = drills.startWorker();
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "fail", cleanUp: "done" });
  const { checks } = await drills.run(id);
  expect(checks.map((c) => `${c.name} ${c.verdict}`)).toEqual([
    "database-recovers pass",
    "recovery-time pass",
    "heaps-and-indexes-are-sound pass",
    "catalog-equals-source pass",
    "sequences-continue pass",
    "assertion-items-are-numbered-from-one fail",
  ]);
  expect(checks.at(-1)?.figures).toMatchObject({ rows: 1 });
  const recoveriesIn = ({ stdout }: { stdout: string }) =>
    (JSON.parse(stdout) as { databases: { identifier: string; recoverability: string }[] }).databases;
  expect(recoveriesIn(await drills.shipshape("status", "--json"))).toEqual(recoveriesIn(before));
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  await drills.cloud.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "orders-before" }));
  await noProcessLeft();
  expect(await drills.leftovers()).toEqual(nothingLeft);
});

/**
 * Owners' everyday settings, each of which once made a drill of a good backup fail, and functions that no check may
 * call.
 */
const hostile = [
  `create schema ledger;
   create function ledger.strip(t text) returns text language sql immutable parallel safe as $$ select translate(t, 'áéíóú', 'aeiou') $$;
   create function ledger.fold(t text) returns text language plpgsql immutable parallel safe as $$ begin return lower(strip(t)); end $$;
   create table ledger.customer (id bigint generated always as identity primary key, name text not null);
   create index customer_name_folded on ledger.customer (ledger.fold(name));
   create table ledger.entry (id int, at timestamptz not null, constraint after_the_move check (at >= '2024-03-31 02:30:00+01'::timestamptz))`,
  "set search_path = ledger, public; insert into ledger.customer (name) select 'Dr. Ádám ' || i from generate_series(1, 2000) i",
  "alter database app set datestyle to 'SQL, DMY'",
  "alter role shipmaster set timezone = 'Asia/Kolkata'",
  "create schema evil; create view evil.pg_class as select * from pg_catalog.pg_class where relname = 'pg_am'",
  "alter role shipmaster set search_path = evil, pg_catalog",
  // The function runs while a query of the table is planned, with the rights of the role that asks.
  `create table ledger.noted (who text);
   create function ledger.note(i int) returns int language plpgsql immutable as 'begin return i; end';
   create index entry_noted on ledger.entry ((id + ledger.note(1)));
   create index customer_noted on ledger.customer ((id + ledger.note(1)));
   create function ledger.act() returns void language sql as 'insert into ledger.noted values (current_user)';
   create or replace function ledger.note(i int) returns int language plpgsql immutable as $$begin
     perform ledger.act(); raise 'nobody may read this'; end$$;
   grant usage on schema ledger to shipshape; grant select on all sequences in schema ledger to shipshape`,
  "alter role shipshape set statement_timeout = '1ms'",
];

/** What would take those who read the copy to the owner's own server; the function does so from its second call on. */
const doors = (port: number) => [
  `create extension dblink; create extension postgres_fdw; create schema doors;
   create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${port}', connect_timeout '1');
   create user mapping for public server elsewhere options (user 'a', password 'b');
   create foreign table doors.remote (id int) server elsewhere; create view doors.followed as select * from doors.remote;
   create function doors.reach(i int) returns int language plpgsql immutable as 'begin return i; end';
   create table doors.box (id serial primary key, check (id > doors.reach(-9))); insert into doors.box default values;
   create index box_reach on doors.box ((id + doors.reach(1)));
   create table doors.policed (id int); alter table doors.policed enable row level security;
   create policy p on doors.policed using (doors.reach(id) > 0);
   create domain doors.odd as int check (value > doors.reach(-9)); create table doors.typed (o doors.odd);
   create table doors.pg_class (relname text); create table doors."${ESCAPES}" (id int primary key);
   comment on table doors.box is '${"x".repeat(2 ** 20)}';
   grant usage on schema doors to shipshape; grant select on all sequences in schema doors to shipshape;
   create or replace function doors.reach(i int) returns int language plpgsql immutable as $$begin
     begin perform public.dblink_connect('host=127.0.0.1 port=${port} dbname=x user=a password=b connect_timeout=1'); exception when others then null; end;
     begin perform count(*) from doors.remote; exception when others then null; end;
     return i; end$$`,
  "alter database app set constraint_exclusion = on",
  "alter database app set default_transaction_read_only = on",
];
const ESCAPES = "a\n✓ pass\u001b[2J<script>";

test("a database whose owners set dates, paths and read-only for its sessions, and whose objects lead to their own server, passes and calls nothing; a locked role leaves markers, but no stuck clean-up", async () => {
  let called = 0;
  const listener = createServer((socket) => (called++, socket.destroy()));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await drills.makeSource("ledger", hostile[0]!, [...hostile.slice(1), ...doors(port)]);
  const id = await drills.request("ledger");
  worker = drills.startWorker();
  await drills.until("the restore is under way", async () => (await drills.statusOf(`drill-${id}`)) === "creating", 5);
  const copy = await drills.describe(`drill-${id}`);
  expect(copy.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId)).toEqual([drills.isolationSecurityGroupId]);
  expect((await drills.describe("ledger")).VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId)).not.toContain(
    drills.isolationSecurityGroupId,
  );
  await drills.query("ledger", "set transaction read write; alter role shipshape nologin");
  expect(await ended(id)).toEqual({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  expect((await drills.run(id)).checks.find(({ name }) => name === "heaps-and-indexes-are-sound")).toMatchObject({
    verdict: "pass",
    explanation: expect.stringMatching(/checked only structurally: .*ledger\.customer_name_folded/) as string,
  });
  expect(await drills.statements(id)).toEqual(["verdict", "teardown"]);
  listener.close();
  expect(called).toBe(0);
  expect(await drills.leftovers()).toEqual({
    ...nothingLeft,
    markers: [`ledger ${id}`, `ledger ${id}`],
    processes: expect.any(Array) as string[],
  });
  await drills.query("ledger", "set transaction read write; delete from shipshape.recovery_marker");
});

test("a database whose backups are gone fails its drill with a sealed verdict, although it passed before; nothing is created", async () => {
  await drills.switchBackupsOff("ledger");
  const { code, stdout } = await drills.shipshape(
    "request",
    "restore-drill",
    "--database",
    "ledger",
    "--reason",
    "a test",
    "--work",
    "--json",
  );
  const run = JSON.parse(stdout) as { id: string };
  expect({ code, ...run }).toMatchObject({
    code: 1,
    status: "succeeded",
    verdict: "fail",
    cleanUp: "done",
    checks: [{ name: "backups-exist", verdict: "fail" }],
  });
  expect(await drills.statements(run.id)).toEqual(["verdict", "teardown"]);
  expect(await drills.callsTaken("RestoreDBInstanceToPointInTime", `drill-${run.id}`)).toBe(0);
});

test("a database without the control plane's role is refused before anything is created, and leaves no stuck clean-up", async () => {
  await drills.makePlainInstance("my-shop");
  const { code, stdout } = await drills.shipshape(
    "request",
    "restore-drill",
    "--database",
    "my-shop",
    "--reason",
    "a test",
    "--work",
    "--json",
  );
  const run = JSON.parse(stdout) as { id: string; cleanUp: string };
  expect({ code, ...run }).toMatchObject({ code: 1, status: "failed", error: { code: "database-role-unknown" } });
  expect(["none", "done"]).toContain(run.cleanUp);
  const { findings } = JSON.parse((await drills.shipshape("status", "--json")).stdout) as {
    findings: { id: string }[];
  };
  expect(findings.map((finding) => finding.id)).not.toContain(`${run.id}.clean-up`);
});

test("the documented rights of workers suffice for every call of these drills", async () => {
  const calls = await recordedCalls(drills.cloud, workerKey);
  expect(calls.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["rds:RestoreDBInstanceToPointInTime", "rds:DeleteDBInstance"]),
  );
  // The sources of these drills are in the default subnet group; a standard database is in the platform's.
  const called = calls.flatMap(({ action, resources }) =>
    resources.map((r) => ({ action, resource: r.replace("subgrp:default", "subgrp:shipshape-databases") })),
  );
  expect(called.filter(({ action, resource }) => !allows(policies.worker, action, resource))).toEqual([]);
});
