// Refreshes on the real engine: from the request to a masked copy that every role logs in to, and again into the same.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AddTagsToResourceCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import type { RefreshExtensionPlan } from "../../../../automation/operations/refresh-extension/plan";
import { operations } from "../../../../automation/operations/registry";
import type { AnyOperation } from "../../../../automation/runner/operation";
import { findBackups } from "../../../../automation/targets/database-instance";
import { askFleet } from "../../../../automation/targets/fleet";
import type { AwsClients } from "../../../../automation/targets/aws-access";
import type { Run } from "../../../../automation/records";
import { readSettings } from "../../../../automation/settings";
import { builtIn } from "../../../../components/standards/built-in";
import { database } from "../../../../stacks/database";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { until } from "../../../until";
import { unused } from "../../probe";
import { Commands } from "../disturbed-commands";
import { copyStackIn } from "./copy-stack";
import { dayAfterData, detected, good, idOf, inBrief, unprovenCopies } from "./ended-runs";
import { content, filesContaining, identifier, KEY, profile, REAL, twoCustomers } from "./source-content";
import { recordsWith } from "./records-with";
import { maskingPreviewTests } from "../masking-preview/shown-rows";
import { teamDatabaseTests } from "./team-database";

const stackName = "database.orders-production";
const copy = "orders-staging";
const roles = ["owner", "readwrite", "readonly", "monitoring", "shipshape"];
let engine: Engine;
let stack: Stack;
let commands: Commands;
let controlPlane: ControlPlane;
let masking: string;

const write = (text: string) => writeFileSync(join(masking, `${identifier}.masking.yaml`), text);

beforeAll(async () => {
  engine = await startEngine();
  const { cloud } = engine;
  const config = { ...request, tier: "bronze", extensions: ["pg_stat_statements"] };
  const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries(config)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
  const [repository, workDir] = ["repository", "program"].map((name) => join(cloud.dataFolder, name));
  masking = join(cloud.dataFolder, "masking");
  for (const folder of [repository!, workDir!, masking]) mkdirSync(folder);
  for (const folder of [repository!, workDir!]) writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), text);
  write(profile);
  const program = () => Promise.resolve(database());
  const workspace = { workDir: workDir!, envVars: cloud.env };
  stack = await LocalWorkspace.createOrSelectStack({ projectName: "shipshape", stackName, program }, workspace);
  await stack.up();
  await cloud.secrets.send(new CreateSecretCommand({ Name: "masking/orders", SecretString: KEY }));
  commands = Commands.in(cloud, repository!, "environment-refresh");
  Object.assign(commands.env, { SHIPSHAPE_PLATFORM_STACK: "platform.test", SHIPSHAPE_MASKING: masking });
  createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, commands.env));
  controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
    signer: unused,
    toolVersions: {},
    operations: () => Promise.resolve(operations as unknown as AnyOperation[]),
  });
  await as("production", "owner", (query) => query(content));
}, 300_000);
afterAll(async () => {
  await controlPlane?.close();
  commands?.stop();
  await engine?.stop();
});

async function urlOf(environment: string, role: string): Promise<string> {
  const SecretId = `shipshape/orders/${environment}/orders/${role}`;
  const { SecretString = "" } = await engine.cloud.secrets.send(new GetSecretValueCommand({ SecretId }));
  return (JSON.parse(SecretString) as { url: string }).url;
}
const as = async <T>(environment: string, role: string, work: (query: Query) => Promise<T>) =>
  loggedIn(engine.cloud, await urlOf(environment, role), work);

const requested = (environment: string, retentionDays: number, ...words: string[]) => {
  const all = ["--database", identifier, "--environment", environment, "--reason", "a test", "--json", ...words];
  return idOf(commands, "request", "environment-refresh", ...all, "--retention-days", String(retentionDays));
};

