// A sweep of a fleet on the real engine, as people request it; its worker is killed in the middle of it.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateDBInstanceCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { StandardDatabase } from "../../../../components";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openDatabase, type ControlPlaneDatabase } from "../../../../automation/database";
import { claimOf } from "../../../../automation/evidence/envelope";
import type { SweptRow } from "../../../../automation/operations/drift-detection/sweep-verify";
import type { Check } from "../../../../automation/records";
import { readResources } from "../../../../automation/runner/backend-stacks";
import { previewRefresh } from "../../../../automation/runner/pulumi-stack";
import { sharedPlugins } from "../../../../automation/runner/shared-plugins";
import { readSettings } from "../../../../automation/settings";
import { instanceIs } from "../../../cloud";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { small } from "../../../localcloud/server/database-client";
import { shipshapeCommand } from "../../../shipshape-command";

const root = join(__dirname, "../../../..");
const services = ["ledger", "orders", "payments"];
let engine: Engine;
let database: ControlPlaneDatabase;
let env: Record<string, string>;
beforeAll(async () => {
  engine = await startEngine();
  const { cloud, platform } = engine;
  env = { ...cloud.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder, SHIPSHAPE_PLATFORM_STACK: "platform.test" };
  createFirstKey(readSettings(root, cloud.dataFolder, env));
  database = await openDatabase(env["SHIPSHAPE_DATABASE_URL"]!);
  for (const service of services) {
    const declared = { ...request, service, accessRoles: "later" as const, extensions: [], platform };
    const stack = await engine.stack(`database.${service}`, async () => {
      new StandardDatabase(service, declared);
    });
    await stack.up();
  }
  await cloud.rds.send(new CreateDBInstanceCommand({ ...small, DBInstanceIdentifier: "by-hand" }));
  await instanceIs(cloud, "by-hand", "available");
});
afterAll(async () => {
  await database?.close();
  await engine?.stop();
});

const shipshape = (...words: string[]) => shipshapeCommand(words, { env });
const killable = ["--import", "tsx", join(root, "test/automation/harness/killed-command.ts")];
const killedAt = (moment: string) => shipshapeCommand(["drift-detection", moment, "worker"], { env }, killable);

interface Shown {
  id: string;
  verdict: string;
  checks: Check[];
  outcome: { rows: SweptRow[]; digest: string };
  children: string[];
}
async function shown(id: string): Promise<Shown> {
  const { stdout, stderr } = await shipshape("show", id, "--json");
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Shown;
}
const checksOf = ({ checks }: Pick<Shown, "checks">) =>
  Object.fromEntries(checks.map(({ name, verdict, explanation }) => [name, [verdict, explanation]]));
const stateFile = (service: string) =>
  join(engine.cloud.dataFolder, "pulumi-state/.pulumi/stacks/shipshape", `database.${service}.json`);
async function envelopeOf(id: string): Promise<string> {
  const [row] = await database.query<{ envelope: string }>("select envelope from evidence where request_id = $1", [id]);
  return row!.envelope;
}

