// What people see at 80 and 120 columns, and programs with --json, over a fleet, requests and findings with the longest
// names there can be.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CreateDBInstanceCommand } from "@aws-sdk/client-rds";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { createFirstKey, signerOf } from "../../../automation/command-line/evidence-log";
import { outputs } from "../../../automation/command-line/json/outputs";
import type { Printing } from "../../../automation/command-line/json/types";
import { widthOf } from "../../../automation/command-line/layout";
import { buildCommand } from "../../../automation/command-line/main";
import { createTerminal } from "../../../automation/command-line/terminal";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { notCompared } from "../../../automation/difference-records";
import { recordComparison } from "../../../automation/review/differences";
import { openFinding } from "../../../automation/review/findings";
import { operations } from "../../../automation/operations/registry";
import { readSettings, type Settings } from "../../../automation/settings";
import { instanceIs, startCloud, type Cloud } from "../../cloud";
import { small } from "../../localcloud/server/database-client";
import { concluded, planOf, requestOf, sealRun } from "../evidence/sealed-runs";

const checkout = join(__dirname, "../../..");
const longest = `${"a-very-long-name-of-a-database-".repeat(2)}x`;
const people = {
  requestedBy:
    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_DatabaseAdministrator_0123456789abcdef/maximiliane.von-der-schulenburg@very-long-company-name.example.com",
  reason: "Prüfung vor der großen Umstellung im März, wie mit den Prüfern in 東京 vereinbart, ✅ freigegeben",
};
const id = "261127050000-0a1b2c3d";

let cloud: Cloud;
let database: ControlPlaneDatabase;
let settings: Settings;
const ownEnvironment = { ...process.env };

