// A way back on the real engine: a version whose `up` never came is taken out of the stack again.
import type { PatchUndoPlan } from "../../../../automation/operations/patch-undo/plan";
import type { Run } from "../../../../automation/records";
import { configFile, identifier, OwnStack, stackName } from "../own-stack";

let own: OwnStack;
beforeAll(async () => {
  own = await OwnStack.start("database-patch", [], { engineVersion: "17.9" });
}, 300_000);
afterAll(() => own?.stop());

const said = async (...words: string[]) => {
  const { stdout, stderr, code } = await own.commands.shipshape("", ...words).ended;
  if (code !== 0) throw new Error(stderr);
  return stdout;
};
const subjects = () => own.commands.git("log", "--format=%s").split("\n");
const version = async () => (await own.instanceNow()).EngineVersion;

async function undone(patch: string): Promise<{ plan: PatchUndoPlan; run: Run }> {
  const words = ["--database", identifier, "--patch", patch, "--reason", "not well", "--json"];
  const { id } = JSON.parse(await said("request", "patch-undo", ...words)) as { id: string };
  const plan = await own.approve<PatchUndoPlan>(id);
  return { plan, run: await own.over(id) };
}

test("a patch that was cancelled after its commit is taken back, and no later up applies it", async () => {
  const worker = own.commands.shipshape("before bring the stack up", "worker");
  const patch = await own.requested("--to", "17.10");
  await own.approve(patch);
  expect((await worker.ended).signal).toBe("SIGKILL");
  expect(subjects()[0]).toBe(`Set engineVersion of ${stackName} to "17.10"`);
  await said("cancel", patch);
  own.commands.shipshape("", "worker");
  const { plan, run } = await undone(patch);
  expect(plan).toMatchObject({ way: "declaration", loss: { seconds: 0, rows: 0 } });
  expect([run.status, run.verdict, run.checks.map(({ name }) => name)]).toEqual([
    ...["succeeded", "pass"],
    ["version-by-api", "version-by-server"],
  ]);
  expect(subjects()[0]).toBe(`Set engineVersion of ${stackName} to "17.9"`);
  expect(own.commands.git("show", `HEAD:${configFile}`)).toContain('engineVersion: "17.9"');
  expect(await version()).toBe("17.9");
});
