// The commands of evidence and status as people run them, on an embedded cloud with a database and statements sealed
// in advance.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { createFirstKey, signerOf } from "../../automation/command-line/evidence-log";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import { targetDatabase } from "../../automation/fleet-records";
import { verifierKey } from "../../automation/evidence/public-key";
import type { Concluded, VerdictWord } from "../../automation/records";
import { openFinding } from "../../automation/review/findings";
import { readSettings, type Settings } from "../../automation/settings";
import { instanceIs, instanceIsGone, startCloud, type Cloud } from "../cloud";
import { small } from "../localcloud/server/database-client";
import { concluded, requestOf, sealRun } from "./evidence/sealed-runs";
import { FakeKms } from "./targets/fake-kms";
import { shipshapeCommand } from "../shipshape-command";

let cloud: Cloud;
let database: ControlPlaneDatabase;
let env: Record<string, string>;
let settings: Settings;

beforeAll(async () => {
  cloud = await startCloud();
  env = { ...cloud.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder };
  settings = readSettings(join(__dirname, "../.."), cloud.dataFolder, env);
  database = await openDatabase(env["SHIPSHAPE_DATABASE_URL"]!);
});
afterAll(async () => {
  await database?.close();
  await cloud?.stop();
});

const shipshape = (words: string[], more: Record<string, string> = {}) =>
  shipshapeCommand(words, { env: { ...env, ...more } });
const folder = (name: string) => join(cloud.dataFolder, name);

async function createDatabase(identifier: string) {
  await cloud.rds.send(
    new CreateDBInstanceCommand({
      ...small,
      DBInstanceIdentifier: identifier,
      EngineVersion: "17.10",
      BackupRetentionPeriod: 7,
    }),
  );
  await instanceIs(cloud, identifier, "available");
  for (;;) {
    const { DBInstances: [now] = [] } = await cloud.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    if (now?.LatestRestorableTime && now.DBInstanceStatus === "available")
      return targetDatabase({ identifier, resourceId: now.DbiResourceId!, arn: now.DBInstanceArn! });
    await sleep(100);
  }
}
type Target = Awaited<ReturnType<typeof createDatabase>>;
const drilled = async (id: string, target: Target, verdict: VerdictWord, more: Partial<Concluded> = {}) =>
  sealRun(
    database,
    await signerOf(settings),
    concluded(id, verdict, {
      plan: { target: target.identifier, database: target, tags: {}, evidenceValidDays: 30 },
      ...more,
    }),
  );
const status = async (more: Record<string, string> = {}) => {
  const { stdout } = await shipshape(["status", "--json"], more);
  return JSON.parse(stdout) as {
    recovery: { database: { identifier: string }; recoverability: string; reason: string }[];
    evidence: { size: number; problems: string[] };
    findings: { id: string }[];
  };
};
const words = async (more: Record<string, string> = {}) =>
  (await status(more)).recovery.map((r) => `${r.database.identifier} ${r.recoverability}`);

test("only its command creates the key: without it no worker runs, and none is created implicitly", async () => {
  const file = settings.controlPlane.signingKeyFile;
  expect(await shipshape(["worker", "--until-idle"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("signing-key-missing") as string,
  });
  expect((await shipshape(["status"])).code).toBe(0);
  expect(existsSync(file)).toBe(false);
  const { code, stdout } = await shipshape(["evidence", "key", "create"]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^shipshape.local\/evidence\+[0-9a-f]{8}\+\S+\n$/) as string,
  });
  expect((await shipshape(["evidence", "key", "show"])).stdout).toBe(stdout);
  expect(() => createFirstKey(settings)).toThrow(expect.objectContaining({ code: "signing-key-exists" }));
  chmodSync(file, 0o644);
  expect(await shipshape(["worker", "--until-idle"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("signing-key-exposed") as string,
  });
  chmodSync(file, 0o600);
  expect((await shipshape(["worker", "--until-idle"])).code).toBe(0);
});