async function withWorker<T>(work: () => Promise<T>, of = commands): Promise<T> {
  const worker = of.shipshape("", "worker");
  try {
    return await work();
  } finally {
    worker.kill("SIGTERM");
    await worker.ended;
  }
}
/** Once it waits for people, or is over without them. */
const planned = (id: string, preparation = 1) =>
  until(`${id} is planned`, async () => {
    const run = await controlPlane.run(id);
    return run.finishedAt || (run.status === "waiting" && run.preparation >= preparation) ? run : undefined;
  });
const over = (id: string) =>
  until(`${id} is over`, async () => {
    const run = await controlPlane.run(id);
    return run.finishedAt && run.cleanUp !== "pending" ? run : undefined;
  });
async function approve(id: string, preparation = 1): Promise<void> {
  const { planDigest: plan = "", error } = await planned(id, preparation);
  if (error) throw new Error(JSON.stringify(error));
  await controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
}
/** Requests it; people approve its plan; workers that are killed at these moments, and another one, carry it out. */
const refresh = async (...moments: string[]) => carriedOut(await requested("staging", 14), ...moments);
async function carriedOut(id: string, ...moments: string[]): Promise<Run> {
  // Not while a worker runs: it would begin at once, and may come past the first moment.
  await withWorker(() => planned(id));
  await approve(id);
  for (const moment of moments) {
    // A run that ends before would leave the worker waiting for others.
    const worker = commands.shipshape(moment, "worker");
    const ended = await Promise.race([worker.ended, over(id).then(inBrief)]);
    worker.kill("SIGKILL");
    expect(ended).toMatchObject({ signal: "SIGKILL" });
  }
  return withWorker(() => over(id));
}
const instances = async () =>
  ((await engine.cloud.rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [])
    .map((one) => one.DBInstanceIdentifier)
    .sort();
const databasesOf = async () => as("staging", "owner", (query) => query("select datname from pg_database order by 1"));
const customersOf = async (environment: string) =>
  (await as(environment, "readonly", (query) =>
    query("select id, name, email, born, state from orders.customer order by id"),
  )) as { id: number; name: string; email: string; state: string }[];

let first: Run;
test("an approved refresh gives staging a masked, disarmed copy that every role logs in to, and leaves no real value and no staging", async () => {
  first = await refresh();
  expect(inBrief(first)).toEqual(good);
  expect(await instances()).toEqual([identifier, copy]);
  const [rows, before] = [await customersOf("staging"), await customersOf("production")];
  expect(rows).toHaveLength(500);
  expect(JSON.stringify([rows, first])).not.toContain(REAL);
  expect(new Set(rows.map(({ email }) => email)).size).toBe(500);
  expect(rows.map(({ state }) => state)).toEqual(before.map(({ state }) => state));
  expect(await as("staging", "owner", (query) => query("select enabled from orders.hook"))).toEqual([
    { enabled: false },
  ]);
  for (const role of roles)
    expect(await as("staging", role, (query) => query("select 1 as one"))).toEqual([{ one: 1 }]);
  // The comment that was kept is in the log of changes, so that is what was read.
  expect((await filesWith("who buys")).some((file) => file.includes("pg_wal"))).toBe(true);
  expect(await filesWith(REAL)).toEqual([]);
  expect(await changesOf(first)).toEqual({ same: expect.any(Number) as number });
}, 600_000);

test("a refresh of the same environment, whose workers are killed in mid-copy and at the swap, replaces the copy: addresses and passwords stay, and its stack shows no change", async () => {
  const before = await customersOf("staging");
  const databases = await databasesOf();
  const urls = await Promise.all(roles.map((role) => urlOf("staging", role)));
  await as("production", "owner", (query) =>
    query(`insert into orders.customer (name, email, state) values ('${REAL} new', '${REAL}new@example.com', 'open')`),
  );
  await until("the new customer is in the backups", async () => {
    const { DBInstances: [found] = [] } = await engine.cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    return Date.now() - (found?.LatestRestorableTime?.getTime() ?? 0) < 5000 && found;
  });
  const run = await refresh("in copy and mask", "in hand over");
  expect(inBrief(run)).toEqual(good);
  const after = await customersOf("staging");
  expect(after).toHaveLength(501);
  // The same value has the same mask in each copy.
  expect(after.slice(0, 500)).toEqual(before);
  expect(await Promise.all(roles.map((role) => urlOf("staging", role)))).toEqual(urls);
  expect(await databasesOf()).toEqual(databases);
  expect(await instances()).toEqual([identifier, copy]);
  expect(await changesOf(run)).toEqual({ same: expect.any(Number) as number });
  expect(await detected(commands, copy)).toEqual({ verdict: "pass", failed: [] });
}, 900_000);

test("a copy with a real value in it is never handed over: the target goes whole with its backups, and the verdict names the place and not the value", async () => {
  const leaking = profile.replace("note: { use: free-text }", "note: { keep: nobody writes a name there }");
  write(leaking.replace("name: { use: name }", "name: { use: constant, with: { value: somebody } }"));
  const run = await refresh();
  write(profile);
  expect(run).toMatchObject({ status: "succeeded", verdict: "fail", cleanUp: "done", cleanUpError: undefined });
  const [leak] = run.checks.filter(({ name }) => name === "no-leak-is-found");
  expect(leak).toMatchObject({
    verdict: "fail",
    explanation: expect.stringMatching(/orders\.invoice\.note has/) as string,
  });
  expect(JSON.stringify(run)).not.toContain(REAL);
  // The older copy was there to be replaced, and the log of changes of its instance has real values now.
  expect(await instances()).toEqual([identifier]);
  const { resourceId } = (run.plan as EnvironmentRefreshPlan).copy.existing!;
  expect(await findBackups({ rds: engine.cloud.rds } as AwsClients, copy, resourceId)).toEqual([]);
}, 600_000);

test("the next refresh gives staging a new target with a subset alone, without a real value in its files; no record has the subset's condition", async () => {
  writeFileSync(join(masking, "two-customers.subset.yaml"), twoCustomers);
  first = await carriedOut(await requested("staging", 14, "--subset", "two-customers"));
  expect(inBrief(first)).toEqual(good);
  expect(await instances()).toEqual([identifier, copy]);
  expect(first.checks[0]?.figures).toMatchObject({ tables: 2, rows: 10 });
  expect(await filesWith(REAL)).toEqual([]);
  expect(await recordsWith(engine.cloud.env.SHIPSHAPE_DATABASE_URL!, REAL)).toEqual([]);
}, 600_000);

describe("what is refused", () => {
  test("a column that the profile does not classify, by its name, before anything is made", async () => {
    write(profile.replace("      born: { use: date-shift, with: { days: 90 }, perSubject: id }\n", ""));
    const id = await requested("staging", 14);
    const run = await withWorker(() => over(id));
    write(profile);
    expect(run).toMatchObject({
      ...{ status: "failed", cleanUp: "none" },
      error: { code: "refresh-not-covered", message: expect.stringContaining("orders.customer.born") as string },
    });
  });

  test("a plan whose profile has changed since it was approved: it is decided on again", async () => {
    const id = await requested("staging", 14);
    await withWorker(() => planned(id));
    await approve(id);
    write(profile.replace("days: 90", "days: 30"));
    const again = await withWorker(() => planned(id, 2));
    write(profile);
    expect(again).toMatchObject({ status: "waiting", preparation: 2 });
    expect(again.steps).not.toHaveProperty("restore into isolation");
    await commands.shipshape("", "cancel", id).ended;
  });

  test("a plan whose schema has changed since it was approved", async () => {
    const id = await requested("staging", 14);
    await withWorker(() => planned(id));
    await approve(id);
    // The profile covers it: only the digest tells.
    const widened = (precision: number) =>
      as("production", "owner", (query) =>
        query(`alter table orders.invoice alter column total type numeric(${precision}, 2)`),
      );
    await widened(14);
    const again = await withWorker(() => planned(id, 2));
    expect(again).toMatchObject({ status: "waiting", preparation: 2 });
    expect(again.steps).not.toHaveProperty("restore into isolation");
    await commands.shipshape("", "cancel", id).ended;
    await widened(12);
  });

  test("a source that is tagged in the cloud with another owner: a tag there does not say who consents", async () => {
    const arn = (first.plan as EnvironmentRefreshPlan).source.arn;
    const tag = (Value: string) =>
      engine.cloud.rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: "owner", Value }] }));
    await tag("team-mallory");
    const id = await requested("staging", 14);
    const run = await withWorker(() => over(id));
    await tag(request.owner);
    expect(run).toMatchObject({ status: "failed", cleanUp: "none", error: { code: "refresh-source-uncertain" } });
  });

  test("production as the target, and a copy that would stay too long", async () => {
    const ids = [await requested("production", 14), await requested("staging", 31)];
    const runs = await withWorker(() => Promise.all(ids.map(over)));
    expect(runs.map(({ error }) => error?.message)).toEqual([
      expect.stringMatching(/production/),
      expect.stringMatching(/31 days, of at most 30/),
    ]);
  });

  test("an approval by the requester", async () => {
    const id = await requested("staging", 14);
    const { planDigest: plan = "", requestedBy } = await withWorker(() => planned(id));
    await expect(controlPlane.approve(id, { principal: requestedBy, plan, comment: "mine" })).rejects.toMatchObject({
      code: "approval-own-request",
    });
    await commands.shipshape("", "cancel", id).ended;
  });
});

