// What the pages promise a reader: the demo, the README's own lines, and each example of each command's help, as typed.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Command } from "commander";
import { buildCommand } from "../../automation/command-line/main";
import { createTerminal } from "../../automation/command-line/terminal";
import { operations } from "../../automation/operations/registry";
import { readSettings } from "../../automation/settings";

const checkout = join(__dirname, "../..");
const run = promisify(execFile);

/** Examples whose exit code is not 0 on the database of the demo, each with the reason. */
const otherCodes: [RegExp, number, string][] = [
  [/^npx shipshape cancel /, 2, "the drill is over"],
  [/^npx shipshape clean-up /, 2, "nothing is stuck"],
  [/^npx shipshape review /, 2, "the drill passed, so there is no finding"],
  [/evidence key create$/, 2, "the demo has created one"],
  [/restore-drill .*--at /, 1, "the demo's backups do not reach back to that moment"],
  [/restore-drill .*--snapshot /, 1, "the demo's database has no such snapshot"],
  [
    /request backup-audit .*--work$/,
    1,
    "the embedded cloud has no AWS Backup, so that the audit of a gold database is inconclusive",
  ],
  [/^npx shipshape standard diff old\.yaml /, 2, "the demo has no earlier standard"],
  [/^npx shipshape alerts test$/, 2, "no destination is configured"],
  [/^npx shipshape (approve|reject) /, 2, "the drill needs no approval"],
  [/^npx shipshape import /, 2, "the example omits the resource id"],
  [/^npx shipshape train (show|halt|resume|skip|abort) /, 2, "the request of the demo is a drill"],
  [/request ringed-patch .*--plan-only/, 2, "the demo runs the newest minor"],
  [/request patch-rehearsal .*--plan-only$/, 2, "the demo runs the newest minor"],
  [/request patch-undo .*--plan-only$/, 2, "the demo has no such patch"],
  [/request environment-refresh .*--plan-only$/, 2, "the demo's database has no masking profile"],
  [/request refresh-extension .*--plan-only$/, 2, "the demo's copy stays for longer than these 7 days"],
  [/^npx shipshape masking preview /, 1, "the preview that the help of requests asks for waits for its approval"],
  [/^npx shipshape masking check /, 1, "a draft leaves columns to decide"],
  [/sg-…/, 1, "the example omits the id of the security group"],
];

