// Everything that is said about a company's database is in its words: with its tiers, environments and tags.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, type DBInstance } from "@aws-sdk/client-rds";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { createFirstKey } from "../../automation/command-line/evidence-log";
import { readSettings } from "../../automation/settings";
import { startCloud, type Cloud } from "../cloud";
import { companyFolder } from "../components/standards/company";
import { asMaster, small } from "../localcloud/server/database-client";
import { until } from "../until";

const root = join(__dirname, "../..");
let cloud: Cloud;
let env: Record<string, string>;

beforeAll(async () => {
  cloud = await startCloud();
  const SHIPSHAPE_CONFIGURATION_FILE = join(companyFolder().folder, "shipshape.yaml");
  env = { ...cloud.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder, SHIPSHAPE_CONFIGURATION_FILE };
  createFirstKey(readSettings(root, cloud.dataFolder, env));
  const told = { AppId: "orders", Team: "payments-team", Stage: "play", ServiceLevel: "economy" };
  await Promise.all([
    makeDatabase("play-orders-pg", { ...told, Confidentiality: "C1", CostCentre: "CC-12345" }),
    makeDatabase("ledger-play", { AppId: "ledger", Stage: "play", ServiceLevel: "gold" }),
  ]);
  // The second was made with Shipshape's own names, before the company had a standard.
  await giveLogin("play-orders-pg", "/acme/db/play-orders-pg/shipshape");
  await giveLogin("ledger-play", "shipshape/ledger/play/orders/shipshape");
});
afterAll(() => cloud?.stop());

const describe = async (DBInstanceIdentifier: string): Promise<DBInstance> =>
  (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances![0]!;

async function makeDatabase(identifier: string, tags: Record<string, string>): Promise<void> {
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: identifier,
      DBName: "orders",
      BackupRetentionPeriod: 7,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  await until(`${identifier} has a backup`, async () => {
    const { DBInstanceStatus, LatestRestorableTime } = await describe(identifier);
    return DBInstanceStatus === "available" && LatestRestorableTime;
  });
}

async function giveLogin(identifier: string, Name: string): Promise<void> {
  const password = "a-password-for-the-control-plane";
  await asMaster(cloud, await describe(identifier), `create role shipshape login password '${password}'`);
  const SecretString = JSON.stringify({ username: "shipshape", password });
  await cloud.secrets.send(new CreateSecretCommand({ Name, SecretString }));
}

/** What a command prints for people, by both streams. */
function shipshape(...words: string[]): Promise<string> {
  const command = join(root, "automation/command-line/shipshape.cjs");
  const child = spawn(process.execPath, [command, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += part.toString()));
  return new Promise((resolve) => child.once("close", () => resolve(text.replace(/\s+/g, " "))));
}

/** Names of Shipshape's own standard that this company has replaced. */
const ours = /\b(gold|silver|bronze|cost-center|data-classification|tags\.(service|owner|tier|environment))\b/g;
const said: Record<string, string> = {};
async function say(...words: string[]): Promise<string> {
  return (said[words[0]!] = await shipshape(...words));
}

async function audited(identifier: string) {
  const asked = ["backup-audit", "--database", identifier, "--reason", "a test"];
  expect(await say("request", ...asked, "--plan-only")).toContain(identifier);
  const [answer = ""] = /\{.*\}/.exec(await shipshape("request", ...asked, "--work", "--json")) ?? [];
  return JSON.parse(answer) as { id: string; checks: { name: string; verdict: string }[] };
}

test("an audit finds the login by the company's names of secrets, today's or earlier, and is judged by its tier", async () => {
  const { checks: earlier } = await audited("ledger-play");
  expect(earlier.find(({ name }) => name === "page-checksums-are-on")).toMatchObject({ verdict: "pass" });
  const { checks, id } = await audited("play-orders-pg");
  expect(checks.find(({ name }) => name === "page-checksums-are-on")).toMatchObject({ verdict: "pass" });
  expect(await say("show", id)).toContain("economy");
  await say("explain", id);
  await shipshape("evidence", "export", id, "--out", join(cloud.dataFolder, "export"));
  const files = readdirSync(join(cloud.dataFolder, "export"), { recursive: true, withFileTypes: true });
  for (const one of files.filter((file) => file.isFile()))
    said[one.name] = readFileSync(join(one.parentPath, one.name), "utf8");
});

test("fleet, status, schedule and guardrails speak of its tiers and tags, and a tier that it lacks is a finding", async () => {
  expect(await say("fleet")).toMatch(/payments-team, economy, play/);
  await say("status");
  await say("recoverability");
  expect(await say("schedule")).toContain("play-orders-pg");
  const report = await say("guard", "--live");
  expect(report).toContain('tags.ServiceLevel is "gold"; allowed: platinum, economy');
  expect(report).toMatch(/add Team, Confidentiality, CostCentre/);
  expect(report).toContain("play platinum");
});

test("no word of Shipshape's own standard is in any of it, but for what that database's tag says", () => {
  const commands = ["explain", "fleet", "guard", "recoverability", "request", "schedule", "show", "status"];
  expect(Object.keys(said)).toEqual(expect.arrayContaining(commands));
  expect(Object.keys(said).some((name) => name.endsWith(".html"))).toBe(true);
  const found = Object.entries(said).flatMap(([command, text]) =>
    [...text.matchAll(ours)].map(({ 0: word, index }) => `${command}: ${text.slice(index - 30, index)}${word}`),
  );
  expect(found.filter((one) => !/(ServiceLevel is "|no owner, )gold$/.test(one))).toEqual([]);
});
