// An operation that changes a stack: one of ours by a commit and `up`, any other by a delivered change that is expected.
// Its workers are killed right after each effect.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ControlPlane } from "../../../automation/control-plane";
import { bringUp } from "../../../automation/runner/pulumi-stack";
import { lookForExpected } from "../../../automation/expected-changes";
import { identityOf, type InstanceProperties } from "../../../automation/fleet-records";
import { ProbedControlPlane } from "../probe";
import { databaseNamed, declare } from "./toy-change";

const root = mkdtempSync(join(tmpdir(), "shipshape-change-"));
const [states, repository] = [join(root, "states"), join(root, "repository")];
const environment = {
  PATH: process.env["PATH"] ?? "",
  HOME: root,
  PULUMI_HOME: join(root, "home"),
  PULUMI_BACKEND_URL: `file://${states}`,
  PULUMI_CONFIG_PASSPHRASE: "a test's own",
  PULUMI_SKIP_UPDATE_CHECK: "true",
};
const stacks = { workspacesFolder: join(root, "workspaces"), environment };
const file = "Pulumi.database.orders.yaml";
const configOf = (service: string) =>
  `# Ours\nconfig:\n  shipshape:request:\n    service: ${service}\n    backupRetentionDays: 7 # days\n`;
const git = (...words: string[]) =>
  execFileSync("git", words, { cwd: repository, env: environment, encoding: "utf8" }).trim();

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
beforeAll(async () => {
  mkdirSync(states);
  mkdirSync(repository);
  writeFileSync(join(root, ".gitconfig"), "[user]\n  name = Ana\n  email = ana@example.com\n");
  writeFileSync(join(repository, file), configOf("orders"));
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message", "Begin");
  writeFileSync(
    join(root, "shipshape.yaml"),
    "stacks:\n  - project: shop\n    folder: repository\n    author: Platform <platform@example.com>\n",
  );
  for (const [project, service] of [
    ["shop", "orders"],
    ["wiki", "wiki"],
  ] as const)
    await bringUp({ ...stacks, project }, created(service), running);
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client();
});
afterAll(async () => {
  await probed?.stop();
  rmSync(root, { recursive: true, force: true });
});
const running = new AbortController().signal;
/** A stack as it was before the control plane changes it. */
const created = (service: string) => ({
  stackName: `database.${service}`,
  settleCloud: () => Promise.resolve(new Map()),
  program: () => () => declare({ service, backupRetentionDays: 7 }),
});

const command = (moment: string, ...words: string[]) =>
  probed.command(["--import", "tsx", join(__dirname, "../harness/killed-command.ts"), "retention", moment, ...words], {
    ...environment,
    SHIPSHAPE_CONFIGURATION_FILE: join(root, "shipshape.yaml"),
  }).ended;

/** Requests it, has it approved, and runs it by a worker that is killed at that moment, and by one that is not. */
async function carriedOut(database: string, moment: string) {
  const words = ["--database", database, "--retention-days", "14", "--reason", "a test", "--json"];
  const { stdout } = await command("", "request", "retention", ...words);
  const { id } = JSON.parse(stdout) as { id: string };
  await command("", "worker", "--until-idle");
  const { planDigest: plan = "" } = await controlPlane.run(id);
  await controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });
  expect((await command(moment, "worker", "--until-idle")).signal).toBe("SIGKILL");
  await command("", "worker", "--until-idle");
  return { id, run: await controlPlane.run(id) };
}

test("a change of our own stack is committed once and brought up with the committed config, whatever is killed", async () => {
  const { id, run } = await carriedOut("orders", "in commit the change");
  expect(run).toMatchObject({
    status: "succeeded",
    verdict: "pass",
    outcome: { committed: { isOwn: true }, runs: 14 },
  });
  expect(readFileSync(join(repository, file), "utf8")).toBe(configOf("orders").replace("Days: 7", "Days: 14"));
  expect(git("log", "--format=%an: %s, %(trailers:key=Shipshape-Request,valueonly,separator=)").split("\n")).toEqual([
    `Platform: Set backupRetentionDays of database.orders to 14, ${id}`,
    "Ana: Begin,",
  ]);
  const { stdout } = await command("", "show", id);
  expect(stdout).toContain("-    backupRetentionDays: 7 # days\n+    backupRetentionDays: 14 # days\n");
});

describe("a change of another stack", () => {
  let id = "";
  const cloud = (retention: number | undefined, account = "123456789012"): InstanceProperties => ({
    account,
    region: "eu-central-1",
    instances: new Map(
      retention === undefined ? [] : [[identityOf(databaseNamed("wiki")), { BackupRetentionPeriod: retention }]],
    ),
  });
  const look = async (answer: InstanceProperties) => {
    await probed.database.query("update expected_change set looked_at = null");
    await lookForExpected(probed.database, () => Promise.resolve({ answered: [answer], unreachable: [] }));
    return (await controlPlane.expectedChanges(id)).map(({ status }) => status);
  };

  test("is delivered once as instructions, whatever is killed, and the run ends inconclusive, with a finding", async () => {
    const ended = await carriedOut("wiki", "in deliver the change");
    id = ended.id;
    expect(ended.run).toMatchObject({
      status: "succeeded",
      verdict: "inconclusive",
      outcome: { deliveredUntil: expect.any(String) as string },
    });
    expect(await controlPlane.expectedChanges(id)).toMatchObject([
      { property: "BackupRetentionPeriod", from: 7, to: 14, status: "open", stack: "wiki/database.wiki", found: null },
    ]);
    expect(await controlPlane.findings(10)).toMatchObject([{ id: `${id}.verdict` }]);
    const { stdout } = await command("", "show", id);
    expect(stdout).toContain("urn:pulumi:database.wiki::wiki::shipshape:index:StandardDatabase::wiki");
    expect(stdout).toContain("backupRetentionDays = 14");
    const status = (await command("", "status")).stdout.split("\n");
    const at = status.findIndex((line) => line.startsWith("changes that are delivered and not made yet"));
    expect(status.slice(at + 1, at + 3)).toEqual([
      `  ${id}  wiki`,
      expect.stringMatching(/^ {4}expected: BackupRetentionPeriod 7 → 14 until \d{4}-\d\d-\d\d: open$/),
    ]);
    const json = JSON.parse((await command("", "status", "--json")).stdout) as { expectedChanges: object[] };
    expect(json.expectedChanges).toMatchObject([{ requestId: id, property: "BackupRetentionPeriod", status: "open" }]);
  });

  test("is expected while the cloud shows the old value, or another cloud answers, and is seen when it shows the new one", async () => {
    expect(await look(cloud(7))).toEqual(["open"]);
    expect(await look(cloud(undefined, "999999999999"))).toEqual(["open"]);
    expect(await controlPlane.findings(10)).toHaveLength(1);
    expect(await look(cloud(14))).toEqual(["seen"]);
    expect(await controlPlane.findings(10)).toEqual([]);
  });
});
