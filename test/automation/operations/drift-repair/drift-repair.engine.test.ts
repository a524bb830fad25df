// Repairs on the real engine: what was changed by the RDS API and by SQL is put back on approval, whatever worker is
// killed; and what an `up` would do besides is refused.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AddTagsToResourceCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import type { DriftRepairPlan } from "../../../../automation/operations/drift-repair/plan";
import type { ControlPlane } from "../../../../automation/control-plane";
import { instanceIs } from "../../../cloud";
import { callCloud, stateOf, type Engine, type StateResource } from "../../../components/engine";
import { until } from "../../../until";
import type { Commands } from "../disturbed-commands";
import { configFile as file, identifier, OwnStack, stackName } from "../own-stack";

let own: OwnStack;
let engine: Engine;
let commands: Commands;
let controlPlane: ControlPlane;

beforeAll(async () => {
  own = await OwnStack.start("drift-repair", []);
  ({ engine, commands, controlPlane } = own);
}, 300_000);
afterAll(() => own?.stop());

const modify = async (changes: object) => {
  const asked = { DBInstanceIdentifier: identifier, ApplyImmediately: true, ...changes };
  await engine.cloud.rds.send(new ModifyDBInstanceCommand(asked));
  await instanceIs(engine.cloud, identifier, "available");
};
/** Of engines that change the stack. */
const locks = () => {
  const folder = join(engine.cloud.dataFolder, "pulumi-state/.pulumi/locks/organization/shipshape", stackName);
  return existsSync(folder) ? readdirSync(folder) : [];
};
/** By the end of its URN: resources of one type are in the state in the order in which they were created. */
const declaredAs = async (name: string): Promise<StateResource> =>
  (await stateOf(own.stack)).find(({ urn }) => urn.endsWith(`::${name}`))!;

const requested = (...words: string[]) => own.requested(...words);
const approve = (id: string) => own.approve<DriftRepairPlan>(id);
const over = (id: string) => own.over(id);
const endOf = async (id: string) => {
  const { verdict, checks, error } = await over(id);
  return { verdict, error: error?.code, checks: checks.filter((check) => check.verdict !== "pass") };
};

test("what was changed by API and by SQL is named, approved, put back and found to be gone, whatever worker is killed", async () => {
  await modify({ BackupRetentionPeriod: 3 });
  await engine.cloud.rds.send(
    new AddTagsToResourceCommand({
      ResourceName: (await own.instanceNow()).DBInstanceArn!,
      Tags: [{ Key: "owner", Value: "another-team" }],
    }),
  );
  await own.asMaster(async (query) => {
    await query("alter role readwrite connection limit 3");
    await query("revoke usage on schema orders from readonly");
  });
  const alarm = await declaredAs("orders-alarm-cpu-credits");
  const address = `recorded?id=${encodeURIComponent(alarm.id)}&type=${encodeURIComponent(alarm.type)}`;
  await callCloud(engine.cloud, "DELETE", address);

  const first = commands.shipshape("", "worker");
  const id = await requested();
  const { changes, change } = await approve(id);
  const named = [
    "orders-alarm-cpu-credits: is gone → exists",
    'orders-grant-readonly-schema.privileges: [] → ["USAGE"]',
    "orders-instance.backupRetentionPeriod: 3 → 7",
    "orders-instance.tags.owner: another-team → team-orders",
    "orders-role-readwrite.connectionLimit: 3 → -1",
  ];
  expect(changes.map(({ name, from, to, isDrift }) => [`${name}: ${from} → ${to}`, isDrift])).toEqual(
    named.map((line) => [line, true]),
  );
  for (const line of named) expect(change.text).toContain(`  ${line}\n`);
  await until("the engine has the stack's lock", () => locks().length > 0);
  first.kill("SIGKILL");
  const second = commands.shipshape("in bring the stack up", "worker");
  expect((await second.ended).signal).toBe("SIGKILL");
  commands.shipshape("", "worker");
  expect(await endOf(id)).toEqual({ verdict: "pass", error: undefined, checks: [] });

  expect(await own.instanceNow()).toMatchObject({ BackupRetentionPeriod: 7 });
  const found = await own.asMaster((query) =>
    query(
      "select rolconnlimit, has_schema_privilege('readonly', 'orders', 'usage') as uses from pg_roles where rolname = 'readwrite'",
    ),
  );
  expect(found).toEqual([{ rolconnlimit: -1, uses: true }]);
  expect(commands.git("log", "--format=%s")).toBe("Begin");
});

