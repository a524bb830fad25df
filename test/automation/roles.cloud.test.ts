// Who may do what, as a worker published it; and names of the embedded cloud, which count in its control plane alone.
import { builtIn } from "../../components/standards/built-in";
import { chmodSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { STSClient } from "@aws-sdk/client-sts";
import { parseUser } from "../../automation/command-line/commands/option-values";
import type { ControlPlane } from "../../automation/control-plane";
import { openRecords } from "../../automation/control-plane-records";
import { claimOf } from "../../automation/evidence/envelope";
import { accessInForce, publishAccess } from "../../automation/policy/access";
import type { Access } from "../../automation/policy/roles";
import { knownStandards } from "../../automation/policy/standards";
import type { AnyOperation } from "../../automation/runner/operation";
import { readRun } from "../../automation/runner/runs";
import { principal } from "../../automation/targets/principal";
import { instanceTagOf } from "../../components/standards/standard";
import { readStandard } from "../../components/standards/standard-file";
import { startCloud } from "../cloud";
import { companyFolder, today } from "../components/standards/company";
import { ProbedControlPlane, unused } from "./probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
const unknown = { safeParse: (data: unknown) => ({ success: true, data }) };
const known = async () =>
  ["probe", "probe-change"].map((name) => ({ name, version: 1, request: unknown }) as unknown as AnyOperation);
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client(known);
});
afterAll(() => probed?.stop());
afterEach(async () => {
  await probed.database.query("truncate access");
  await probed.postgres.server.query("drop schema if exists embedded_cloud", [], "control");
});

const me = userInfo().username;
const access: Access = {
  roles: { requester: ["os:ana"], operator: ["os:otto"], approver: ["os:ben", "os:otto"], auditor: [] },
  teams: { "team-orders": ["os:dora"] },
};
const publish = (given: Access = access) => publishAccess(probed.database, given, "a test");
const markEmbedded = () => probed.postgres.server.query("create schema embedded_cloud", [], "control");
async function worked(id: string): Promise<string> {
  expect(await probed.worker("", id).ended).toMatchObject({ code: 0, stderr: "" });
  return id;
}
const submit = (requestedBy: string, operation = "probe-change") =>
  controlPlane.submit(operation, { database: "orders" }, { requestedBy, reason: "a test" });
async function approve(id: string, by: string) {
  const { planDigest: plan = "" } = await readRun(probed.database, id);
  return controlPlane.approve(id, { principal: by, plan, comment: "fine" });
}
async function sealed(id: string) {
  const [row] = await probed.database.query<{ envelope: string }>(
    "select envelope from evidence where request_id = $1 and kind = 'verdict'",
    [id],
  );
  return claimOf(row!.envelope).predicate as Record<string, unknown>;
}
const roleMissing = { code: "role-missing" };

test("each call is refused to those without its role, and does nothing", async () => {
  await publish();
  await expect(submit("mallory")).rejects.toMatchObject(roleMissing);
  await expect(
    controlPlane.preview("probe", { database: "orders" }, { requestedBy: "mallory", reason: "r" }),
  ).rejects.toMatchObject(roleMissing);
  expect(await controlPlane.runs(10)).toEqual([]);
  const id = await submit("ana");
  await expect(controlPlane.cancel(id, "mallory")).rejects.toMatchObject(roleMissing);
  await expect(controlPlane.cancel(id, "ben")).rejects.toMatchObject(roleMissing);
  await expect(controlPlane.cleanUpAgain(id, "ana")).rejects.toMatchObject(roleMissing);
  await expect(controlPlane.pause("all", { principal: "ana", reason: "r" })).rejects.toMatchObject(roleMissing);
  await expect(controlPlane.resume("all", "ana")).rejects.toMatchObject(roleMissing);
  const answer = { findingId: `${id}.verdict`, status: "accepted", reviewer: "ana", comment: "c" } as const;
  await expect(controlPlane.answer(answer)).rejects.toMatchObject(roleMissing);
  await expect(controlPlane.authorizeReading("mallory")).rejects.toMatchObject(roleMissing);
  expect(await controlPlane.run(id)).toMatchObject({ status: "queued" });
  const refused = await controlPlane.refusals(20);
  expect(refused.find((r) => r.principal === "mallory" && r.action === "request operations")).toMatchObject({
    times: 2,
  });
  expect(refused.map((r) => r.principal)).toEqual(expect.arrayContaining(["ana", "ben", "mallory"]));
  expect(refused.length).toBe(new Set(refused.map((r) => `${r.principal} ${r.action}`)).size);
  expect(await controlPlane.pauses()).toEqual([]);

  await controlPlane.authorizeReading("dora");
  await controlPlane.pause("all", { principal: "otto", reason: "r" });
  expect(await controlPlane.resume("all", "otto")).toBe(0);
  await controlPlane.cancel(id, "ana"); // one's own
  expect(await controlPlane.run(id)).toMatchObject({ status: "cancelled" });
});

