// What operations use to change a stack: which stack it is, whether it is ours, and what prevents it.
import { execFileSync } from "node:child_process";
import { hostname, tmpdir } from "node:os";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackHomes } from "../../../automation/configuration/owned-stacks";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { deliveredCheck, stackChangeSteps } from "../../../automation/operations/stack-changes";
import type { BlueGreenPlan } from "../../../automation/operations/database-patch/plan";
import { upgradeSteps } from "../../../automation/operations/database-patch/upgrade-steps";
import type { OperationContext } from "../../../automation/operations/operation-context";
import type { PlannedChange } from "../../../automation/fleet-records";
import { planStackChange, type ObservedStack } from "../../../automation/runner/stack-change";
import { heldTo } from "../../../automation/tier-of";
import { builtIn } from "../../../components/standards/built-in";
import { makeControlPlaneDatabase, type TestDatabase } from "../control-plane-database";
import { databaseNamed } from "./toy-change";

const root = mkdtempSync(join(tmpdir(), "shipshape-stacks-"));
const states = join(root, "states", ".pulumi", "stacks");
const gitEnvironment = { PATH: process.env["PATH"] ?? "", HOME: root };
const configuration = { path: join(root, "shipshape.yaml"), isNamed: true };
const config = "config:\n  shipshape:request:\n    size: small\n";
const file = "Pulumi.database.orders.yaml";

let postgres: TestDatabase;
let database: ControlPlaneDatabase;
beforeAll(async () => {
  postgres = await makeControlPlaneDatabase();
  database = await openDatabase(postgres.url);
  for (const folder of ["ours", "theirs"]) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, file), config);
  }
  const git = (...words: string[]) => execFileSync("git", words, { cwd: join(root, "ours"), env: gitEnvironment });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "--quiet", "--message", "Begin");
});
afterAll(async () => {
  await database?.close();
  await postgres?.remove();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  rmSync(states, { recursive: true, force: true });
  declare("shop/database.orders");
});

/** A stack whose state has the database `orders`. */
function declare(stack: string): void {
  const { identifier, resourceId, arn } = databaseNamed("orders");
  const urn = `urn:pulumi:s::p::aws:rds/instance:Instance::${stack}`;
  const outputs = { engine: "postgres", identifier, resourceId, arn };
  const resources = [{ urn, type: "aws:rds/instance:Instance", outputs }];
  mkdirSync(join(states, stack, ".."), { recursive: true });
  writeFileSync(join(states, `${stack}.json`), JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }));
}

/** The steps where shipshape.yaml names that folder for the project of the stack. */
function stepsWith(folder?: string) {
  writeFileSync(configuration.path, folder === undefined ? "{}" : `stacks: [{ project: shop, folder: ${folder} }]`);
  return stackChangeSteps({
    access: {},
    database,
    stacks: { workspacesFolder: root, environment: { PULUMI_BACKEND_URL: `file://${join(root, "states")}` } },
    homesOfStacks: () => Promise.resolve(stackHomes(configuration)),
    gitEnvironment,
  });
}
const observe = (folder?: string) => stepsWith(folder).observe(databaseNamed("orders"));
const planned = (observed: ObservedStack) =>
  planStackChange(
    { set: [{ path: ["size"], value: "large" }], why: "it grows", requestId: "261127050000-0a1b2c3d", expected: [] },
    observed,
  );

test("a config in git is ours to commit; one in a folder alone gives a patch; without one there are instructions", async () => {
  const ours = await observe("ours");
  expect(ours).toMatchObject({ stack: "shop/database.orders", ownership: "ours", config: { file, text: config } });
  expect(planned(ours).reaches).toBe("commit");
  const change = planned(await observe("theirs"));
  expect(change.reaches).toBe("patch");
  writeFileSync(join(root, "theirs", "patch"), change.text);
  execFileSync("git", ["apply", "--unidiff-zero", "patch"], { cwd: join(root, "theirs"), env: gitEnvironment });
  expect((await observe("theirs")).config?.text).toBe(config.replace("small", "large"));
  expect(planned(await observe())).toMatchObject({ reaches: "instructions", config: null });
});

test("what is committed counts, not what someone is writing", async () => {
  writeFileSync(join(root, "ours", file), "someone is writing");
  expect((await observe("ours")).config?.text).toBe(config);
  writeFileSync(join(root, "ours", file), config);
});