const dayOfData = (days: number) => dayAfterData(first, days);
const askedOfCopy = (operation: string, ...words: string[]) =>
  idOf(commands.of(operation), ...["request", operation, "--database", copy, "--reason", "a test", "--json", ...words]);
const expiryKey = "shipshape:copy-expires-on";
async function shownExpiry() {
  const described = await engine.cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: copy }));
  const { DBInstanceArn: arn, TagList = [] } = described.DBInstances![0]!;
  return { arn, value: TagList.find(({ Key }) => Key === expiryKey)?.Value };
}

test("an approved extension lets the copy stay longer, although its worker is killed, and changes nothing else; a removal that was approved before is decided on again", async () => {
  const [extending, removing] = [commands.of("refresh-extension"), commands.of("refresh-removal")];
  const extension = await askedOfCopy("refresh-extension", "--until", dayOfData(20));
  const removal = await askedOfCopy("refresh-removal");
  await withWorker(() => planned(extension), extending);
  await withWorker(() => planned(removal), removing);
  await approve(extension);
  // It is held until the extension is over, and then decided on again.
  await approve(removal);
  const { ended } = extending.shipshape("in bring the copy up with its new end", "worker");
  expect(await ended).toMatchObject({ signal: "SIGKILL" });
  const run = await withWorker(() => over(extension), extending);
  expect(inBrief(run)).toEqual({ ...good, cleanUp: "none" });
  expect((await shownExpiry()).value).toBe(dayOfData(20));
  expect(await unprovenCopies(commands)).toEqual([]);
  expect(await unprovenCopies(commands, false)).toEqual([`undecided ${copy}`]);
  const plan = run.plan as RefreshExtensionPlan;
  expect(plan.copy).toMatchObject({
    madeBy: first.requestId,
    evidence: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  const extended = await copyStackIn(engine.cloud, plan.copy.stack, plan.arguments);
  expect((await extended.preview({ refresh: true })).changeSummary).toEqual({ same: expect.any(Number) as number });
  for (const role of roles)
    expect(await as("staging", role, (query) => query("select 1 as one"))).toEqual([{ one: 1 }]);
  const again = await withWorker(() => planned(removal, 2), removing);
  expect(again).toMatchObject({ status: "waiting", preparation: 2 });
  expect(again.steps).not.toHaveProperty("remove the copy");
  await commands.shipshape("", "cancel", removal).ended;
}, 600_000);

test("what would stay too long is denied, and a copy whose day was changed by hand is not extended", async () => {
  const tooLong = await askedOfCopy("refresh-extension", "--until", dayOfData(31));
  expect((await withWorker(() => over(tooLong), commands.of("refresh-extension"))).error?.message).toMatch(
    /would stay for 31 days from the day of its data, .*, of at most 30/,
  );
  const { arn, value = "" } = await shownExpiry();
  const tag = (Value: string) =>
    engine.cloud.rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: expiryKey, Value }] }));
  await tag(dayOfData(60));
  const forged = await askedOfCopy("refresh-extension", "--until", dayOfData(61));
  const run = await withWorker(() => over(forged), commands.of("refresh-extension"));
  await tag(value);
  expect(run).toMatchObject({ status: "failed", error: { code: "extension-refused" } });
  expect(run.error?.message).toContain(`its tag ${expiryKey} is not what its stack says`);
}, 300_000);

