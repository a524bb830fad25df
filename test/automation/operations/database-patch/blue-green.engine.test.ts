// A patch by blue/green on the real engine, with a writing client, whatever worker is killed: the name moves to another
// instance, the stack's state follows, and the old instance is kept.
import { RemoveTagsFromResourceCommand } from "@aws-sdk/client-rds";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabasePatchPlan } from "../../../../automation/operations/database-patch/plan";
import { until } from "../../../until";
import { configFile, identifier, OwnStack, stackName } from "../own-stack";
import { Writer } from "../ringed-patch/writer";
import { cloudOf, foundIn, nothingFound, told, type Report } from "./after-switchover";

let own: OwnStack;
let writer: Writer;

beforeAll(async () => {
  own = await OwnStack.start("database-patch", [], { masterPassword: "own", engineVersion: "17.9" });
  writer = await Writer.to(own.engine.cloud, "shipshape/orders/development/orders/owner");
}, 300_000);
afterAll(async () => {
  await writer?.stop();
  await own?.stop();
});

const { instances, named, deployments } = cloudOf(() => own);
const tagsOf = (one: Awaited<ReturnType<typeof named>>) =>
  Object.fromEntries((one?.TagList ?? []).map(({ Key, Value }) => [Key, Value]));

let id: string;
let before: NonNullable<Awaited<ReturnType<typeof named>>>;

test("whatever worker is killed, the name moves once, no acknowledged row is lost, and the old instance is kept", async () => {
  before = (await named(identifier))!;
  const first = own.commands.shipshape("in create the green instance", "worker");
  id = await own.requested("--to", "17.10", "--method", "blue-green");
  const plan = await own.approve<DatabasePatchPlan>(id);
  expect(plan.text).toContain("By blue/green: a copy of orders-development");
  expect((await first.ended).signal).toBe("SIGKILL");
  const second = own.commands.shipshape("", "worker");
  await until("the switchover has begun", async () => {
    const [one] = await deployments();
    return one !== undefined && one.Status !== "PROVISIONING" && one.Status !== "AVAILABLE";
  });
  second.kill("SIGKILL");
  const third = own.commands.shipshape("in adopt it into the state", "worker");
  expect((await third.ended).signal).toBe("SIGKILL");
  own.commands.shipshape("", "worker");
  const { verdict, checks, error } = await own.over(id);
  expect({ verdict, error, checks: checks.filter((one) => one.verdict !== "pass") }).toEqual({
    ...{ verdict: "pass", error: undefined, checks: [] },
  });
  const [live, old] = [await named(identifier), await named(`${identifier}-old1`)];
  expect(live?.EngineVersion).toBe("17.10");
  expect(live?.DbiResourceId).not.toBe(before.DbiResourceId);
  expect(old).toMatchObject({
    EngineVersion: "17.9",
    DbiResourceId: before.DbiResourceId,
    DBInstanceStatus: "available",
  });
  expect(tagsOf(old)["shipshape:replaced-by"]).toBe(id);
  expect(tagsOf(live)["shipshape:replaced-by"]).toBeUndefined();
  expect(await writer.lost()).toEqual([]);
  expect(writer.acknowledged.length).toBeGreaterThan(100);
  process.stderr.write(`gap of the client: ${writer.gapMilliseconds} ms\n`);
});

test("the deployment is removed, and nothing else was made", async () => {
  await until("it is cleaned up", async () => (await own.controlPlane.run(id)).cleanUp === "done");
  expect(await deployments()).toEqual([]);
  expect((await instances()).map(({ DBInstanceIdentifier: name }) => name)).toEqual([
    ...[identifier, `${identifier}-old1`],
  ]);
});

test("the owner's next `up` has nothing to do", async () => {
  writeFileSync(
    join(own.engine.cloud.dataFolder, "program", configFile),
    own.commands.git("show", `HEAD:${configFile}`),
  );
  const { changeSummary } = await own.stack.preview({ refresh: true });
  expect(Object.keys(changeSummary).filter((op) => op !== "same")).toEqual([]);
});

test("guardrails and drift find nothing in the state after a switchover, nor in the database, nor beside it", async () => {
  expect(await foundIn(own)).toEqual(nothingFound(stackName));
});

test("the old instance is known as one that is kept, by the row and the tag of its request and not by its name", async () => {
  const { cloud } = own.engine;
  const old = `${identifier}-old1`;
  const listed = async () => {
    const { told: patches } = await told<{ databases: { database: { identifier: string }; level: string }[] }>(
      own,
      "patches",
    );
    return Object.fromEntries(patches.databases.map(({ database, level }) => [database.identifier, level]));
  };
  const live = async () => (await told<Report>(own, "guard", "--live")).told;
  const { left, findings } = await live();
  expect(findings).toEqual([]);
  expect(left).toContainEqual(expect.stringContaining(`${old}: request ${id} has replaced it`));
  expect(await listed()).toEqual({ [identifier]: "current", [old]: "replaced" });
  const tag = { ResourceName: (await named(old))!.DBInstanceArn, TagKeys: ["shipshape:replaced-by"] };
  await cloud.rds.send(new RemoveTagsFromResourceCommand(tag));
  expect(await listed()).toEqual({ [identifier]: "current", [old]: "behind" });
  expect((await live()).left.join()).not.toContain("has replaced it");
});