test("a folder that this machine lacks is no reason to deliver what another worker commits", async () => {
  await expect(observe("absent")).rejects.toMatchObject({ code: "stack-folder-missing" });
  const change = planned(await observe("ours"));
  const commit = stepsWith("absent").commit(change, new AbortController().signal);
  await expect(commit).rejects.toMatchObject({ code: "stack-folder-missing" });
});

test("a database that no stack declares, or two do, or that one may declare which cannot be read, has none to change", async () => {
  declare("wiki/copy");
  await expect(observe()).rejects.toThrow(/shop\/database.orders and wiki\/copy declare it/);
  rmSync(states, { recursive: true });
  mkdirSync(states, { recursive: true });
  await expect(observe()).rejects.toMatchObject({
    code: "stack-undeclared",
    message: expect.stringContaining("none declares it") as string,
  });
  writeFileSync(join(states, "broken.json"), "{");
  await expect(observe()).rejects.toThrow(/none that could be read declares it, and these could not be: broken/);
  rmSync(join(root, "states"), { recursive: true });
  await expect(observe()).rejects.toThrow(/the stacks could not be read/);
});

test("two runs on one machine never commit in one folder at once", async () => {
  const change = planned(await observe("ours"));
  const commit = () => stepsWith("ours").commit(change, new AbortController().signal);
  await database.transaction(async (other) => {
    const folder = `${hostname()} ${join(root, "ours")}`;
    await other.query("select pg_advisory_xact_lock(hashtext('shipshape git folder'), hashtext($1))", [folder]);
    await expect(commit()).rejects.toMatchObject({ code: "git-locked" });
  });
  expect(await commit()).toMatchObject({ isOwn: true, pushedTo: null });
});

test("a commit whose up was refused is taken back whole, once, and not where someone has committed since", async () => {
  const signal = new AbortController().signal;
  const steps = stepsWith("ours");
  const committedNow = async () => (await observe("ours")).config?.text ?? "";
  const before = await committedNow();
  const change = {
    ...planStackChange(
      { set: [{ path: ["tier"], value: "gold" }], why: "a test", requestId: "r-1", expected: [] },
      await observe("ours"),
    ),
  };
  const committed = await steps.commit(change, signal);
  expect(await committedNow()).toContain("tier: gold");
  await steps.takeBack(change, committed, signal);
  await steps.takeBack(change, committed, signal);
  expect(await committedNow()).toBe(before);
  const again = { ...change, requestId: "r-2" };
  const second = await steps.commit(again, signal);
  const other = { ...change, requestId: "r-3", set: [{ path: ["tier"], value: "silver" }] };
  await steps.commit({ ...other, config: (await plannedFrom(other)).config }, signal);
  await expect(steps.takeBack(again, second, signal)).rejects.toMatchObject({ code: "stack-config-moved" });
  expect(await committedNow()).toContain("tier: silver");
});

/** Of `orders`, which runs 17.10, with the steps of these changes. */
function upgradeOf(changes: ReturnType<typeof stepsWith>) {
  const { resourceId: DbiResourceId } = databaseNamed("orders");
  const send = () => Promise.resolve({ DBInstances: [{ DbiResourceId, EngineVersion: "17.10" }] });
  const shared = { changes, clientsFor: () => ({ rds: { send } }) };
  return upgradeSteps({} as OperationContext, shared as unknown as Parameters<typeof upgradeSteps>[1]);
}
const planOf = (change: PlannedChange, upgrade?: { prepare: PlannedChange }) =>
  ({
    ...{ database: databaseNamed("orders"), from: "17.10", to: upgrade ? "18.4" : "17.11", change },
    blueGreen: { ...(upgrade && { upgrade }) },
  }) as unknown as BlueGreenPlan;

test("a change and the one that prepared it are taken back, as often as it is tried, and only what was committed", async () => {
  const signal = new AbortController().signal;
  const steps = stepsWith("ours");
  const text = async () => (await observe("ours")).config?.text ?? "";
  const before = await text();
  const prepare = await plannedFrom({ requestId: "r-4-prepared", set: [{ path: ["otherMajor"], value: "18" }] });
  expect(await steps.takeBackIfMade(prepare, signal)).toBe(false);
  await steps.commit(prepare, signal);
  const change = await plannedFrom({ requestId: "r-4", set: [{ path: ["otherMajor"], value: "17" }] });
  await steps.commit(change, signal);
  const upgrade = upgradeOf(steps);
  const plan = planOf(change, { prepare });
  // The first ends after both, and before the stack was brought up; the second finds them.
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await upgrade.takeBack(plan, signal)).toBe("taken back");
    expect(await text()).toBe(before);
  }
  await steps.commit(await plannedFrom({ requestId: "r-5", set: [{ path: ["size"], value: "medium" }] }), signal);
  expect(await upgrade.takeBack(plan, signal)).toBe("taken back");
  expect(await text()).toContain("size: medium");
});

