// A change is admitted by what is known when it is decided on, and again right before it is carried out.
import type { ControlPlane } from "../../automation/control-plane";
import { claimOf } from "../../automation/evidence/envelope";
import { publishAccess } from "../../automation/policy/access";
import type { AnyOperation } from "../../automation/runner/operation";
import { readRun } from "../../automation/runner/runs";
import { ProbedControlPlane } from "./probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  const operations = async () => [{ name: "probe-change", version: 1 } as AnyOperation];
  controlPlane = await probed.client(operations);
});
afterAll(() => probed?.stop());

/** A worker until the request is over or waits; resolves to the request's id. */
async function worked(request: string): Promise<string> {
  const { stdout, stderr } = await probed.worker("", request).ended;
  expect(stderr).toBe("");
  return stdout;
}
const run = (id: string) => readRun(probed.database, id);
const approve = async (id: string) =>
  controlPlane.approve(id, { principal: "ben", plan: (await run(id)).planDigest!, comment: "fine" });
async function sealed(id: string) {
  const rows = await probed.database.query<{ envelope: string }>(
    "select envelope from evidence where request_id = $1",
    [id],
  );
  return rows.map(({ envelope }) => claimOf(envelope).predicate as Record<string, unknown>);
}
beforeEach(() => probed.database.query("drop table if exists effect"));
const effects = () => probed.database.query("select moment from effect");

test("an approved change that the rules would deny by now is not carried out, and the denial is sealed", async () => {
  const [id, other] = [await worked("change"), await worked("change")];
  await approve(id);
  await publishAccess(probed.database, { changesPerDay: { ring1: 0 } }, "a test");
  await worked(id);
  const denial = {
    id: "forbid-wide-changes",
    verdict: "denied",
    reason: "shipshape.yaml allows no changes of ring 1",
  };
  expect(await run(id)).toMatchObject({ status: "failed", preparation: 2, error: { code: "request-denied" } });
  expect(await effects()).toEqual([]);
  const [verdict] = await sealed(id);
  expect(verdict).toMatchObject({
    decision: { status: "denied", rules: expect.arrayContaining([denial]) as unknown },
  });
  await publishAccess(probed.database, {}, "a test");
  await approve(other);
  await worked(other);
  expect(await run(other)).toMatchObject({ status: "succeeded", preparation: 1 });
});

describe("a change of a gold database in production", () => {
  beforeEach(() => probed.database.query("create table if not exists proven (recoverability text)"));
  afterEach(() => probed.database.query("truncate proven"));
  const know = (word: string) =>
    probed.database.query("with gone as (delete from proven) insert into proven values ($1)", [word]);
  const known = { reason: "the test says so", drill: null };

  test("is denied unless its recovery is proven, and the plan says what is known, without the operation's doing", async () => {
    await know("stale");
    const id = await worked("change gold");
    expect(await run(id)).toMatchObject({
      error: {
        code: "request-denied",
        message: expect.stringContaining("(gold, production) is not proven: stale, the test says so") as string,
      },
      plan: { recovery: { recoverability: "stale", ...known } },
    });
    const [verdict] = await sealed(id);
    expect(verdict).toMatchObject({ plan: { recovery: { recoverability: "stale" } }, decision: { status: "denied" } });
  });

  test("that was approved while it was proven is denied once it is not: what people saw is what is carried out", async () => {
    await know("fresh");
    const [id, other] = [await worked("change gold"), await worked("change gold")];
    expect(await run(id)).toMatchObject({
      status: "waiting",
      plan: { recovery: { recoverability: "fresh", ...known } },
    });
    await approve(id);
    await know("failed");
    await worked(id);
    expect(await run(id)).toMatchObject({
      status: "failed",
      preparation: 2,
      error: { code: "request-denied" },
      plan: { recovery: { recoverability: "failed", ...known } },
    });
    expect(await effects()).toEqual([]);
    await know("fresh");
    await approve(other);
    await worked(other);
    expect(await run(other)).toMatchObject({ status: "succeeded", verdict: "pass" });
  });
});
