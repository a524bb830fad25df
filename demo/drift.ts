import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { callLocal } from "../automation/command-line/local-cloud";
import { describeDatabase } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier, databaseStack, type Scene } from "./chapter";
import { DemoError } from "./errors";
import { as, keyOf } from "./people";
import { recordedProperties } from "./recorded";
import { shipshape } from "./shipshape";

const wantedRetentionDays = 35;

export const drift: Chapter = {
  name: "drift",
  title: "Changes behind Pulumi's back, put back on approval",
  async run(scene) {
    await changeByHand(scene);
    await showDrift(scene);
    await repairDrift(scene);
  },
};

/** By the AWS API, as from the console at night; where the embedded cloud only records the resource; and by SQL. */
async function changeByHand(scene: Scene): Promise<void> {
  const { stage, clients, cloud } = scene;
  stage.command(
    `aws rds modify-db-instance --db-instance-identifier ${databaseIdentifier} --backup-retention-period 1 --no-deletion-protection --apply-immediately`,
  );
  await clients.rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: databaseIdentifier,
      BackupRetentionPeriod: 1,
      DeletionProtection: false,
      ApplyImmediately: true,
    }),
  );
  const { arn } = await securityGroup(cloud);
  const ingress = [
    { protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"], description: "just for a test" },
  ];
  stage.command(`npx shipshape local change ${arn} 'ingress=${JSON.stringify(ingress)}'`);
  await callLocal(cloud, "POST", "/shipshape/change", { arn, properties: { ingress } });
  const revoke = "revoke usage on schema orders from readonly";
  stage.command(`npx shipshape local psql ${databaseIdentifier} --role owner -c "${revoke}"`);
  await shipshape(scene, "drift", ["local", "psql", databaseIdentifier, "--role", "owner", "-c", revoke]);
  stage.bad("backups are kept for one day, deletion protection is off, the port is open, reports cannot read");
}

async function showDrift(scene: Scene): Promise<void> {
  const { stage } = scene;
  const words = ["request", "drift-detection", "--database", databaseIdentifier, "--reason", "nightly", "--work"];
  stage.command(`npx shipshape ${words.join(" ")}`);
  const lines = await shipshape(scene, "drift", [...words, "--json"], { expectedCodes: [1] });
  const { checks } = JSON.parse(lines.join("\n")) as Checked;
  const found = checks.filter(({ name, verdict }) => verdict === "fail" && name.includes("."));
  for (const { name, explanation } of found) stage.bad(`${name}: ${explanation}`);
  expectIn(
    found.map(({ name }) => name),
    "backupRetentionPeriod",
  );
}

interface Checked {
  checks: { name: string; verdict: string; explanation: string }[];
}

/** The stack is ours, since a git folder has its config and `shipshape.yaml` names it. */
async function repairDrift(scene: Scene): Promise<void> {
  const { stage } = scene;
  const configuration = ownedStacks(scene);
  stage.line();
  stage.say(
    "Nothing is put back by a detection. Someone requests it; the plan is the preview of the `up` that would do it, and someone else approves exactly that.",
  );
  const words = ["request", "drift-repair", "--database", databaseIdentifier, "--reason", "changed at night"];
  stage.command(`${as("alice")} npx shipshape ${words.slice(0, -1).join(" ")} "changed at night"`);
  const asked = await shipshape(scene, "drift", words, { environment: keyOf(scene, "alice") });
  const id = /^request (\S+) is queued/.exec(asked[0] ?? "")?.[1] ?? unexpected("a request with an id", asked[0]);
  await work(scene, configuration);
  stage.command(`npx shipshape show ${id}`);
  const shown = await shipshape(scene, "drift", ["show", id]);
  const plan = shown.slice(shown.indexOf("It changes:"), shown.indexOf("steps:"));
  stage.result(plan.filter((line) => line !== ""));
  expectIn(plan, "privileges");
  const explained = (await shipshape(scene, "drift", ["explain", id])).join("\n");
  const digest = /--plan[\s\\]+([0-9a-f]{12})/.exec(explained)?.[1] ?? unexpected("a plan to approve", explained);
  stage.command(`${as("ben")} npx shipshape approve ${id} --plan ${digest} --comment "as declared"`);
  const approval = ["approve", id, "--plan", digest, "--comment", "as declared"];
  stage.result(await shipshape(scene, "drift", approval, { environment: keyOf(scene, "ben") }));
  await work(scene, configuration);
  stage.command(`npx shipshape show ${id}`);
  const done = JSON.parse((await shipshape(scene, "drift", ["show", id, "--json"])).join("\n")) as Checked;
  for (const { name, verdict } of done.checks) stage[verdict === "pass" ? "good" : "bad"](`${name}: ${verdict}`);
  await requireRepaired(scene);
}

async function requireRepaired({ stage, clients, cloud }: Scene): Promise<void> {
  const { BackupRetentionPeriod: days, DeletionProtection: isProtected } = await describeDatabase(
    clients,
    databaseIdentifier,
  );
  const open = JSON.stringify((await securityGroup(cloud)).properties["ingress"] ?? []).includes("0.0.0.0/0");
  if (days !== wantedRetentionDays || isProtected !== true || open)
    unexpected(
      "everything as declared after the repair",
      `retention ${days}, deletion protection ${isProtected}, port ${open ? "open" : "closed"}`,
    );
  stage.good(`backups are kept for ${days} days again, deletion protection is on, the port is closed`);
}

/** A git folder with the config of the demo's database, and a `shipshape.yaml` that names it. */
function ownedStacks({ settings, stage }: Scene): string {
  const folder = join(settings.dataFolder, "demo", "stacks");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = `Pulumi.${databaseStack}.yaml`;
  copyFileSync(join(settings.packageFolder, "stacks", file), join(folder, file));
  const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, stdio: "ignore" });
  git("init");
  git("add", file);
  git("-c", "user.name=Demo", "-c", "user.email=demo@example.com", "commit", "--message", "The database");
  const configuration = join(folder, "shipshape.yaml");
  const text = "stacks:\n  - project: shipshape\n    folder: .\n    author: Platform <platform@example.com>\n";
  writeFileSync(configuration, text);
  stage.line();
  stage.say("A stack is ours if `shipshape.yaml` names the git folder that has its config:");
  stage.result(text.trimEnd().split("\n"));
  return configuration;
}

/** A worker, until it has nothing to do. */
async function work(scene: Scene, configuration: string): Promise<void> {
  scene.stage.command("npx shipshape worker --until-idle");
  const environment = { SHIPSHAPE_CONFIGURATION_FILE: configuration };
  await shipshape(scene, "drift", ["worker", "--until-idle", "--json"], { environment });
}

async function securityGroup(cloud: Scene["cloud"]): Promise<{ arn: string; properties: Record<string, unknown> }> {
  const groups = await recordedProperties(cloud, "aws:ec2/securityGroup:SecurityGroup");
  const group = groups.find(({ properties }) => String(properties["name"]).startsWith(databaseIdentifier));
  if (group !== undefined) return group;
  const found = groups.map(({ properties }) => String(properties["name"])).join(", ") || "none";
  return unexpected(`a security group of ${databaseIdentifier}`, found);
}

function expectIn(lines: string[], name: string): void {
  if (!lines.some((line) => line.includes(name))) unexpected(`${name} among what differs`, lines.join("; "));
}

function unexpected(expected: string, found: string | undefined): never {
  const remedy = "`npm run demo -- database drift` tries again";
  throw new DemoError("demo-expectation-failed", { expected, found: found ?? "nothing", remedy });
}