test("of a minor that nobody was switched to, the commit is taken back, unless someone has committed since", async () => {
  const signal = new AbortController().signal;
  const steps = stepsWith("ours");
  const upgrade = upgradeOf(steps);
  const text = async () => (await observe("ours")).config?.text ?? "";
  const before = await text();
  const change = await plannedFrom({ requestId: "r-8", set: [{ path: ["engineVersion"], value: "17.11" }] });
  await steps.commit(change, signal);
  expect(await upgrade.takeBack({ ...planOf(change), from: "17.9" }, signal)).toBe("nothing");
  expect(await text()).toContain("17.11");
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await upgrade.takeBack(planOf(change), signal)).toBe("nothing");
    expect(await text()).toBe(before);
  }
  const again = await plannedFrom({ requestId: "r-9", set: [{ path: ["engineVersion"], value: "17.11" }] });
  await steps.commit(again, signal);
  await steps.commit(await plannedFrom({ requestId: "r-10", set: [{ path: ["size"], value: "xlarge" }] }), signal);
  expect(await upgrade.takeBack(planOf(again), signal)).toBe("changed since");
  expect(await text()).toContain("17.11");
});

test("what the owner has committed on top of a change stays, and is told as still declared", async () => {
  const signal = new AbortController().signal;
  const steps = stepsWith("ours");
  const prepare = await plannedFrom({ requestId: "r-6-prepared", set: [{ path: ["otherMajor"], value: "18" }] });
  await steps.commit(prepare, signal);
  await steps.commit(await plannedFrom({ requestId: "r-7", set: [{ path: ["size"], value: "large" }] }), signal);
  const upgrade = upgradeOf(steps);
  const plan = planOf({ ...prepare, requestId: "r-6" }, { prepare });
  expect(await upgrade.takeBack(plan, signal)).toBe("changed since");
  const moved = { ...plan, database: { ...plan.database, resourceId: "db-2" } };
  expect(await upgrade.takeBack(moved, signal)).toBe("nothing");
});

const plannedFrom = async ({ set, requestId }: { set: { path: string[]; value: string }[]; requestId: string }) =>
  planStackChange({ set, why: "a test", requestId, expected: [] }, await observe("ours"));

test("a stack is not brought up with a config that was changed after our commit", async () => {
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: join(root, "ours"), env: gitEnvironment, encoding: "utf8" }).trim();
  const change = planned(await observe("ours"));
  const committed = { revision: git("rev-parse", "HEAD"), isOwn: false, pushedTo: null };
  writeFileSync(join(root, "ours", file), config.replace("small", "xlarge"));
  git(
    "-c",
    "user.name=Ana",
    "-c",
    "user.email=ana@example.com",
    "commit",
    "--quiet",
    "--all",
    "--message",
    "Grow more",
  );
  const program = {
    program: () => () => Promise.resolve({}),
    settleCloud: () => Promise.resolve(new Map<string, string>()),
  };
  const up = stepsWith("ours").bringUp(change, committed, program, new AbortController().signal);
  await expect(up).rejects.toMatchObject({ code: "stack-config-moved" });
});

test("a delivery is undecided: it names who has to act, and until when", async () => {
  const change = planned(await observe());
  const plan = { target: "orders", database: databaseNamed("orders"), tags: {}, evidenceValidDays: 7, change };
  expect(deliveredCheck(plan, "2026-12-11T05:00:00.000Z")).toMatchObject({
    verdict: "inconclusive",
    explanation: expect.stringMatching(
      /^delivered to those who have the program of shop\/database.orders \(instructions\), and expected until 2026-12-11/,
    ) as string,
  });
  const held = { ...plan, heldTo: heldTo({ owner: "team-orders" }, builtIn) };
  expect(deliveredCheck(held, "2026").explanation).toMatch(/^delivered to team-orders /);
});