test("a change that its requester may not ask for is denied, and the statement says so", async () => {
  await publish();
  const id = await worked(await submit("ana"));
  expect(await readRun(probed.database, id)).toMatchObject({ status: "failed", error: { code: "request-denied" } });
  expect(await sealed(id)).toMatchObject({
    error: { message: expect.stringContaining("ana is not an operator, and not in the team team-orders") as string },
    decision: { status: "denied" },
  });
});

test("who may approve is fixed when the plan is decided on, shown to all, and sealed with those who did", async () => {
  await publish();
  const id = await worked(await submit("dora"));
  // Someone has a file of their own: what was decided still holds.
  await publish({ ...access, roles: { ...access.roles!, approver: ["os:mallory"] } });
  await expect(approve(id, "mallory")).rejects.toMatchObject({ code: "approval-of-others" });
  await expect(approve(id, "dora")).rejects.toMatchObject({ code: "approval-own-request" });
  await probed.database.query("truncate access");
  for (const command of ["show", "explain"])
    expect((await probed.shipshape(command, id).ended).stdout).toContain(
      ", by:\n  1 person with the role approver: os:ben, os:otto\n",
    );
  expect((await approve(id, "ben")).approvals).toMatchObject([{ principal: "ben" }]);
  await worked(id);
  expect(await sealed(id)).toMatchObject({
    run: "succeeded",
    decision: {
      needed: [{ by: "with the role approver", people: 1, principals: ["os:ben", "os:otto"] }],
      approvals: [{ principal: "ben", kind: "os" }],
    },
  });
});

test("commands that read are refused to those without any role; `status` says which roles are in force", async () => {
  expect((await probed.shipshape("status").ended).stdout).toMatch(/\nroles: everyone has all of them; shipshape.yaml/);
  await publish();
  const { code, stderr } = await probed.shipshape("status").ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("[role-missing]") as string });
  await publish({ ...access, roles: { ...access.roles!, auditor: [`os:${me}`] } });
  const { stdout } = await probed.shipshape("status").ended;
  expect(stdout).toMatch(/\nroles: as a test read them in shipshape.yaml at 20/);
  expect(stdout).toContain(`\nrefused: ${me} may not read the control plane's records (1 call, the last at 20`);
  await probed.database.query("update refusal set last_at = now() - interval '8 days'");
  expect(await controlPlane.refusals(20)).toEqual([]);
});

test("the latest roles count, and the same ones are published once", async () => {
  await Promise.all([publish(), publish()]);
  await publish();
  expect(await probed.database.query("select from access")).toHaveLength(1);
  await publish({});
  expect(await accessInForce(probed.database)).toMatchObject({ publishedBy: "a test" });
  await submit("mallory").then((id) => controlPlane.cancel(id, "mallory"));
});

