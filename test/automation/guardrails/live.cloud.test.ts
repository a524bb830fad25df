import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  ModifyDBParameterGroupCommand,
} from "@aws-sdk/client-rds";
import { join } from "node:path";
import { buildCommand } from "../../../automation/command-line/main";
import { readSettings } from "../../../automation/settings";
import { startCloud, type Cloud } from "../../cloud";
import { recordedTerminal } from "../command-line/recorded-terminal";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

test("a database that no stack declares is judged too, except for properties that the API does not report", async () => {
  await cloud.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "careless",
      DBParameterGroupFamily: "postgres17",
      Description: "by hand",
    }),
  );
  await cloud.rds.send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: "careless",
      Parameters: [{ ParameterName: "rds.force_ssl", ParameterValue: "0", ApplyMethod: "immediate" }],
    }),
  );
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: "by-hand",
      Engine: "postgres",
      EngineVersion: "17.9",
      DBInstanceClass: "db.t4g.medium",
      AllocatedStorage: 20,
      MasterUsername: "keeper",
      MasterUserPassword: "hunter2hunter2",
      BackupRetentionPeriod: 1,
      StorageEncrypted: true,
      DBParameterGroupName: "careless",
    }),
  );
  const { exitCode, report } = await guardLive();
  expect(exitCode).toBe(1);
  expect(report.judged).toBe("1 database in eu-central-1");
  expect(report.place).toBe(`an embedded cloud at ${cloud.url}, not AWS, account 123456789012, Region eu-central-1`);
  const rulesFound = report.findings.filter(({ urn }) => urn.endsWith(":db:by-hand")).map(({ rule }) => rule);
  expect(rulesFound).toEqual(
    expect.arrayContaining([
      "require-owner-tags",
      "require-backup-retention",
      "require-deletion-protection",
      "require-audit-logs",
      "require-multi-az",
    ]),
  );
  for (const notReported of [
    "forbid-skipped-final-snapshot",
    "require-retained-automated-backups",
    "require-managed-master-password",
    "require-alarms",
    "require-backup-plan",
  ])
    expect(rulesFound).not.toContain(notReported);
  expect(report.findings.filter(({ urn }) => urn.endsWith(":pg:careless")).map(({ rule }) => rule)).toContain(
    "require-tls",
  );
  const [states = "", answers = ""] = report.left;
  for (const rule of [
    "forbid-open-ingress",
    "forbid-skipped-final-snapshot",
    "require-alarms",
    "require-backup-plan",
    "require-own-key",
  ])
    expect(states).toContain(rule);
  expect(states).not.toContain("require-tls");
  expect(answers).toContain("not judged, because the RDS API did not answer: ");
});

async function guardLive() {
  const { terminal, results: lines } = recordedTerminal();
  const settings = readSettings(join(__dirname, "../../.."));
  Object.assign(process.env, cloud.env);
  process.exitCode = undefined;
  await buildCommand({ settings, terminal }).parseAsync(
    ["guard", "--live", "--json", "--waivers", join(cloud.dataFolder, "none")],
    { from: "user" },
  );
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  return {
    exitCode,
    report: JSON.parse(lines.join("\n")) as {
      judged: string;
      place: string;
      left: string[];
      findings: { rule: string; urn: string; message: string }[];
    },
  };
}