test("killed in its middle, a sweep goes on: one child for each database, what is broken or undeclared listed, one statement over theirs", async () => {
  const { rds } = engine.cloud;
  const asked = { DBInstanceIdentifier: "orders-production", ApplyImmediately: true };
  await rds.send(new ModifyDBInstanceCommand({ ...asked, BackupRetentionPeriod: 8 }));
  await instanceIs(engine.cloud, "orders-production", "available");
  // Its secrets can no longer be decrypted, so that no engine can read its state; anyone can still see what it declares.
  const whole = readFileSync(stateFile("payments"), "utf8");
  const [salt = ""] = /v1:[^"]*/.exec(whole) ?? [];
  const [ledgersSalt = ""] = /v1:[^"]*/.exec(readFileSync(stateFile("ledger"), "utf8")) ?? [];
  writeFileSync(stateFile("payments"), whole.replace(salt, ledgersSalt));

  const requested = await shipshape("request", "drift-detection", "--fleet", "--reason", "nightly", "--json");
  const { id } = JSON.parse(requested.stdout) as { id: string };
  expect(await killedAt("in wait for a child (1 of 3)")).toMatchObject({ signal: "SIGKILL" });
  expect(await shipshape("worker", "--until-idle")).toMatchObject({ code: 0 });
  writeFileSync(stateFile("payments"), whole);

  const sweep = await shown(id);
  expect([sweep.verdict, sweep.children.length]).toEqual(["fail", 3]);
  const { rows } = sweep.outcome;
  expect(rows.map(({ identifier, verdict }) => [identifier, verdict])).toEqual([
    ["ledger-production", "pass"],
    ["orders-production", "fail"],
    ["payments-production", "inconclusive"],
  ]);
  expect(rows.map(({ requestId }) => requestId).sort()).toEqual([...sweep.children].sort());
  expect(checksOf(sweep)).toEqual({
    "every-database-was-compared": [
      "inconclusive",
      expect.stringMatching(/^payments-production: its detection is inconclusive \(request /),
    ],
    "every-account-and-region-answered": ["pass", expect.any(String)],
    "every-stack-was-read": ["pass", expect.any(String)],
    "every-database-is-declared": ["fail", expect.stringContaining("by-hand")],
    "no-database-has-drifted": ["fail", expect.stringContaining("orders-production")],
  });

  // The digests in the statement of the sweep are those of what its children have sealed.
  const { predicate } = claimOf(await envelopeOf(id));
  expect(predicate["outcome"]).toEqual(sweep.outcome);
  for (const { requestId, evidence } of rows)
    expect(
      createHash("sha256")
        .update(await envelopeOf(requestId!))
        .digest("hex"),
    ).toBe(evidence);
  writeFileSync(stateFile("payments"), whole);
});

test("a stack that nobody can read is named, and what it may declare is not called undeclared", async () => {
  const whole = readFileSync(stateFile("payments"), "utf8");
  writeFileSync(stateFile("payments"), "{");
  const words = ["--fleet", "--reason", "again", "--work", "--json"];
  const requested = await shipshape("request", "drift-detection", ...words);
  writeFileSync(stateFile("payments"), whole);
  const sweep = await shown((JSON.parse(requested.stdout) as { id: string }).id);
  expect(sweep.children).toHaveLength(2);
  const checks = checksOf(sweep);
  expect(checks["every-stack-was-read"]).toEqual(["inconclusive", expect.stringContaining("database.payments")]);
  expect(checks["every-database-is-declared"]![0]).toBe("pass");
  expect(checks["every-database-was-compared"]![1]).toMatch(/by-hand: stack .* may declare it/);
});

interface Drift {
  differences: { database: { identifier: string }; name: string; class: string; severity: string; finding: string }[];
  databases: { identifier: string; look: string }[];
  problems: string[];
}
async function driftOf(...words: string[]) {
  const { code, stdout, stderr } = await shipshape("drift", ...words, "--json");
  const drift = JSON.parse(stdout || "{}") as Drift;
  const found = drift.differences?.map((one) => [one.database.identifier, one.name, one.class, one.severity].join(" "));
  return { code, stderr, ...drift, found: found?.sort() };
}

test("shipshape drift --sweep tells of each database, what guardrails find on an undeclared one too, and --once of the same", async () => {
  const swept = await driftOf("--sweep", "--work");
  expect(swept.problems).toEqual([]);
  expect(swept.databases.map(({ identifier, look }) => [identifier, look])).toEqual(
    ["by-hand", "ledger-production", "orders-production", "payments-production"].map((name) => [name, "recent"]),
  );
  expect(swept.found).toEqual(
    expect.arrayContaining([
      "by-hand by-hand unmanaged high",
      "by-hand by-hand.guardrails.require-encryption-at-rest unmanaged critical",
      "orders-production orders-instance.backupRetentionPeriod drift high",
    ]),
  );
  expect(swept.differences.every(({ finding }) => finding !== null)).toBe(true);
  expect(swept.code).toBe(1);

  const once = await driftOf("--once");
  expect([once.found, once.code]).toEqual([swept.found, swept.code]);
  // A detection of it alone finds the same, and the sweep before it has opened no finding twice.
  const alone = await driftOf("--sweep", "--work", "--database", "by-hand");
  expect(alone.differences.map(({ finding }) => finding).sort()).toEqual(
    swept.differences
      .filter(({ database: { identifier } }) => identifier === "by-hand")
      .map(({ finding }) => finding)
      .sort(),
  );
});

test("previews of two stacks attach one plugin, and one that ends early ends no other", async () => {
  const stacks = { workspacesFolder: join(engine.cloud.dataFolder, "workspaces"), environment: env };
  const plugins = sharedPlugins(stacks);
  const preview = async (service: string, controller = new AbortController(), resourcesMax = Infinity) => {
    const attempts: { attached: boolean; resources: number; failure: string | undefined }[] = [];
    const work = async (more: Record<string, string>) => {
      let resources = 0;
      const take = () => void (++resources >= resourcesMax && controller.abort());
      const context = { ...stacks, environment: { ...env, ...more } };
      const failure = await previewRefresh(context, `database.${service}`, [], take, controller.signal);
      attempts.push({ attached: "PULUMI_DEBUG_PROVIDERS" in more, resources, failure });
      return failure;
    };
    const state = await readResources(stacks, `shipshape/database.${service}`);
    await plugins.attached(state, ["aws"], controller.signal, work, (failure) => failure !== undefined);
    return attempts;
  };
  const complete = [{ attached: true, resources: expect.any(Number) as number, failure: undefined }];
  expect(await preview("ledger")).toEqual(complete);
  const [orders, payments, interrupted] = await Promise.allSettled([
    preview("orders"),
    preview("payments"),
    preview("ledger", new AbortController(), 1),
  ]);
  expect([orders, payments]).toEqual([complete, complete].map((value) => ({ status: "fulfilled", value })));
  expect(interrupted.status).toBe("rejected");
  plugins.close();
});