describe("what the pages promise", () => {
  const scratch = mkdtempSync(join(tmpdir(), "every-command-"));
  const dataFolder = join(scratch, "data");
  // Variables that daily users of RDS and AWS have set, and that must have no effect here.
  const everyday = {
    PGSSLMODE: "verify-full",
    PGHOST: "db.example.com",
    PGUSER: "somebody",
    AWS_PROFILE: "production",
  };
  const env: NodeJS.ProcessEnv = { ...process.env, ...everyday, SHIPSHAPE_DATA_FOLDER: dataFolder };
  let requestId = "";

  beforeAll(() => {
    chmodSync(scratch, 0o755);
    for (const folder of ["data", "bin", "exports", "policypacks/waivers"])
      mkdirSync(join(scratch, folder), { recursive: true });
    chmodSync(join(scratch, "data"), 0o755);
    // The examples begin with `npx shipshape`, which finds the checkout's command only from inside the checkout.
    const program = `#!/bin/sh\nshift\nexec "${process.execPath}" "${checkout}/automation/command-line/shipshape.cjs" "$@"\n`;
    writeFileSync(join(scratch, "bin", "npx"), program, { mode: 0o755 });
    // Examples of `rule` are about rules of one's own.
    mkdirSync(join(scratch, "rules"));
    writeFileSync(join(scratch, "rules", "require-backup-window.ts"), ownRule);
    writeFileSync(join(scratch, "shipshape.yaml"), "guardrails:\n  rules: rules\n");
    mkdirSync(join(scratch, "guardrails"));
    writeFileSync(join(scratch, "report.json"), JSON.stringify({ findings: [violation] }));
    for (const name of ["baseline.json", "committed.json"])
      writeFileSync(join(scratch, name), '{"baseline":1,"entries":[]}');
    env["SHIPSHAPE_CONFIGURATION_FILE"] = join(scratch, "shipshape.yaml");
    env["PATH"] = [join(scratch, "bin"), env["PATH"]].join(delimiter);
  });
  afterAll(async () => {
    for (const folder of ["data", "elsewhere"]) await bash(`npx shipshape local --data-folder ${folder} reset --yes`);
    rmSync(scratch, { recursive: true, force: true });
  });

  const bash = (script: string, cwd = scratch, stopAt?: RegExp) => {
    const running = run("bash", ["-c", `exec </dev/null\n${script}`], { cwd, env, maxBuffer: 64 << 20 });
    let said = "";
    running.child.stderr?.on("data", (part: string) => {
      said += part;
      if (stopAt?.test(said)) running.child.kill("SIGTERM");
    });
    return running.then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code?: number; stdout?: string; stderr?: string }) => ({
        code: Number(error.code),
        stdout: error.stdout ?? "",
        stderr: error.stderr ?? "",
      }),
    );
  };

  test("the demo runs all its chapters", async () => {
    const { code, stdout, stderr } = await bash("npm run demo", checkout);
    const errors = code === 0 ? "" : `${stdout.slice(-2000)}${stderr}`;
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const chapters = [...stdout.matchAll(/^── (\d+)\/(\d+) /gm)].map(([, number, of]) => `${number}/${of}`);
    expect(chapters.length).toBeGreaterThan(5);
    expect(chapters).toEqual(chapters.map((_, index) => `${index + 1}/${chapters.length}`));
  });

  test("the README's lines for trying it without AWS work as typed", async () => {
    const [, lines = ""] =
      /## Trying it without AWS[\s\S]*?```sh\n([\s\S]*?)```/.exec(readFileSync(join(checkout, "README.md"), "utf8")) ??
      [];
    expect(lines).toContain("npx shipshape local start");
    const kept = lines.replace("npx shipshape local stop\n", ""); // the examples below need what it would stop
    const { code, stdout, stderr } = await bash(
      `set -eo pipefail\nexport PULUMI_SKIP_CONFIRMATIONS=true\n${kept.replace(/guard --live/, "guard --live || true")}`,
      checkout,
    );
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    requestId = /\b\d{12}-[0-9a-f]{8}\b/.exec(stdout + stderr)?.[0] ?? "";
    expect(requestId).not.toBe("");
  });

  test("each example of each command's help works as typed", async () => {
    await bash(
      `eval "$(npx shipshape local env)"; pulumi stack export --stack database.orders-production --cwd "${checkout}" --file "${scratch}/exports/orders.json"`,
    );
    const wrong: string[] = [];
    const asked = async () => (await bash("npx shipshape local env")).stdout;
    let variables = await asked();
    for (const example of examples()) {
      const typed = example.replaceAll(/\b\d{12}-[0-9a-f]{8}\b/g, requestId);
      const [, expected = 0] = otherCodes.find(([pattern]) => pattern.test(example)) ?? [];
      const script = `set -o pipefail\n${variables}\npulumi() { command pulumi --cwd "${checkout}" "$@"; }\n`;
      // It works until it is stopped: here, as soon as it says so, and has scheduled what is due.
      const isWorker = /^npx shipshape worker( --schedule)?$/.test(typed);
      const { code, stderr } = await bash(
        `${script}${isWorker ? "exec " : ""}${typed}`,
        scratch,
        isWorker ? / is running; / : undefined,
      );
      if (/shipshape local (start|stop|reset)/.test(typed)) variables = await asked();
      if (code !== expected || /unexpected|^\s+at /m.test(stderr))
        wrong.push(`${typed} → ${code}, not ${expected}: ${stderr.slice(0, 500)}`);
    }
    expect(wrong).toEqual([]);
  });
});

const ownRule = `import { defineRule, resource, types } from "shipshape/guardrails";
export const requireBackupWindow = defineRule({
  id: "require-backup-window", title: "Backups have a window", severity: "low", owner: "team-orders", controls: [],
  properties: ["backupWindow"], why: "Backups in the middle of the day slow down what people are waiting for.",
  solution: "Set backupWindow to an hour at night.", types: [types.instance],
  *check(database) {
    const found = database.string("backupWindow");
    if (!found) yield { property: "backupWindow", found, allowed: "a window", change: "set backupWindow" };
  },
});
export const claims = {
  passes: { "one with a window": resource(types.instance, { backupWindow: "02:00-03:00" }) },
  fails: { "one without": [resource(types.instance), "not set"] },
};
`;

/** As `guard --json` prints it. */
const violation = {
  rule: "require-multi-az",
  kind: "violation",
  level: "mandatory",
  urn: "urn:pulumi:database.old::shipshape::aws:rds/instance:Instance::old",
  property: "multiAz",
  found: "false",
};

/** In the order of the help texts, except that examples which change the cloud for the others come last. */
function examples(): string[] {
  const all = (parent: Command): Command[] => [parent, ...parent.commands.flatMap(all)];
  const command = buildCommand({ settings: readSettings(checkout), terminal: createTerminal("never"), operations });
  const found = all(command).flatMap((one) => {
    let help = "";
    one.configureOutput({ writeOut: (part) => (help += part) }).outputHelp();
    return [...help.matchAll(/^ {2}(.*npx shipshape [a-z].*?(?:\\\n.*)?)( {2,}#.*)?$/gm)].map(([, line = ""]) =>
      line.trim(),
    );
  });
  const shells = /--shell (fish|powershell)|jq -r/; // a shell and a program that this machine may lack
  const last = (line: string) =>
    -Number(/evidence (key show|export)/.test(line)) +
    Number(/local (clock|change)/.test(line)) +
    2 * Number(/local stop|--data-folder/.test(line)) +
    3 * Number(/local reset/.test(line));
  return [...new Set(found)].filter((line) => !shells.test(line)).sort((one, other) => last(one) - last(other));
}
