// A request that fixes a finding, and the answer to that finding, exist both or neither.
import { openControlPlane, type ControlPlane } from "../../automation/control-plane";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { restoreDrill } from "../../automation/operations/restore-drill/restore-drill";
import type { RestoreDrillSteps } from "../../automation/operations/restore-drill/steps";
import { publishAccess } from "../../automation/policy/access";
import { openFinding } from "../../automation/review/findings";
import { builtIn } from "../../components/standards/built-in";
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
    standard: builtIn,
    signer: unused,
    toolVersions: {},
    operations: async () => [restoreDrill({} as RestoreDrillSteps, builtIn)],
  });
});
afterAll(async () => {
  await controlPlane?.close();
  await database?.close();
  await postgres?.remove();
});

const by = { requestedBy: "os:otto", reason: "the disk is replaced" };
const input = { database: "orders" };
const follow = (finding: string, who = by, given: object = input) =>
  controlPlane.followUp(finding, "restore-drill", given, who);
/** A request whose verdict is a finding. */
async function found(): Promise<string> {
  const requestId = await controlPlane.submit("restore-drill", input, by);
  await openFinding(database, { id: `${requestId}.verdict`, requestId, target: "orders", summary: "it failed" });
  return requestId;
}
const counts = async () =>
  database.query(
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

test("what cannot be requested, or answers nothing, changes nothing", async () => {
  const failed = await found();
  const before = await counts();
  await expect(follow("261123093000-1a2b3c4d.verdict")).rejects.toMatchObject({ code: "finding-unknown" });
  await expect(follow(`${failed}.verdict`, by, { database: 7 })).rejects.toMatchObject({ code: "request-invalid" });
  const roles = { requester: ["os:ana"], operator: ["os:otto"], approver: [], auditor: [] };
  await publishAccess(database, { roles }, "a test");
  const ana = { ...by, requestedBy: "os:ana" };
  await expect(follow(`${failed}.verdict`, ana)).rejects.toMatchObject({ code: "role-missing" });
  expect(await counts()).toEqual(before);
  expect((await controlPlane.findings(9)).map(({ id }) => id)).toEqual([`${failed}.verdict`]);
});