test("a database is fresh until a drill fails, its backups are gone or it is recreated; one that cannot be queried is unknown", async () => {
  const [orders, ledger] = [await createDatabase("orders"), await createDatabase("ledger")];
  expect(await words()).toEqual(["ledger never", "orders never"]);
  await drilled("passed", orders, "pass");
  await drilled("ledger-passed", ledger, "pass");
  expect(await words()).toEqual(["ledger fresh", "orders fresh"]);
  expect(await words({ AWS_ENDPOINT_URL: "http://127.0.0.1:9" })).toEqual(["ledger unknown", "orders unknown"]);

  await drilled("failed", orders, "fail");
  expect(await words()).toEqual(["ledger fresh", "orders failed"]);
  await drilled("passed-again", orders, "pass");
  expect(await words()).toEqual(["ledger fresh", "orders fresh"]);

  await cloud.rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: "orders", BackupRetentionPeriod: 0, ApplyImmediately: true }),
  );
  await instanceIs(cloud, "orders", "available");
  expect(await words()).toEqual(["ledger fresh", "orders unproven"]);

  await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "orders", SkipFinalSnapshot: true }));
  await instanceIsGone(cloud, "orders");
  await createDatabase("orders");
  const { recovery } = await status();
  expect(recovery.map((r) => `${r.recoverability}: ${r.reason}`)).toEqual([
    "fresh: drill ledger-passed passed",
    "never: another database had this name when it was drilled; this one was never drilled",
    expect.stringMatching(/^unproven: the cloud no longer has a database with resource id/),
  ]);
});

test("forged rows prove nothing, and are reported", async () => {
  await database.query(
    `insert into evidence (log_index, id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
     values (999, $1, 'verdict', 'urn:shipshape:evidence:restore-drill:verdict:v2', 's', 'd', 'orders', 'pass', now(), '2035-01-01', '{"signatures":[]}')`,
    ["forged\n✓ \u001b[32mpayments fresh"],
  );
  const { stdout } = await shipshape(["status"]);
  expect(stdout).toMatch(
    /^problem: evidence: row "forged\\u000a✓ \\u001b\[32mpayments fresh" is not a statement of the log/,
  );
  expect(stdout).toMatch(/^orders +never/m);
  expect((await status()).evidence.problems).toHaveLength(1);
});

test("a request's text reaches report and terminal as plain text, and cannot forge a verdict", async () => {
  const reason = "ok\n\n**pass**\n✓ the evidence holds \u001b[2J";
  const target = targetDatabase({
    identifier: "orders",
    resourceId: "db-X",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  });
  await drilled("hostile", target, "fail", {
    request: requestOf("hostile", { reason, requestedBy: "mallory\n**pass**" }),
  });
  const { stdout } = await shipshape(["evidence", "show", "hostile"]);
  expect(stdout).not.toContain("\u001b");
  expect(stdout.split("\n").filter((line) => line.startsWith("**"))).toEqual([
    expect.stringMatching(/^\*\*fail\*\*: /),
  ]);
  expect(stdout).toContain("ok\\\\u000a\\\\u000a\\*\\*pass\\*\\*");
  expect(await shipshape(["evidence", "export", "hostile", "--out", folder("hostile")])).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder("hostile"), "report.md"), "utf8")).toBe(stdout.replace(/\n$/, ""));
  for (const [file, ...words] of [["report.html"], ["report.json", "--json"]]) {
    const printed = await shipshape(["evidence", "report", "hostile", ...words]);
    expect(printed.stdout).toBe(readFileSync(join(folder("hostile"), file!), "utf8"));
    const out = folder(`of-hostile.${file}`);
    expect((await shipshape(["evidence", "report", "hostile", ...words, "--out", out])).stdout).toBe(`${out}\n`);
    expect(readFileSync(out, "utf8")).toBe(printed.stdout);
  }
});

