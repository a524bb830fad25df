// A train on the real engine: three databases in three rings from one minor to the next, with a writing client on each.
// A bad canary halts it and leaves the other rings alone; people resume it, and skip a database; a worker is killed.
// `npm run harness -- whole-train` does the same with twelve databases.
import { CloudWatchClient, SetAlarmStateCommand, type StateValue } from "@aws-sdk/client-cloudwatch";
import { AddTagsToResourceCommand, CreateDBInstanceCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { openDatabase } from "../../../../automation/database";
import { identityOf } from "../../../../automation/fleet-records";
import type { TrainPlan } from "../../../../automation/operations/ringed-patch/plan";
import { recordReplaced, replacedByTag } from "../../../../automation/runner/replaced-instances";
import { targetOf } from "../../../../automation/targets/database-instance";
import { instanceIs } from "../../../cloud";
import { small } from "../../../localcloud/server/database-client";
import { windowFrom, TrainFleet } from "./train-fleet";
import type { Writer } from "./writer";

const all = ["billing-development", "orders-development", "ledger-production"] as const;
type Identifier = (typeof all)[number];

let fleet: TrainFleet;
const writers = new Map<Identifier, Writer>();

beforeAll(async () => {
  fleet = await TrainFleet.start(
    all.map((identifier) => ({ identifier, ...(identifier === "orders-development" && { replicas: 1 }) })),
  );
  const { cloud } = fleet.engine;
  const byHand = { ...small, DBInstanceIdentifier: "byhand", EngineVersion: "17.9" };
  await cloud.rds.send(new CreateDBInstanceCommand(byHand));
  await instanceIs(cloud, "byhand", "available");
  for (const one of all) writers.set(one, await fleet.writerOn(one));
}, 600_000);
afterAll(async () => {
  for (const writer of writers.values()) await writer.stop();
  await fleet?.stop();
});

const modify = async (identifier: Identifier, changes: object) => {
  const { cloud } = fleet.engine;
  await cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ...changes }));
  await instanceIs(cloud, identifier, "available");
};

/** As CloudWatch does when a metric crosses its threshold. */
async function setAlarm(AlarmName: string, StateValue: StateValue): Promise<void> {
  const client = new CloudWatchClient(fleet.engine.cloud.client());
  await client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: "Threshold Crossed: a test" }));
  client.destroy();
}

let id: string;

test("its plan has the rings, the way back in seconds, and who cannot go, and is approved once for all", async () => {
  const window = windowFrom(-1);
  const reason = ["--reason", "fixes of the quarter"];
  const words = ["--to", "17.10", "--fleet", "--bake-minutes", "0.25", "--window", window, ...reason];
  const preview = await fleet.said("request", "ringed-patch", ...words, "--plan-only");
  expect(preview).toContain(`3 databases in 3 rings, the largest of 1; in the window ${window} UTC.`);
  expect(preview).toMatch(
    /ring 1: 1 database.*\n {2}billing-development +17\.9 → 17\.10 {2}in place {2}development bronze/,
  );
  expect(preview).toMatch(/which loses up to 915 s of writes/);
  expect(preview).toContain("byhand: stack, no stack declares it");
  // What RDS says of its quota was read, and they fit.
  expect(preview).not.toMatch(/It takes \d+ snapshots? in/);
  await setAlarm("billing-development-cpu", "OK");
  await setAlarm("orders-development-replica-1-replica-lag", "ALARM");
  fleet.commands.shipshape("", "worker");
  id = await fleet.requested(...words);
  const { rings } = await fleet.approve<TrainPlan>(id);
  expect(rings.map(({ databases }) => databases.map(({ identifier }) => identifier))).toEqual(all.map((one) => [one]));
});

