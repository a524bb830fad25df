// What people see at 80 and 120 columns, over a fleet, requests and findings with the longest names there can be.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CreateDBInstanceCommand } from "@aws-sdk/client-rds";
import { createFirstKey, signerOf } from "../../../automation/command-line/evidence-log";
import { widthOf } from "../../../automation/command-line/layout";
import { buildCommand } from "../../../automation/command-line/main";
import { createTerminal } from "../../../automation/command-line/terminal";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { openFinding } from "../../../automation/review/findings";
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
});
afterAll(async () => {
  await database?.close();
  await cloud?.stop();
  for (const name of Object.keys(process.env)) if (!(name in ownEnvironment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, ownEnvironment);
});

/** What a command puts on a terminal of so many columns, as the lines that it writes. */
async function captured(words: string[], columns: number): Promise<string[]> {
  let written = "";
  const streams = [process.stdout, process.stderr];
  const own = streams.map(({ isTTY, columns: c }) => ({ isTTY, columns: c }));
  const spies = streams.map((stream) =>
    jest.spyOn(stream, "write").mockImplementation((text) => ((written += String(text)), true)),
  );
  for (const stream of streams) Object.assign(stream, { isTTY: true, columns });
  try {
    const command = buildCommand({ settings: { ...settings }, terminal: createTerminal("auto"), operations: [] });
    await command.parseAsync(words, { from: "user" });
  } finally {
    process.exitCode = undefined;
    streams.forEach((stream, at) => Object.assign(stream, own[at]));
    for (const spy of spies) spy.mockRestore();
  }
  return written.replaceAll("\r\u001b[2K", "").trimEnd().split("\n");
}

const commands = [
  "status",
  `show ${id}`,
  `explain ${id}`,
  "fleet",
  "recoverability",
  "schedule",
  "alerts",
  "metrics",
  "evidence list",
  "guard --live",
  "pending",
  "local status",
  "standard show --why",
];

describe.each([80, 120])("at %d columns", (columns) => {
  test.each(commands)("no line of `%s` is wider, and no word is broken", async (line) => {
    const lines = await captured(line.split(" "), columns);
    expect(lines.filter((one) => widthOf(one) > columns)).toEqual([]);
    // Every word is on one line; only what no line has room for continues, after a separator.
    const short = (text: string) =>
      text.split(/\s+/).filter((word) => widthOf(word) <= columns - 16 && !isHeading(word));
    const whole = (await captured(line.split(" "), 10_000)).join("\n");
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
    env: { ...process.env, ...cloud.env, SHIPSHAPE_DATA_FOLDER: cloud.dataFolder },
  });
  const lines = output.replaceAll("\r\n", "\n").trimEnd().split("\n");
  expect(lines).toEqual(await captured(["status"], 80));
});
