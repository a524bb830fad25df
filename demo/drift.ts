import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { describeDatabase } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier, databaseStack, type Scene } from "./chapter";
import { DemoError } from "./errors";
import { ownedStack } from "./owned-stack";
import { as, clientsOf, keyOf } from "./people";
import { shipshape } from "./shipshape";

const wantedRetentionDays = 35;

export const drift: Chapter = {
  name: "drift",
  title: "Changes behind Pulumi's back, put back on approval",
  async run(scene) {
    await changeByHand(scene);
    await sweep(scene, ["publiclyAccessible", "backupRetentionPeriod", "privileges.USAGE"]);
    const id = await repaired(scene);
    await sweep(scene, []);
    await showClosed(scene, id);
  },
};

/** By the AWS API, as from the console at night, and by SQL. */
async function changeByHand(scene: Scene): Promise<void> {
  const { stage } = scene;
  stage.command(
    `${as("dora")} aws rds modify-db-instance --db-instance-identifier ${databaseIdentifier} --publicly-accessible --backup-retention-period 1 --apply-immediately`,
  );
  await clientsOf(scene, "dora").rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: databaseIdentifier,
      PubliclyAccessible: true,
      BackupRetentionPeriod: 1,
      ApplyImmediately: true,
    }),
  );
  const revoke = "revoke usage on schema orders from readonly";
  stage.command(`npx shipshape local psql ${databaseIdentifier} --role owner -c "${revoke}"`);
  await shipshape(scene, "drift", ["local", "psql", databaseIdentifier, "--role", "owner", "-c", revoke]);
  stage.bad("it is public, keeps backups for one day, and reports cannot read; no application notices");
}

/** Compares the fleet, and shows what is open: exactly these properties. */
async function sweep(scene: Scene, wanted: string[]): Promise<void> {
  const { stage } = scene;
  const words = ["drift", "--sweep", "--work"];
  stage.command(`npx shipshape ${words.join(" ")}`);
  const lines = await shipshape(scene, "drift", words, { expectedCodes: [wanted.length > 0 ? 1 : 0] });
  stage.result(lines);
  const text = lines.join(" ");
  const missing = wanted.filter((property) => !text.includes(property));
  if (missing.length > 0) unexpected(`${missing.join(", ")} among what differs`, text);
}

/** The stack is ours, since a git folder has its config and `shipshape.yaml` names it. Resolves to the request. */
async function repaired(scene: Scene): Promise<string> {
  const { stage } = scene;
  const configuration = ownedStacks(scene);
  stage.line();
  stage.say(
    "Nothing is put back by a sweep. Someone requests it; the plan is the preview of the `up` that would do it, and someone else approves exactly that.",
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
  const digest = /^plan ([0-9a-f]{12})/m.exec(shown.join("\n"))?.[1] ?? unexpected("a plan to approve", shown[1]);
  stage.command(`${as("ben")} npx shipshape approve ${id} --plan ${digest} --comment "as declared"`);
  const approval = ["approve", id, "--plan", digest, "--comment", "as declared"];
  stage.result(await shipshape(scene, "drift", approval, { environment: keyOf(scene, "ben") }));
  await work(scene, configuration);
  await requireRepaired(scene);
  return id;
}

async function requireRepaired({ stage, clients }: Scene): Promise<void> {
  const { BackupRetentionPeriod: days, PubliclyAccessible: isPublic } = await describeDatabase(
    clients,
    databaseIdentifier,
  );
  if (days !== wantedRetentionDays || isPublic !== false)
    unexpected("everything as declared after the repair", `retention ${days}, public ${isPublic}`);
  stage.good(`RDS says: not public, and backups are kept for ${days} days`);
}

/** What the repair has closed, and the signed statement of the run that closed it. */
async function showClosed(scene: Scene, id: string): Promise<void> {
  const { stage, settings } = scene;
  stage.command(`npx shipshape show ${id}`);
  const shown = await shipshape(scene, "drift", ["show", id]);
  const hint = shown.findIndex((line) => line.startsWith("the signed evidence"));
  const first = shown.findIndex((line) => line.startsWith("closed drift-"));
  if (first < 0) unexpected("findings that it closed", shown.slice(0, hint).join("; "));
  const closed = shown.slice(
    first,
    shown.findIndex((line) => line.startsWith("decision:")),
  );
  stage.result([...shown.slice(0, hint).filter((line) => line !== ""), ...closed]);
  const folder = join(settings.dataFolder, "demo", "repair");
  rmSync(folder, { recursive: true, force: true });
  const path = relative(settings.packageFolder, folder);
  stage.command(`npx shipshape evidence export ${id} --out ${path}`);
  await shipshape(scene, "drift", ["evidence", "export", id, "--out", folder]);
  stage.command(`npx shipshape evidence verify ${path}`);
  const verified = await shipshape(scene, "drift", ["evidence", "verify", folder]);
  stage.result(verified.slice(verified.findIndex((line) => line.includes(`${id}.verdict: drift-repair`))));
}

/** The config of the demo's database, in a git folder that `shipshape.yaml` names. */
function ownedStacks(scene: Scene): string {
  const { settings, stage } = scene;
  const file = `Pulumi.${databaseStack}.yaml`;
  const text = readFileSync(join(settings.packageFolder, "stacks", file), "utf8");
  const configuration = ownedStack(scene, { folder: "stacks", file, text });
  stage.line();
  stage.say("A stack is ours if `shipshape.yaml` names the git folder that has its config:");
  stage.result(readFileSync(configuration, "utf8").trimEnd().split("\n"));
  return configuration;
}

/** A worker, until it has nothing to do. */
async function work(scene: Scene, configuration: string): Promise<void> {
  scene.stage.command("npx shipshape worker --until-idle");
  const environment = { SHIPSHAPE_CONFIGURATION_FILE: configuration };
  await shipshape(scene, "drift", ["worker", "--until-idle", "--json"], { environment });
}

function unexpected(expected: string, found: string | undefined): never {
  const remedy = "`npm run demo -- database drift` tries again";
  throw new DemoError("demo-expectation-failed", { expected, found: found ?? "nothing", remedy });
}
