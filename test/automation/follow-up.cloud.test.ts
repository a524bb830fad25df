// A request that fixes a finding, and the answer to that finding, exist both or neither.
import { join } from "node:path";
import type { ControlPlane } from "../../automation/control-plane";
import { claimOf } from "../../automation/evidence/envelope";
import { restoreDrill } from "../../automation/operations/restore-drill/restore-drill";
import type { RestoreDrillSteps } from "../../automation/operations/restore-drill/steps";
import { publishAccess } from "../../automation/policy/access";
import { openFinding } from "../../automation/review/findings";
import { builtIn } from "../../components/standards/built-in";
import type { AnyOperation } from "../../automation/runner/operation";
import { ProbedControlPlane } from "./probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
const anyInput = { safeParse: (data: unknown) => ({ success: true, data }) };
const probe = { name: "probe", version: 1, request: anyInput } as unknown as AnyOperation; // probe-worker.ts has its code
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client(async () => [restoreDrill({} as RestoreDrillSteps, builtIn), probe]);
});
afterAll(() => probed?.stop());

const by = { requestedBy: "os:otto", reason: "the disk is replaced" };
const input = { database: "orders" };
const follow = (finding: string, who = by, given: object = input) =>
  controlPlane.followUp(finding, "restore-drill", given, who);
/** A request whose verdict is a finding. */
async function found(): Promise<string> {
  const requestId = await controlPlane.submit("restore-drill", input, by);
  await openFinding(probed.database, { id: `${requestId}.verdict`, requestId, target: "orders", summary: "it failed" });
  return requestId;
}
const counts = async () =>
  probed.database.query(
    "select (select count(*) from request) as requests, (select count(*) from run) as runs, (select count(*) from review) as reviews, (select count(*) from dbos.workflow_status) as workflows",
  );

test("a follow-up is requested and the finding answered with it, and each names the other", async () => {
  const failed = await found();
  const id = await follow(`${failed}.verdict`);
  expect(await controlPlane.run(id)).toMatchObject({ status: "queued", operation: "restore-drill" });
  expect(await controlPlane.findings(9)).toEqual([]);
  expect(await controlPlane.answers(failed)).toMatchObject([
    { status: "follow-up", reviewer: "os:otto", comment: "the disk is replaced", followUpRequestId: id },
  ]);
  expect([await controlPlane.followedFinding(id), await controlPlane.followedFinding(failed)]).toEqual([
    `${failed}.verdict`,
    undefined,
  ]);
});

test("of two follow-ups at once one is requested, and nothing is left of the other", async () => {
  const failed = await found();
  const [before] = (await counts()) as [{ requests: string }];
  const both = await Promise.allSettled([follow(`${failed}.verdict`), follow(`${failed}.verdict`)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "finding-unknown" } });
  const [after] = (await counts()) as [{ requests: string; runs: string; workflows: string }];
  expect([after.requests, after.runs, after.workflows].map(Number)).toEqual(
    Array<number>(3).fill(Number(before.requests) + 1),
  );
});

test("the command requests a follow-up, and show and explain name its finding", async () => {
  const failed = await found();
  const said = async (...words: string[]) => {
    const { code, stdout, stderr } = await probed.shipshape(...words).ended;
    return { code, text: `${stdout}${stderr}` };
  };
  const words = ["request", "restore-drill", "--database", "orders", "--reason", "the disk is replaced", "--json"];
  const asked = await said(...words, "--follow-up", `${failed}.verdict`);
  expect(asked).toMatchObject({ code: 0 });
  const { id } = JSON.parse(asked.text) as { id: string };
  expect(await controlPlane.followedFinding(id)).toBe(`${failed}.verdict`);
  for (const command of ["show", "explain"]) {
    expect((await said(command, id)).text).toContain(`\nfollow-up of finding ${failed}.verdict\n`);
    expect(JSON.parse((await said(command, id, "--json")).text)).toMatchObject({ followUpOf: `${failed}.verdict` });
  }
  expect((await said("show", failed)).text).toMatch(new RegExp(`: follow-up ${id}, the disk is replaced`));
  expect((await said("show", failed)).text).not.toContain("follow-up of finding");
  expect(JSON.parse((await said("explain", failed, "--json")).text)).toMatchObject({ followUpOf: null });
  expect(await said(...words, "--follow-up", `${failed}.verdict`)).toMatchObject({
    code: 2,
    text: expect.stringContaining("finding-unknown") as string,
  });
});

test("the finding is sealed with what became of its follow-up, however that ended; other statements name none", async () => {
  const sealed = async (id: string) => {
    const [row] = await probed.database.query<{ envelope: string }>(
      "select envelope from evidence where request_id = $1 order by log_index",
      [id],
    );
    return claimOf(row!.envelope).predicate as Record<string, unknown>;
  };
  const submitted = [await found(), await found()];
  // No worker here has the code of drills.
  const open = await probed.database.query<{ id: string }>(
    "select request_id as id from run where finished_at is null",
  );
  for (const { id } of open) await controlPlane.cancel(id, "os:otto");
  const [done, cancelled] = [
    await controlPlane.followUp(`${submitted[0]}.verdict`, "probe", input, by),
    await controlPlane.followUp(`${submitted[1]}.verdict`, "probe", input, by),
  ];
  await controlPlane.cancel(cancelled, "os:otto");
  await probed.worker("", done).ended;
  await probed.worker("", cancelled).ended;
  expect(await sealed(done)).toMatchObject({ run: "succeeded", followUpOf: `${submitted[0]}.verdict` });
  expect(await sealed(cancelled)).toMatchObject({ run: "cancelled", followUpOf: `${submitted[1]}.verdict` });
  const bundle = join(probed.folder, "bundle");
  expect(await probed.shipshape("evidence", "export", done, "--out", bundle).ended).toMatchObject({ code: 0 });
  const verified = await probed.shipshape("evidence", "verify", bundle).ended;
  expect(verified.stdout).toContain(`requested by os:otto as the follow-up of finding ${submitted[0]}.verdict, issued`);
  const other = (await probed.worker("").ended).stdout;
  expect(await sealed(other)).not.toHaveProperty("followUpOf");
});

test("what cannot be requested, or answers nothing, changes nothing", async () => {
  const failed = await found();
  const before = await counts();
  await expect(follow("261123093000-1a2b3c4d.verdict")).rejects.toMatchObject({ code: "finding-unknown" });
  await expect(follow(`${failed}.verdict`, by, { database: 7 })).rejects.toMatchObject({ code: "request-invalid" });
  const roles = { requester: ["os:ana"], operator: ["os:otto"], approver: [], auditor: [] };
  await publishAccess(probed.database, { roles }, "a test");
  const ana = { ...by, requestedBy: "os:ana" };
  await expect(follow(`${failed}.verdict`, ana)).rejects.toMatchObject({ code: "role-missing" });
  expect(await counts()).toEqual(before);
  expect((await controlPlane.findings(9)).map(({ id }) => id)).toEqual([`${failed}.verdict`]);
});