test("a request without a reason, or that names its requester, is refused at once", async () => {
  const ask = (...more: string[]) => shipshape(["request", "restore-drill", "--database", "orders", ...more]);
  expect(await ask("--reason", " \n")).toMatchObject({ code: 2, stderr: expect.stringContaining("say why") as string });
  expect(await ask("--reason", "audit", "--requested-by", "ciso")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("unknown option") as string,
  });
});

test("a folder verifies with the key created or remembered here; a key seen for the first time is reported, and another one fails afterwards", async () => {
  await shipshape(["evidence", "export", "ledger-passed", "--out", folder("exported")]);
  const verify = (name: string, ...more: string[]) => shipshape(["evidence", "verify", folder(name), ...more]);
  expect(await verify("exported")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ledger \(db-\S+ arn:aws:rds:[^]*: pass,[^]*the evidence is valid\n$/) as string,
  });

  const stranger = { SHIPSHAPE_DATA_FOLDER: folder("of-an-auditor") };
  const asAuditor = (...wordsGiven: string[]) => shipshape(["evidence", "verify", ...wordsGiven], stranger);
  expect(await asAuditor(folder("exported"))).toMatchObject({
    code: 4,
    stdout: expect.stringContaining("sees for the first time") as string,
  });
  expect(await asAuditor(folder("exported"))).toMatchObject({ code: 0 });

  const other = readSettings(join(__dirname, "../.."), cloud.dataFolder, {
    ...env,
    SHIPSHAPE_DATA_FOLDER: folder("other"),
  });
  createFirstKey(other);
  cpSync(folder("exported"), folder("copied"), { recursive: true });
  const text = (await shipshape(["evidence", "key", "show"])).stdout;
  writeFileSync(folder("given"), Buffer.from(`\ufeff${text.replace("\n", "\r\n")}`, "utf16le"));
  expect(await verify("copied", "--key", folder("given"))).toMatchObject({ code: 0 });
  expect(
    await shipshape(["evidence", "verify", folder("exported")], { SHIPSHAPE_DATA_FOLDER: folder("other") }),
  ).toMatchObject({ code: 1 });
  rmSync(join(folder("copied"), "teardown.envelope.json"));
  expect(await verify("copied")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("evidence-unreadable") as string,
  });
});

test("a key or checkpoint that is not a file, or is endless, is a usage error; a pipe is read", async () => {
  const verify = (...more: string[]) => shipshape(["evidence", "verify", folder("exported"), ...more]);
  const large = folder("large");
  writeFileSync(large, "");
  truncateSync(large, 2 ** 34);
  for (const path of ["/dev/zero", cloud.dataFolder, large, folder("absent")])
    for (const option of ["--key", "--since"])
      expect(await verify(option, path)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("[usage]") as string,
      });
  const program = join(__dirname, "../../automation/command-line/shipshape.cjs");
  const command = `"$0" "$1" evidence verify "$2" --key <("$0" "$1" evidence key show)`;
  const piped = spawnSync("bash", ["-c", command, process.execPath, program, folder("exported")], {
    env,
    encoding: "utf8",
  });
  expect(piped).toMatchObject({ status: 0, stdout: expect.stringContaining("the evidence is valid") as string });
});

test("expired evidence holds, with its own exit code", async () => {
  const target = targetDatabase({
    identifier: "ledger",
    resourceId: "db-OLD",
    arn: "arn:aws:rds:eu-central-1:123456789012:db:ledger",
  });
  await drilled("old", target, "pass", {
    plan: { target: "ledger", database: target, tags: {}, evidenceValidDays: -1 },
  });
  await shipshape(["evidence", "export", "old", "--out", folder("old")]);
  expect(await shipshape(["evidence", "verify", folder("old")])).toMatchObject({
    code: 5,
    stdout: expect.stringContaining("valid but expired") as string,
  });
});

