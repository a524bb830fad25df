// What people are told about a decision, before and after a request.
import { z } from "zod";
import { explain } from "../../automation/command-line/explain";
import { requestOperation } from "../../automation/command-line/request";
import type { RegisteredOperation } from "../../automation/operations/registry";
import { verdictOf } from "../../automation/records";
import type { AnyOperation } from "../../automation/runner/operation";
import { readRun } from "../../automation/runner/runs";
import { readSettings } from "../../automation/settings";
import { plan } from "./policy/facts";
import { ProbedControlPlane } from "./probe";
import { recordedTerminal } from "./command-line/recorded-terminal";

let probed: ProbedControlPlane;
beforeAll(async () => void (probed = await ProbedControlPlane.start()));
afterAll(() => probed?.stop());

const worked = async (request: string) => (await probed.worker("", request).ended).stdout;
async function said(...words: string[]) {
  const { code, stdout, stderr } = await probed.shipshape(...words).ended;
  return { code, text: `${stdout}${stderr}` };
}

test("explain says what each rule says of a request that waits, why, what to do, and which approvals are missing", async () => {
  const id = await worked("change");
  const { planDigest = "" } = await readRun(probed.database, id);
  await probed.database.query(
    "update decision set needed = jsonb_set(needed, '{0,people}', '2') where request_id = $1",
    [id],
  );
  const { code, text } = await said("explain", id);
  expect(code).toBe(0);
  expect(text).toContain(`decision: needs-approval, on plan ${planDigest}\n`);
  expect(text).toContain(
    "\nrequire-approval-of-changes: needs-approval by 1 person (role approver)\n  reason: probe-change changes a database\n  why: A change of a",
  );
  expect(text).toMatch(/\n {2}what to do: Someone else reads the plan/);
  expect(text).toMatch(/\nrequire-known-source: allowed\n {2}reason: orders belongs to team-orders/);
  expect(text.match(/what to do/g)).toHaveLength(1);
  expect(text).toMatch(/\nmissing: approval by 20\S+, by:\n {2}2 people other than the requester\n/);
  expect(text.split("\n").filter((line) => line.length > 80 && !/^(missing|decision|it waits)/.test(line))).toEqual([]);

  await said("approve", id, "--plan", planDigest, "--comment", "fine");
  const after = await said("explain", id);
  expect(after.text).toMatch(
    /\napproved by \S+ at 20\S+Z: fine\nmissing: approval by \S+, by:\n {2}1 person other than the requester\n/,
  );
  const { decision } = JSON.parse((await said("explain", id, "--json")).text) as { decision: { rules: object[] } };
  expect(decision).toMatchObject({
    status: "needs-approval",
    planDigest,
    needed: [{ by: "other than the requester", people: 2, principals: null }],
    approvals: [{ answer: "approved", comment: "fine" }],
    approvalsMissing: [{ by: "other than the requester", people: 1, principals: null }],
  });
  expect(decision.rules).toContainEqual({
    id: "require-approval-of-changes",
    verdict: "needs-approval",
    reason: "probe-change changes a database",
    why: expect.stringContaining("someone other than the requester") as string,
    solution: expect.stringContaining("shipshape approve") as string,
  });
});

test("explain says of a denied request which rule denied it, and what would change that; nothing is missing", async () => {
  const id = await worked("change unowned");
  expect(await readRun(probed.database, id)).toMatchObject({ status: "failed", error: { code: "request-denied" } });
  const { text } = await said("explain", id);
  expect(text).toContain("decision: denied, on plan ");
  expect(text).toMatch(
    /\nrequire-known-source: denied\n {2}reason: unowned has no tag owner and no tag shipshape:standard: it must not be\n {4}changed\n[^]*what to do: Declare the database/,
  );
  expect(text).not.toMatch(/^missing/m);
});

test("explain of an unknown request is an error with a code and a hint", async () => {
  expect(await said("explain", "261123093000-1a2b3c4d")).toMatchObject({
    code: 2,
    text: expect.stringContaining("[request-unknown]") as string,
  });
});

