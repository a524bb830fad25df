// A major upgrade by blue/green on the real engine, with a writing client: a request that is cancelled leaves nothing,
// and another moves the name to an instance of the next major, whatever worker is killed.
import { DescribeDBParameterGroupsCommand } from "@aws-sdk/client-rds";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabasePatchPlan } from "../../../../automation/operations/database-patch/plan";
import { until } from "../../../until";
import { configFile, identifier, OwnStack, stackName } from "../own-stack";
import { Writer } from "../ringed-patch/writer";
import { cloudOf, foundIn, nothingFound } from "./after-switchover";

let own: OwnStack;
let writer: Writer;

beforeAll(async () => {
  const declared = { masterPassword: "own", postgresMajor: 16, engineVersion: "16.14" };
  own = await OwnStack.start("database-patch", [], { ...declared, parameters: { "rds.logical_replication": 1 } });
  writer = await Writer.to(own.engine.cloud, "shipshape/orders/development/orders/owner");
}, 300_000);
afterAll(async () => {
  await writer?.stop();
  await own?.stop();
});

const { rds, instances, named, deployments } = cloudOf(() => own);
const ownGroups = async () =>
  ((await rds().send(new DescribeDBParameterGroupsCommand({}))).DBParameterGroups ?? [])
    .map(({ DBParameterGroupName: name = "" }) => name)
    .filter((name) => name.startsWith(`${identifier}-`))
    .sort();
const committed = () => own.commands.git("show", `HEAD:${configFile}`);
/** What an `up` of the owner would do, with the config as it is committed. */
async function left() {
  writeFileSync(join(own.engine.cloud.dataFolder, "program", configFile), committed());
  const { changeSummary } = await own.stack.preview({ refresh: true });
  return Object.keys(changeSummary).filter((op) => op !== "same");
}
const asked = ["--to", "17.10", "--method", "blue-green"];

test("a request that is cancelled while green is made leaves neither green, nor a parameter group, nor a commit", async () => {
  const before = committed();
  const worker = own.commands.shipshape("", "worker");
  const id = await own.requested(...asked);
  const plan = await own.approve<DatabasePatchPlan>(id);
  expect(plan.text).toContain("By blue/green to another major");
  await until("green is made", async () => (await deployments()).length > 0);
  expect(await ownGroups()).toEqual([`${identifier}-postgres16`, `${identifier}-postgres17`]);
  expect((await own.commands.shipshape("", "cancel", id).ended).code).toBe(0);
  await own.over(id);
  const { cleanUp } = await until("it is cleaned up", async () => {
    const run = await own.controlPlane.run(id);
    return run.cleanUp === "done" || run.cleanUp === "stuck" ? run : undefined;
  });
  expect(cleanUp).toBe("done");
  expect(await deployments()).toEqual([]);
  expect((await instances()).map(({ DBInstanceIdentifier: name }) => name)).toEqual([identifier]);
  expect(await ownGroups()).toEqual([`${identifier}-postgres16`]);
  expect(committed()).toBe(before);
  expect(await left()).toEqual([]);
  worker.kill("SIGKILL");
});

test("another moves the name to the next major, whatever worker is killed, and no acknowledged row is lost", async () => {
  const before = (await named(identifier))!;
  const first = own.commands.shipshape("in bring the stack up prepared", "worker");
  const id = await own.requested(...asked);
  await own.approve<DatabasePatchPlan>(id);
  expect((await first.ended).signal).toBe("SIGKILL");
  const second = own.commands.shipshape("in adopt it into the state", "worker");
  expect((await second.ended).signal).toBe("SIGKILL");
  own.commands.shipshape("", "worker");
  const { verdict, checks, error } = await own.over(id);
  expect({ verdict, error, checks: checks.filter((one) => one.verdict !== "pass") }).toEqual({
    ...{ verdict: "pass", error: undefined, checks: [] },
  });
  const [live, old] = [await named(identifier), await named(`${identifier}-old1`)];
  expect(live?.EngineVersion).toBe("17.10");
  expect(live?.DBParameterGroups?.[0]?.DBParameterGroupName).toBe(`${identifier}-postgres17`);
  expect(old).toMatchObject({ EngineVersion: "16.14", DbiResourceId: before.DbiResourceId });
  expect(await writer.lost()).toEqual([]);
  expect(writer.acknowledged.length).toBeGreaterThan(100);
  process.stderr.write(`gap of the client: ${writer.gapMilliseconds} ms\n`);
  await until("it is cleaned up", async () => (await own.controlPlane.run(id)).cleanUp === "done");
  expect(await ownGroups()).toEqual([`${identifier}-postgres16`, `${identifier}-postgres17`]);
});

test("the owner's next `up` has nothing to do, and the config says both majors", async () => {
  expect(committed()).toContain("otherMajor: 16");
  expect(committed()).toContain("postgresMajor: 17");
  expect(await left()).toEqual([]);
});

test("guardrails and drift find nothing in the state after an upgrade, nor in the database, nor beside it", async () => {
  expect(await foundIn(own)).toEqual(nothingFound(stackName));
});