test("the log's key moves to AWS KMS and back by commands, and status says what signs here", async () => {
  const kms = await FakeKms.start();
  try {
    const key = kms.makeKey("ECC_NIST_P256");
    const here = { AWS_ENDPOINT_URL_KMS: kms.endpoint };
    const there = { ...here, SHIPSHAPE_SIGNING_KMS_KEY: key };
    expect((await shipshape(["status"])).stdout).toMatch(/^this machine signs evidence with the key in \S+\.pem$/m);
    expect(await shipshape(["evidence", "key", "create"], there)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("signing-key-exists") as string,
    });
    expect(await shipshape(["worker", "--until-idle"], there)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("signing-key-foreign") as string,
    });
    for (let i = 0; i < 2; i++)
      expect(await shipshape(["evidence", "key", "rotate", "--to", key], here)).toMatchObject({
        code: 0,
        stdout: `${verifierKey("shipshape.local/evidence", kms.publicKey(key))}\n`,
        stderr: expect.stringContaining("set SHIPSHAPE_SIGNING_KMS_KEY for every worker") as string,
      });
    expect(await shipshape(["worker", "--until-idle"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("signing-key-foreign") as string,
    });
    expect((await shipshape(["worker", "--until-idle"], there)).code).toBe(0);
    expect((await shipshape(["status"], there)).stdout).toContain(
      `this machine signs evidence with KMS key ${key} (untried on AWS)\n`,
    );
    kms.refusal = { type: "AccessDeniedException" };
    expect(await shipshape(["worker", "--until-idle"], there)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("signing-key-refused") as string,
    });
    kms.refusal = undefined;
    expect(await shipshape(["evidence", "key", "rotate"], there)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("name its successor with --to") as string,
    });
    expect((await shipshape(["evidence", "key", "rotate", "--to", "file"], there)).code).toBe(0);
    expect((await shipshape(["worker", "--until-idle"])).code).toBe(0);
    expect((await shipshape(["evidence", "key", "show", "--all"])).stdout.trim().split("\n")).toHaveLength(3);
    expect((await status()).evidence.problems).toEqual([expect.stringContaining("forged")]); // of the test above
  } finally {
    kms.stop();
  }
});

test("a rotation is a statement in the log: exports from before and after verify, and a lost key is not replaced", async () => {
  const before = (await shipshape(["evidence", "key", "show"])).stdout;
  const rotated = await shipshape(["evidence", "key", "rotate"]);
  expect(rotated.code).toBe(0);
  expect(rotated.stdout).not.toBe(before);
  expect((await shipshape(["evidence", "key", "show", "--all"])).stdout).toContain(before + rotated.stdout);
  expect((await shipshape(["evidence", "list"])).stdout).toMatch(/key-change/);
  await shipshape(["evidence", "export", "ledger-passed", "--out", folder("rotated")]);
  for (const name of ["exported", "rotated"])
    expect(await shipshape(["evidence", "verify", folder(name)])).toMatchObject({ code: 0 });
  rmSync(settings.controlPlane.signingKeyFile);
  expect(await shipshape(["evidence", "key", "create"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("signing-key-lost") as string,
  });
  expect(await shipshape(["evidence", "key", "create"], { SHIPSHAPE_DATA_FOLDER: folder("forgetful") })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("signing-key-lost") as string,
  });
  expect((await shipshape(["evidence", "list"])).code).toBe(0);
});

test("a person answers a finding, once, with a comment", async () => {
  await openFinding(database, { id: "failed.verdict", requestId: "failed", target: "orders", summary: "broken" });
  const review = (...more: string[]) => shipshape(["review", "failed.verdict", ...more]);
  expect(await review("--comment", "seen")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("give one of") as string,
  });
  expect(await review("--accept", "--comment", " ")).toMatchObject({ code: 2 });
  expect((await status()).findings).toMatchObject([{ id: "failed.verdict" }]);
  expect(await review("--accept", "--comment", "replaced by a new backup")).toMatchObject({ code: 0 });
  expect((await status()).findings).toEqual([]);
  expect(await review("--accept", "--comment", "again")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("finding-unknown") as string,
  });
  expect(await database.query("select status, comment from review")).toEqual([
    { status: "accepted", comment: "replaced by a new backup" },
  ]);
});