test("a canary that is not well halts the train: no other ring begins, and people are told", async () => {
  await fleet.ringIs(id, 1, "baking");
  expect(await fleet.versions()).toMatchObject({ "billing-development": "17.10", "orders-development": "17.9" });
  await modify("billing-development", { DBInstanceClass: "db.m7g.large" });
  await setAlarm("billing-development-cpu", "ALARM");
  await fleet.ringIs(id, 1, "halted");
  expect(await fleet.statesOf(id)).toEqual(["halted", "waiting", "waiting"]);
  expect(await fleet.versions()).toMatchObject({ "orders-development": "17.9", "ledger-production": "17.9" });
  expect(await fleet.snapshots()).toEqual(["billing-development"]);
  const { decisions } = await fleet.controlPlane.train(id);
  expect(decisions).toMatchObject([{ ring: 1, word: "halt", by: "health gate", gate: { verdict: "fail" } }]);
  expect(decisions[0]!.gate!.found).toMatchObject([
    { name: "billing-development: version-by-api", explanation: expect.stringContaining("DBInstanceClass waits") },
    {
      ...{ name: "billing-development: alarms", verdict: "fail" },
      explanation: "in ALARM since the patch: billing-development-cpu (Threshold Crossed: a test)",
    },
  ]);
  expect((await fleet.controlPlane.findings(10)).map((one) => one.id)).toContain(`${id}.verdict`);
  const shown = await fleet.said("train", "show", id);
  expect(shown).toMatch(/^1 +halted .* 1 of 1 patched$/m);
  expect(shown).toContain(`npx shipshape train resume ${id}`);
  // The embedded cloud measures nothing, so the other alarms never had data: they neither pass nor halt.
  expect(shown.replace(/\s+/g, " ")).toContain(
    "billing-development: alarms: not compared, as before the patch they were without data (13 of them)",
  );
  expect(shown).toMatch(/^now:\n +ring 1 waits for people, until \S+ \S+ UTC at most/m);
});

test("resumed, it watches the ring again and goes on, whatever worker is killed", async () => {
  fleet.commands.stop();
  const { DBInstanceClass } = await fleet.instanceNow("billing-development");
  await modify("billing-development", { DBInstanceClass, ApplyImmediately: true });
  await setAlarm("billing-development-cpu", "OK");
  const killed = fleet.commands.shipshape("in bring the stack up", "worker");
  await fleet.said("train", "resume", id, "--reason", "that was ours");
  expect((await killed.ended).signal).toBe("SIGKILL");
  fleet.commands.shipshape("", "worker");
  await fleet.ringIs(id, 2, "baking");
  expect(await fleet.versions()).toMatchObject({ "orders-development": "17.10", "ledger-production": "17.9" });
  await fleet.said("train", "halt", id, "--reason", "lunch");
  expect(await fleet.statesOf(id)).toEqual(["promoted", "halted", "waiting"]);
  const open = (await fleet.controlPlane.findings(10)).find((one) => one.id === `${id}.verdict`);
  expect(open?.summary).toMatch(/^ring 2 is halted by .*: lunch$/);
});

test("a database that people skip is left alone, by a waiver, and the train comes to its end", async () => {
  await fleet.said("train", "skip", id, "--database", "ledger-production", "--reason", "its release is on Friday");
  await fleet.said("train", "resume", id, "--reason", "back");
  const run = await fleet.over(id);
  expect(await fleet.statesOf(id)).toEqual(["promoted", "promoted", "promoted"]);
  // A replica is patched with its source, and its alarms are read with those of it.
  const promoted = (await fleet.controlPlane.train(id)).decisions.find((one) => one.ring === 2 && one.gate);
  expect(promoted!.gate!.notes).toEqual([
    expect.stringMatching(
      /^orders-development: alarms: .* in ALARM \(orders-development-replica-1-replica-lag\) or without data/,
    ),
  ]);
  expect(run).toMatchObject({ status: "succeeded", verdict: "inconclusive" });
  expect(run.checks.filter(({ verdict }) => verdict !== "pass")).toMatchObject([
    { name: "no-database-was-skipped", explanation: `ledger-production: waiver ${id}-ledger-production` },
  ]);
  expect(
    (await fleet.controlPlane.train(id)).decisions.map(
      ({ word, by }) => `${word} by ${by === "health gate" ? by : "a person"}`,
    ),
  ).toEqual([
    ...["halt by health gate", "resume by a person", "promote by health gate", "halt by a person", "skip by a person"],
    ...["resume by a person", "promote by health gate", "promote by health gate"],
  ]);
  expect(await fleet.versions()).toMatchObject({ "ledger-production": "17.9" });
});