beforeAll(async () => {
  cloud = await startCloud();
  Object.assign(process.env, cloud.env, { SHIPSHAPE_DATA_FOLDER: cloud.dataFolder });
  settings = readSettings(checkout, cloud.dataFolder, process.env);
  database = await openDatabase(settings.controlPlane.databaseUrl!);
  createFirstKey(settings);
  const owner = "the-team-that-owns-the-orders-of-all-regions@very-long-company-name.example.com";
  const tags = { owner, tier: "gold", environment: "production", service: "orders" };
  for (const identifier of ["orders", longest])
    await cloud.rds.send(
      new CreateDBInstanceCommand({
        ...small,
        DBInstanceIdentifier: identifier,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  await instanceIs(cloud, longest, "available");
  await cloud.secrets.send(
    new CreateSecretCommand({
      Name: "shipshape/orders/production/orders/master",
      SecretString: JSON.stringify({ username: small.MasterUsername, password: small.MasterUserPassword }),
    }),
  );
  const request = requestOf(id, { ...people, input: { database: longest } });
  await sealRun(database, await signerOf(settings), concluded(id, "fail", { request, plan: planOf(longest) }));
  const checks = [
    {
      name: "database-recovers",
      verdict: "fail",
      explanation: `invalid page in block 1 of relation base/5/1259 of ${longest}`,
      figures: {},
    },
  ];
  const step = { status: "failed", attempts: 2, startedAt: "2026-11-27T05:00:00Z", finishedAt: "2026-11-27T05:01:00Z" };
  await database.query(
    `insert into run (request_id, status, verdict, checks, plan, steps, started_at, finished_at, verdict_sealed_at, clean_up)
     values ($1, 'succeeded', 'fail', $2, $3, $4, now(), now(), now(), 'done')`,
    [
      id,
      JSON.stringify(checks),
      JSON.stringify(planOf(longest)),
      JSON.stringify({
        "restore into isolation": { ...step, error: `${cloud.dataFolder}/databases/${longest} is damaged` },
      }),
    ],
  );
  const summary = `the backups of ${longest} do not recover: invalid page in block 1 of relation base/5/1259`;
  await openFinding(database, { id: `${id}.verdict`, requestId: id, target: longest, summary });
  await recordComparison(database, {
    ...{ requestId: id, target: longest, owner, startedAt: new Date() },
    database: { ...planOf(longest).database!, identifier: longest },
    compared: {
      differences: [
        {
          ...notCompared({ identifier: longest, owner }, `no route to ${cloud.dataFolder}/databases/${longest}`),
          ...{ source: "resources", key: "k", name: `${longest}-instance.parameters.shared_preload_libraries` },
          property: "parameters.shared_preload_libraries",
        },
      ],
      ...{ sources: ["run"], unread: [] },
    },
  });
});
afterAll(async () => {
  await database?.close();
  await cloud?.stop();
  for (const name of Object.keys(process.env)) if (!(name in ownEnvironment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, ownEnvironment);
});

/** What a command puts on a terminal of so many columns: the lines that it writes, and those of its result. */
async function captured(words: string[], columns: number): Promise<{ lines: string[]; results: string[] }> {
  let [written, result] = ["", ""];
  const streams = [process.stdout, process.stderr];
  const own = streams.map(({ isTTY, columns: c }) => ({ isTTY, columns: c }));
  const spies = streams.map((stream) =>
    jest.spyOn(stream, "write").mockImplementation((text) => {
      written += String(text);
      if (stream === process.stdout) result += String(text);
      return true;
    }),
  );
  for (const stream of streams) Object.assign(stream, { isTTY: true, columns });
  try {
    const command = buildCommand({ settings: { ...settings }, terminal: createTerminal("never"), operations });
    await command.parseAsync(words, { from: "user" });
  } finally {
    process.exitCode = undefined;
    streams.forEach((stream, at) => Object.assign(stream, own[at]));
    for (const spy of spies) spy.mockRestore();
  }
  const linesOf = (text: string) => text.replaceAll("\r\u001b[2K", "").trimEnd().split("\n");
  return { lines: linesOf(written), results: linesOf(result) };
}

const commands = [
  "status",
  "runs",
  `show ${id}`,
  `explain ${id}`,
  "fleet",
  "recoverability",
  "drift",
  "schedule",
  "alerts",
  "metrics",
  "evidence list",
  "guard --live",
  "pending",
  "patches",
  "local status",
  "local logs",
  "rule list",
  "waiver list",
  "standard show --why",
];

describe.each([80, 120])("at %d columns", (columns) => {
  test.each(commands)("no line of `%s` is wider, and no word is broken", async (line) => {
    const { lines } = await captured(line.split(" "), columns);
    expect(lines.filter((one) => widthOf(one) > columns)).toEqual([]);
    // Every word is on one line; only what no line has room for continues, after a separator.
    const short = (text: string) =>
      text.split(/\s+/).filter((word) => widthOf(word) <= columns - 16 && !isHeading(word));
    const whole = (await captured(line.split(" "), 10_000)).lines.join("\n");
    const words = new Set(lines.flatMap(short));
    const parts = (word: string) => word.split(/(?<=[/:@,=])/);
    expect(
      short(whole).filter(
        (word) => !isTime(word) && !words.has(word) && !parts(word).every((part) => lines.join("\n").includes(part)),
      ),
    ).toEqual([]);
  });
});

/** Entries name them differently than tables. */
const isHeading = (word: string) => /^[A-Z]+$/.test(word);
/** What a later look shows differently. */
const isTime = (word: string) => /\d\d:\d\d/.test(word);

const hasScript = existsSync("/usr/bin/script");
(hasScript ? test : test.skip)("a real terminal gets the same (needs script(1))", async () => {
  const program = `stty cols 80; exec "${process.execPath}" "${checkout}/automation/command-line/shipshape.cjs" status`;
  const output = execFileSync("/usr/bin/script", ["-qec", program, "/dev/null"], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const lines = output.replaceAll("\r\n", "\n").trimEnd().split("\n");
  expect(lines).toEqual((await captured(["status"], 80)).lines);
});

describe("a command in a process of its own", () => {
  const launched = (words: string[]) => {
    const program = [join(checkout, "automation/command-line/shipshape.cjs"), ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8", env: process.env });
    return { status, stdout, stderr: stderr.trimEnd().split("\n") };
  };
  const call = /^\d{4}-\d\d-\d\dT[\d:.]+Z (\w+ \w+) at 127\.0\.0\.1:\d+: \d+ ms(, failed: \w+)?$/;

  test("--verbose prints each AWS call to standard error, before or after the command, and the result is the same", () => {
    const plain = launched(["pending", "--json"]);
    expect(plain).toMatchObject({ status: 0, stderr: [""] });
    for (const given of [
      ["--verbose", "pending", "--json"],
      ["pending", "--json", "-v"],
    ]) {
      const { status, stdout, stderr } = launched(given);
      expect({ status, stdout }).toEqual({ status: 0, stdout: plain.stdout });
      expect(stderr.map((line) => call.exec(line)?.[1])).toContain("RDS DescribeDBInstances");
      expect(stderr.filter((line) => !call.test(line))).toEqual([]);
    }
  });

  test("--quiet prints no progress, but the result and every error", () => {
    const [plain, quiet] = [launched(["schedule"]), launched(["schedule", "--quiet"])];
    expect(plain.stderr.join()).toContain("cost of drills");
    expect(quiet).toMatchObject({ status: 0, stderr: [""], stdout: expect.stringContaining("orders") as string });
    const failing = launched(["show", "nothing", "-q"]);
    expect(failing).toMatchObject({ status: 2, stdout: "" });
    expect(failing.stderr[0]).toMatch(/^error: /);
  });

  test("--quiet and --verbose together are a usage error", () => {
    const { status, stderr } = launched(["pending", "--quiet", "--verbose"]);
    expect(status).toBe(2);
    expect(stderr.join("\n")).toContain("[usage]");
  });
});

/** Arguments with which each command prints a result; later ones need what earlier ones did. */
const printing: Partial<Record<Printing, () => string[]>> = {
  "local status": () => [],
  "local start": () => [],
  "local env": () => [],
  "local logs": () => ["orders"],
  "local clock": () => ["--advance", "1s"],
  "local psql": () => ["orders", "--role", "master", "--command", "select 1 as one, now()"],
  "local change": () => ["arn:aws:rds:eu-central-1:123456789012:db:orders", "deletionProtection=true"],
  status: () => ["--database", longest],
  runs: () => ["--operation", "restore-drill"],
  fleet: () => [],
  recoverability: () => [],
  drift: () => [],
  schedule: () => [],
  show: () => [id],
  explain: () => [id],
  pause: () => ["all", "--reason", "a test"],
  resume: () => ["all"],
  "alerts list": () => [],
  metrics: () => [],
  "evidence list": () => [],
  "evidence show": () => [id],
  "evidence report": () => [id],
  "evidence population": () => ["--from", "2026-01-01", "--to", "2026-01-31"],
  "evidence checkpoint": () => [],
  "evidence export": () => [id, "--out", folder("exported")],
  "evidence verify": () => [folder("exported")],
  "evidence publish": () => ["--to", folder("published")],
  "evidence restore": () => ["--from", folder("published")],
  "evidence key show": () => ["--all"],
  "evidence key rotate": () => [],
  review: () => [`${id}.verdict`, "--accept", "--comment", "a test"],
  guard: () => ["--live"],
  pending: () => [],
  patches: () => [],
  "waiver new": () => [...waiverWords, "--waivers", folder("waivers")],
  "waiver list": () => ["--waivers", folder("waivers")],
  "waiver check": () => ["--waivers", folder("waivers")],
  "rule list": () => [],
  "rule show": () => ["require-tls"],
  "masking draft": () => ["orders"],
  "masking check": () => [drafted(), "--database", "orders", "--role", "master"],
  "standard show": () => [],
  "standard check": () => [],
  "standard types": () => [],
  "standard diff": () => ["shipshape"],
  completion: () => ["bash"],
  request: () => ["restore-drill", "--database", "orders", "--reason", "a test"],
  worker: () => ["--until-idle"],
  "local stop": () => [],
  "local reset": () => ["--yes"],
};
const folder = (name: string) => join(cloud.dataFolder, "..", `${basename(cloud.dataFolder)}-${name}`);
/** A profile of a database without tables, and of a table that it does not have. */
function drafted(): string {
  const file = folder("gone.masking.yaml");
  const profile = { version: 1, source: "orders", key: { secret: "a" }, tables: { "public.gone": { empty: true } } };
  writeFileSync(file, JSON.stringify(profile));
  return file;
}
const waiverWords = Object.entries({
  ...{ rule: "require-tls", resource: "urn:pulumi:a::b::c::d", reason: "a test", owner: "team-a", approver: "team-b" },
  "expires-on": new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
}).flatMap(([name, value]) => [`--${name}`, value]);

/** Those for which this cloud has no subject; tests of their own run them. */
const elsewhere: Printing[] = [
  "train show",
  "train halt",
  "train resume",
  "train skip",
  "train abort",
  "hand-over",
  "import",
  "baseline new",
  "baseline check",
  "approve",
  "reject",
  "cancel",
  "clean-up",
  "alerts test",
  "masking preview",
  "evidence key create",
  "rule test",
  "rule pages",
];

test("a drafted profile is written once, covers the schema, and no longer does when the schema is another", async () => {
  const run = (...words: string[]) => captured(["masking", ...words], 80);
  const check = (file: string) => run("check", file, "--database", "orders", "--role", "master");
  const file = folder("drafted.masking.yaml");
  const subset = folder("some.subset.yaml");
  try {
    await run("draft", "orders", "--output", file);
    await expect(run("draft", "orders", "--output", file)).rejects.toMatchObject({ code: "masking-output" });
    await expect(run("draft", "orders", "--output", "x.txt")).rejects.toMatchObject({ code: "masking-output" });
    expect((await check(file)).results.join(" ")).toMatch(/covers\s+the\s+schema\s+of\s+orders/);
    await expect(check(drafted())).rejects.toMatchObject({ code: "masking-profile-outgrown", exitCode: 1 });
    writeFileSync(subset, "version: 1\nsource: orders\nroot: public.gone\nwhere: id = 'a secret'\n");
    await expect(check(file)).rejects.toMatchObject({ code: "masking-profile-outgrown" });
    writeFileSync(subset, "version: 1\nsource: orders\nroot: gone\nwhere: id = 'a secret'\n");
    await expect(check(file)).rejects.toMatchObject({
      code: "subset-invalid",
      message: expect.not.stringContaining("secret") as string,
    });
    writeFileSync(subset, "version: 1\nsource: payments\nroot: public.gone\nwhere: id = 'a secret'\n");
    expect((await check(file)).results.join(" ")).toMatch(/covers\s+the\s+schema\s+of\s+orders/);
    await expect(check(folder("absent.yaml"))).rejects.toMatchObject({ code: "masking-profile-unreadable" });
    writeFileSync(file, "tables: {}");
    await expect(check(file)).rejects.toMatchObject({ code: "masking-profile-invalid", exitCode: 2 });
  } finally {
    for (const name of ["drafted.masking.yaml", "gone.masking.yaml", "some.subset.yaml"])
      rmSync(folder(name), { force: true });
  }
});

// The last of these stop the cloud.
describe("with --json", () => {
  afterAll(() => {
    for (const name of ["exported", "published", "waivers", "gone.masking.yaml"])
      rmSync(folder(name), { recursive: true, force: true });
  });

  test("every command is tried here or elsewhere", () =>
    expect([...Object.keys(printing), ...elsewhere].sort()).toEqual(Object.keys(outputs).sort()));

  test.each(Object.keys(printing) as Printing[])(
    "%s prints what its schema documents, and nothing else",
    async (command) => {
      const { results, lines } = await captured([...command.split(" "), ...printing[command]!(), "--json"], 80);
      const printed = command === "worker" ? results : [results.join("\n")];
      for (const one of printed)
        expect({ lines, problems: outputs[command].safeParse(JSON.parse(one)).error?.issues }).toEqual({
          lines,
          problems: undefined,
        });
    },
  );
});