test("a copy that has expired is removed at the next schedule without an approval, although a worker is killed in the removal; nothing of it is left", async () => {
  const due = async (now = new Date()) => {
    const fleet = await askFleet({ rds: engine.cloud.rds } as AwsClients);
    const { cloud } = engine;
    const stacks = { workspacesFolder: cloud.dataFolder, environment: cloud.env };
    return controlPlane.submitDueRemovals(fleet, { now, stacks, requestedBy: "ana" });
  };
  expect(await due()).toEqual([]);
  const late = await askedOfCopy("refresh-extension", "--until", dayOfData(25));
  await withWorker(() => planned(late), commands.of("refresh-extension"));
  const expiresOn = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const { copy: approved } = first.plan as EnvironmentRefreshPlan;
  const { request: declared } = approved.arguments;
  const maskedCopy = { ...declared.maskedCopy!, expiresOn };
  await (
    await copyStackIn(engine.cloud, approved.stack, { ...approved.arguments, request: { ...declared, maskedCopy } })
  ).up();
  // One that was cancelled postpones nothing for long.
  await commands.shipshape("", "cancel", await askedOfCopy("refresh-removal")).ended;
  expect(await due()).toEqual([]);
  const [removal] = await due(new Date(Date.now() + 2 * 3_600_000));
  expect(removal).toMatchObject({ identifier: copy, expiredOn: expiresOn });
  expect(await due()).toEqual([]);
  const removing = commands.of("refresh-removal");
  expect(await removing.shipshape("in remove the copy", "worker").ended).toMatchObject({ signal: "SIGKILL" });
  // Approved while the copy is being removed: it brings nothing back.
  await approve(late);
  const run = await withWorker(() => over(removal!.requestId), removing);
  expect(inBrief(run)).toEqual({ ...good, cleanUp: "none" });
  expect(await instances()).toEqual([identifier]);
  expect(await withWorker(() => over(late), commands.of("refresh-extension"))).toMatchObject({ status: "failed" });
  expect(await instances()).toEqual([identifier]);
}, 600_000);

const all = () => ({
  ...{ engine, commands, controlPlane, urlOf, requested, planned, over, carriedOut, withWorker, instances, masking },
});
teamDatabaseTests(all);
maskingPreviewTests(all);

/** What a preview of the copy's stack would change, with a refresh. */
async function changesOf({ plan }: Run): Promise<unknown> {
  const { copy: planned } = plan as EnvironmentRefreshPlan;
  return (await (await copyStackIn(engine.cloud, planned.stack, planned.arguments)).preview({ refresh: true }))
    .changeSummary;
}

/** The files of the copy's server that contain a text, its log of changes included. */
async function filesWith(value: string): Promise<string[]> {
  const [shown] = (await as("staging", "monitoring", (query) => query("show data_directory"))) as {
    data_directory: string;
  }[];
  return filesContaining(shown!.data_directory, value);
}