test("each database was patched once, its statement is sealed, and no acknowledged row is lost", async () => {
  const children = await fleet.controlPlane.children(id);
  expect(children.map(({ target, status, verdict }) => [target, status, verdict])).toEqual([
    ["billing-development", "succeeded", "pass"],
    ["orders-development", "succeeded", "pass"],
  ]);
  expect(children.every(({ sealedAt }) => sealedAt !== undefined)).toBe(true);
  expect(fleet.commands.git("log", "--format=%s").split("\n")).toEqual([
    ...["orders", "billing"].map((one) => `Set engineVersion of database.${one}-development to "17.10"`),
    "Begin",
  ]);
  const replica = await fleet.instanceNow("orders-development-replica-1");
  expect([replica.EngineVersion, replica.StatusInfos?.[0]?.Status]).toEqual(["17.10", "replicating"]);
  for (const [identifier, writer] of writers) {
    expect([identifier, await writer.lost()]).toEqual([identifier, []]);
    expect(writer.acknowledged.length).toBeGreaterThan(100);
  }
  const times = await Promise.all(all.map((one) => fleet.patchedAt(one)));
  expect(times.map(({ length }) => length)).toEqual([1, 1, 0]);
});

test("the snapshots of what it has patched well are deleted when it is over", async () => {
  await fleet.cleanedUp(id);
  expect(await fleet.snapshots()).toEqual([]);
});

/** As a switchover leaves the instance that has lost its name: by a row and a tag of the same request. */
async function haveReplaced(identifier: string): Promise<void> {
  const { cloud } = fleet.engine;
  const target = targetOf(await fleet.instanceNow(identifier));
  const Tags = [{ Key: replacedByTag, Value: id }];
  await cloud.rds.send(new AddTagsToResourceCommand({ ResourceName: target.arn, Tags }));
  const database = await openDatabase(cloud.env.SHIPSHAPE_DATABASE_URL!);
  try {
    const identity = identityOf(target);
    await recordReplaced(database, { identity, identifier, successor: "another", requestId: id });
  } finally {
    await database.close();
  }
}

test("a train that people abort has ended for good, and what it has not patched stays as it is", async () => {
  await haveReplaced("byhand");
  const closed = windowFrom(2);
  const other = await fleet.requested("--to", "17.10", "--fleet", "--window", closed, "--reason", "the rest");
  // What a switchover has replaced is kept, and is neither patched nor missed.
  const { rings, left } = await fleet.approve<TrainPlan>(other);
  expect(rings.flatMap(({ databases }) => databases)).toMatchObject([{ identifier: "ledger-production" }]);
  expect(left).toEqual([]);
  await fleet.ringIs(other, 1, "patching");
  await fleet.said("train", "abort", other, "--reason", "17.10 has a regression");
  const run = await fleet.over(other);
  expect(run).toMatchObject({ status: "succeeded", verdict: "inconclusive" });
  expect(await fleet.statesOf(other)).toEqual(["aborted"]);
  await expect(fleet.said("train", "resume", other, "--reason", "after all")).rejects.toThrow("train-over");
  expect(await fleet.controlPlane.children(other)).toEqual([]);
  expect(await fleet.versions()).toMatchObject({ "ledger-production": "17.9" });
  const shown = await fleet.said("train", "show", other);
  expect(shown).toMatch(/^1 +- +- +17\.9 +not patched: aborted +ledger-production$/m);
});

test("the owner's next `up` has nothing to do", async () => {
  expect(await fleet.ownersPreview("billing-development")).toEqual([]);
});