describe("a preview", () => {
  const never = () => Promise.reject(new Error("a preview does not run"));
  const toy: AnyOperation = {
    name: "toy",
    version: 1,
    owner: "a test",
    title: "change something",
    examples: [],
    effect: "changes",
    request: z.strictObject({ database: z.string() }),
    observe: ({ database }: { database: string }, step) =>
      step("look", { attemptsMax: 1, timeoutSeconds: 9 }, async () => database),
    plan: (_, seen: string, requestId) => ({
      ...plan,
      target: seen,
      name: `toy-${requestId}`,
      tags: seen === "orders" ? { ...plan.tags, tier: "bronze" } : {},
    }),
    run: never,
    verify: () => verdictOf([]),
  };
  const registered: RegisteredOperation = { ...toy, open: async () => toy };
  const stored = async () =>
    probed.database.query(
      "select (select count(*) from request) as requests, (select count(*) from run) as runs, (select count(*) from decision) as decisions, (select count(*) from dbos.workflow_status) as workflows",
    );

  const settings = () =>
    readSettings(__dirname, probed.folder, {
      SHIPSHAPE_DATABASE_URL: probed.postgres.url,
      SHIPSHAPE_DATA_FOLDER: probed.folder,
    });
  async function previewed(database: string, json: boolean) {
    const { results: lines, terminal: t } = recordedTerminal();
    process.exitCode = undefined;
    const options = { reason: "to see", planOnly: true, json };
    await requestOperation("toy", { database }, options, {
      settings: settings(),
      terminal: t,
      operations: [registered],
    });
    const code = process.exitCode;
    process.exitCode = undefined;
    return { text: lines.join("\n"), code };
  }
  beforeAll(() => void (process.env["AWS_EC2_METADATA_DISABLED"] = "true"));

  test("shows plan and decision, says that nothing was requested, and stores and queues nothing", async () => {
    const before = await stored();
    const { text, code } = await previewed("orders", false);
    expect(code).toBeUndefined();
    expect(text).toMatch(
      /^toy of orders {3}plan only, nothing is requested\ndecision: needs-approval, by:\n {2}1 person other than the requester\n/,
    );
    expect(text).toMatch(/\nplan:\n\{\n {2}"target": "orders"[^]*"name": "toy-\d{12}-/);
    expect(text).toMatch(/Nothing was requested, stored or queued\. .*$/);
    const { requested, decision } = JSON.parse((await previewed("orders", true)).text) as Record<string, unknown>;
    expect({ requested, decision }).toMatchObject({
      requested: false,
      decision: { status: "needs-approval", needed: [{ people: 1, principals: null }] },
    });
    expect(await stored()).toEqual(before);
  });

  test("of a request that would be denied says why, and ends with exit code 1", async () => {
    const { text, code } = await previewed("ledger", false);
    expect(code).toBe(1);
    expect(text).toMatch(/decision: denied\n[^]*require-known-source: denied\n[^]*what to do: Declare the database/);
  });

  test("refuses what a request would be refused for", async () => {
    await expect(previewed(7 as never, false)).rejects.toMatchObject({ code: "request-invalid" });
  });

  test("a request that no worker has prepared yet is not decided", async () => {
    const controlPlane = await probed.client(async () => [toy]);
    const id = await controlPlane.submit("toy", { database: "orders" }, { requestedBy: "ana", reason: "r" });
    const { results: lines, terminal: t } = recordedTerminal();
    await explain(id, {}, { settings: settings(), terminal: t });
    expect(lines.at(-1)).toBe("not decided yet: the run is queued");
    await controlPlane.cancel(id, "ana");
    lines.length = 0;
    await explain(id, {}, { settings: settings(), terminal: t });
    expect(lines.at(-1)).toMatch(/^it ended before a decision: the run of request \S+ was cancelled by ana$/);
  });
});
