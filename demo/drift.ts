import { ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { callLocal } from "../automation/command-line/local-cloud";
import { DemoError } from "./errors";
import { describeDatabase } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier, databaseStack, type Scene } from "./chapter";
import { runPulumi, pulumiUp } from "./pulumi";
import { recordedProperties } from "./recorded";

const wantedRetentionDays = 35;

export const drift: Chapter = {
  name: "drift",
  title: "A change behind Pulumi's back",
  async run(scene) {
    await changeByHand(scene);
    await showDrift(scene);
    await repairDrift(scene);
  },
};

/**
 * One change through the AWS API, as from the console at night; one where the embedded cloud only records the resource.
 */
async function changeByHand({ stage, clients, cloud }: Scene): Promise<void> {
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
  stage.bad("backups are kept for one day, deletion protection is off, and the database port is open to the world");
}

async function showDrift(scene: Scene): Promise<void> {
  const { stage } = scene;
  stage.command(`pulumi refresh --preview-only --diff --stack ${databaseStack}`);
  const { lines, seconds, logFile } = await runPulumi(scene, "drift", [
    "refresh",
    "--preview-only",
    "--diff",
    "--stack",
    databaseStack,
  ]);
  const found = driftLines(lines);
  stage.result(found);
  if (!found.some((line) => line.includes("backupRetentionPeriod"))) {
    throw new DemoError("demo-expectation-failed", {
      expected: "the refresh to show backupRetentionPeriod",
      found: `${found.length} lines without it`,
      remedy: `the whole output is in ${logFile}`,
    });
  }
  stage.good(`found in ${seconds.toFixed(1)} s, and nothing was written`);
}

async function repairDrift(scene: Scene): Promise<void> {
  const { stage, clients } = scene;
  await pulumiUp(scene, "drift", databaseStack, ["--refresh"]);
  const instance = await describeDatabase(clients, databaseIdentifier);
  const open = JSON.stringify((await securityGroup(scene.cloud)).properties["ingress"] ?? []).includes("0.0.0.0/0");
  if (instance.BackupRetentionPeriod !== wantedRetentionDays || instance.DeletionProtection !== true || open) {
    const found = `retention ${instance.BackupRetentionPeriod}, deletion protection ${instance.DeletionProtection}, port ${open ? "open" : "closed"}`;
    throw new DemoError("demo-expectation-failed", {
      expected: "everything as declared after `pulumi up`",
      found,
      remedy: "`npm run demo -- drift` tries again",
    });
  }
  stage.good(
    `backups are kept for ${instance.BackupRetentionPeriod} days again, deletion protection is on, the port is closed`,
  );
}

async function securityGroup(cloud: Scene["cloud"]): Promise<{ arn: string; properties: Record<string, unknown> }> {
  const groups = await recordedProperties(cloud, "aws:ec2/securityGroup:SecurityGroup");
  const group = groups.find(({ properties }) => String(properties["name"]).startsWith(databaseIdentifier));
  if (group !== undefined) return group;
  const found = groups.map(({ properties }) => String(properties["name"])).join(", ") || "none";
  throw new DemoError("demo-expectation-failed", {
    expected: `a security group of ${databaseIdentifier}`,
    found,
    remedy: "`npm run demo -- database` creates it",
  });
}

/**
 * From a `--diff`, the names of the resources that differ and their changed properties; everything else is in the log.
 */
function driftLines(lines: string[]): string[] {
  const shown: string[] = [];
  let differs = false;
  for (const line of lines) {
    const resource = /^ {4}(\S) (\S+): \((\w+)\)/.exec(line);
    if (resource) differs = resource[1] !== ">" && resource[3] !== "same";
    else if (/^\S/.test(line)) differs = false;
    const name = /^\s+\[urn=.*::([^:]+)\]$/.exec(line)?.[1];
    if (differs && !/^\s+\[(id|provider)=/.test(line)) shown.push(name === undefined ? line.slice(4) : `  ${name}`);
  }
  return shown;
}