test("a part is put back alone; what else differs stays as it is, and a detection still finds it", async () => {
  await modify({ BackupRetentionPeriod: 3 });
  const alarm = await declaredAs("orders-alarm-cpu-credits");
  const { arn, threshold } = alarm.outputs as { arn: string; threshold: number };
  await callCloud(engine.cloud, "POST", "change", { arn, properties: { threshold: threshold + 1 } });
  const name = "orders-instance.backupRetentionPeriod";
  commands.shipshape("", "worker");
  expect(await endOf(await requested("--differences", "orders-instance.multiaz"))).toMatchObject({
    error: "repair-unmatched",
  });
  const id = await requested("--differences", name);
  const { changes, change } = await approve(id);
  expect(changes.map((one) => one.name)).toEqual([name]);
  expect(change.text).toMatch(/since it was not asked for:\n {2}orders-alarm-\S+\.threshold: /);
  const { verdict, checks } = await over(id);
  expect([verdict, checks.map((check) => [check.name.replace(/alarm-\S+/, "alarm"), check.verdict])]).toEqual([
    "pass",
    [
      [name, "pass"],
      ["another-up-changes-nothing", "pass"],
      ["nothing-else-differs", "pass"],
      ["left-as-it-is", "pass"],
    ],
  ]);
  expect(await own.instanceNow()).toMatchObject({ BackupRetentionPeriod: 7 });
  const open = async () => (await controlPlane.differences(10)).map(({ difference }) => difference.property);
  expect(await open()).toEqual(["threshold"]);
  // What the engine did not bring up it must not have taken over into the state either.
  const rest = await requested();
  expect((await approve(rest)).changes.map((one) => [one.property, one.isDrift])).toEqual([["threshold", true]]);
  expect(await endOf(rest)).toEqual({ verdict: "pass", error: undefined, checks: [] });
  expect(await open()).toEqual([]);
});

test("where nothing differs there is nothing to approve", async () => {
  expect(await endOf(await requested())).toMatchObject({ verdict: "inconclusive", error: "repair-unneeded" });
});

test("a restart is refused unless it was asked for; then RDS waits for the window, and the verdict says that it is not done", async () => {
  await modify({ DBInstanceClass: "db.m7g.large", DeletionProtection: true });
  const refused = await over(await requested());
  expect(refused.error).toMatchObject({
    code: "repair-restarts",
    message: expect.stringContaining("instanceClass db.m7g.large → db.t4g.medium") as string,
  });
  const id = await requested("--allow-restart");
  const { changes, change, maintenanceWindow } = await approve(id);
  expect(changes.map(({ name, takes, isDrift }) => [name, takes, isDrift])).toEqual([
    // It follows the memory of the class that runs.
    ["orders-alarm-connections.threshold", "at once", false],
    ["orders-instance.deletionProtection", "at once", true],
    ["orders-instance.instanceClass", "restart in the window", true],
  ]);
  expect(change.text).toContain(`db.t4g.medium, with a restart in the window ${maintenanceWindow}\n`);
  expect(maintenanceWindow).toBe((await own.instanceNow()).PreferredMaintenanceWindow);
  expect(await endOf(id)).toMatchObject({
    verdict: "inconclusive",
    checks: [
      {
        name: "orders-instance.instanceClass",
        verdict: "inconclusive",
        explanation: expect.stringMatching(/^accepted, not done: .* window \w{3}:\d\d:\d\d/) as string,
      },
    ],
  });
  expect(await own.instanceNow()).toMatchObject({ DeletionProtection: false, DBInstanceClass: "db.m7g.large" });
  // Cancelled, as `shipshape pending` says.
  await modify({ DBInstanceClass: (await own.instanceNow()).DBInstanceClass! });
});

test("what would replace a resource is refused", async () => {
  const group = await declaredAs("orders-security-group");
  await callCloud(engine.cloud, "POST", "change", { arn: group.outputs.arn, properties: { description: "by hand" } });
  expect(await endOf(await requested())).toMatchObject({ error: "repair-replaces" });
  const { description } = group.inputs;
  await callCloud(engine.cloud, "POST", "change", { arn: group.outputs.arn, properties: { description } });
});

test("a program that refuses its own arguments ends the request with its words, and does not hang", async () => {
  const config = join(engine.cloud.dataFolder, "repository", file);
  const text = commands.git("show", `HEAD:${file}`);
  writeFileSync(config, text.replace("extensions: []", 'extensions: ["pgaudit"]'));
  commands.git("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "commit", "--all", "--message", "Audit");
  const { error } = await over(await requested());
  expect(error).toMatchObject({ code: "stack-failed", message: expect.stringContaining("pgaudit") });
});