describe("a worker", () => {
  const file = () => join(probed.folder, "shipshape.yaml");
  async function worker(text: string) {
    writeFileSync(file(), text);
    process.env["SHIPSHAPE_CONFIGURATION_FILE"] = file();
    try {
      return await probed.shipshape("worker", "--until-idle").ended;
    } finally {
      delete process.env["SHIPSHAPE_CONFIGURATION_FILE"];
    }
  }

  test("puts the roles of its file in force", async () => {
    const roles = { requester: ["everyone"], operator: ["os:otto"], approver: [], auditor: [] };
    expect(await worker(`roles: ${JSON.stringify(roles)}\n`)).toMatchObject({ code: 0 });
    expect(await accessInForce(probed.database)).toMatchObject({
      roles,
      publishedBy: expect.stringMatching(/^a worker on /) as string,
    });
  });

  test("makes its standard known to decisions, once", async () => {
    const standard = readStandard(companyFolder().file, today);
    const named = `standard: ${companyFolder().file}\n`;
    expect(await worker(named)).toMatchObject({ code: 0 });
    expect(await worker(named)).toMatchObject({ code: 0 });
    expect((await knownStandards(probed.database)).filter((tag) => tag.startsWith("acme"))).toEqual([
      instanceTagOf(standard),
    ]);
  });

  test("with a file that is wrong does not start, and what is in force stays", async () => {
    await publish();
    for (const [text, problem] of [
      ["roles: {}\n", "[configuration-invalid]"],
      ["limits: {operations: {restore-dril: 1}}\n", 'no operation "restore-dril"; did you mean restore-drill?'],
    ] as const) {
      const { code, stderr } = await worker(text);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(problem) as string });
    }
    expect(await accessInForce(probed.database)).toMatchObject({ publishedBy: "a test" });
  });

  test("with a file that everyone can write to does not start, and what is in force stays", async () => {
    await publish();
    writeFileSync(file(), "");
    chmodSync(file(), 0o666);
    const { code, stderr } = await worker("{}\n");
    chmodSync(file(), 0o644);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("[configuration-exposed]") as string });
    expect(await accessInForce(probed.database)).toMatchObject({ publishedBy: "a test" });
  });

  test("without the key that signs evidence puts nothing in force", async () => {
    const mine = async () => ({ roles: { ...access.roles!, approver: ["os:mallory"] } });
    const opened = await probed.client(known, { access: mine });
    await expect(opened.work(unused)).rejects.toThrow("not used here");
    expect(await accessInForce(probed.database)).toBeUndefined();
  });
});

test("two names never have one key", () => {
  for (const name of ["ben0", "0", "", "ben-b", "b".repeat(17)])
    expect(() => parseUser(name)).toThrow("not a user name");
  expect(parseUser("ben")).toBe("ben");
});

describe("a name that the embedded cloud issued", () => {
  test("counts for nothing in another control plane, also in one whose user made a schema of that name", async () => {
    const id = await worked(await submit("ana"));
    const refused = { code: "principal-embedded" };
    await probed.database.query("create schema embedded_cloud");
    expect(await controlPlane.isEmbedded()).toBe(false);
    await expect(submit("embedded:ana/ben")).rejects.toMatchObject(refused);
    await expect(approve(id, "embedded:ana/ben")).rejects.toMatchObject(refused);
    await expect(controlPlane.cancel(id, "embedded:ana/ben")).rejects.toMatchObject(refused);
    await expect(controlPlane.authorizeReading("embedded:ana/ben")).rejects.toMatchObject(refused);
    await controlPlane.cancel(id, "ana");
  });

  test("may approve what another such name requested, and the statement says that it proves no person", async () => {
    await markEmbedded();
    const id = await worked(await submit("embedded:ana/alice"));
    await expect(approve(id, "ana")).rejects.toMatchObject({ code: "approval-own-request" });
    await expect(approve(id, "embedded:ana/alice")).rejects.toMatchObject({ code: "approval-own-request" });
    await approve(id, "embedded:ana/ben");
    expect((await probed.shipshape("show", id).ended).stdout).toContain(
      "approved by embedded:ana/ben (a name that ana issued in the embedded cloud: no proof of a person) at ",
    );
    await worked(id);
    expect(await sealed(id)).toMatchObject({
      request: { requestedBy: "embedded:ana/alice" },
      decision: { approvals: [{ principal: "embedded:ana/ben", kind: "embedded" }] },
    });
  });

  test("never approves what its operating-system user requested", async () => {
    await markEmbedded();
    const id = await worked(await submit("ana"));
    await expect(approve(id, "embedded:ana/ben")).rejects.toMatchObject({ code: "approval-own-request" });
    await controlPlane.cancel(id, "ana");
  });
});

test("the embedded cloud names the principal of a key it issued, to its own control plane; other keys are refused", async () => {
  const cloud = await startCloud();
  try {
    const records = await openRecords(cloud.env["SHIPSHAPE_DATABASE_URL"]!, builtIn);
    const isEmbedded = () => records.isEmbedded();
    const asked = (keyId?: string) => principal(isEmbedded, new STSClient(cloud.client(keyId)));
    expect(await asked("AKIABEN0000000000000")).toBe(`embedded:${me}/ben`);
    expect(await asked()).toBe(me);
    const credentials = { accessKeyId: "AKIAMALLORY000000000", secretAccessKey: "made up" };
    await expect(principal(isEmbedded, new STSClient({ ...cloud.client(), credentials }))).rejects.toMatchObject({
      code: "principal-unknown",
    });
    await records.close();
  } finally {
    await cloud.stop();
  }
});
