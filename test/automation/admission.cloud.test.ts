// What people are told about a decision.
import { readRun } from "../../automation/runner/runs";
import { ProbedControlPlane } from "./probe";

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
  await probed.database.query("update decision set people = 2 where request_id = $1", [id]);
  const { code, text } = await said("explain", id);
  expect(code).toBe(0);
  expect(text).toContain(`decision: needs-approval, on plan ${planDigest}\n`);
  expect(text).toContain(
    "\nrequire-approval-of-changes: needs-approval by 1 person\n  reason: probe-change changes a database\n  why: A change of a",
  );
  expect(text).toMatch(/\n {2}what to do: Someone else reads the plan/);
  expect(text).toMatch(/\nrequire-known-source: allowed\n {2}reason: orders belongs to team-orders/);
  expect(text.match(/what to do/g)).toHaveLength(1);
  expect(text).toMatch(/\nmissing: approval by 2 people other than the requester, by 20/);
  expect(text.split("\n").filter((line) => line.length > 80 && !/^(missing|decision|it waits)/.test(line))).toEqual([]);

  await said("approve", id, "--plan", planDigest, "--comment", "fine");
  const after = await said("explain", id);
  expect(after.text).toMatch(/\napproved by \S+ at 20\S+Z: fine\nmissing: approval by 1 person other than/);
  const { decision } = JSON.parse((await said("explain", id, "--json")).text) as { decision: { rules: object[] } };
  expect(decision).toMatchObject({
    status: "needs-approval",
    planDigest,
    people: 2,
    approvals: [{ answer: "approved", comment: "fine" }],
    approvalsMissing: 1,
  });
  expect(decision.rules[0]).toEqual({
    id: "require-approval-of-changes",
    verdict: "needs-approval",
    reason: "probe-change changes a database",
    people: 1,
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
  expect(text).not.toContain("missing");
});

test("explain of an unknown request is an error with a code and a hint", async () => {
  expect(await said("explain", "261123093000-1a2b3c4d")).toMatchObject({
    code: 2,
    text: expect.stringContaining("[request-unknown]") as string,
  });
});
