import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Chapter, databaseIdentifier, type Scene } from "./chapter";
import { DemoError } from "./errors";
import { as, keyOf } from "./people";
import { shipshape } from "./shipshape";

export const approval: Chapter = {
  name: "approval",
  title: "Two people decide",
  async run(scene) {
    const { stage, settings } = scene;
    stage.say(
      "Humans are asked for exceptions only, and which these are is up to you. Say that an audit of a confidential database is read by a second person first. " +
        "`shipshape.yaml` says so, and who that can be; the next worker puts it in force.",
    );
    const file = join(settings.dataFolder, "demo", "shipshape.yaml");
    stage.command(`cat ${relative(settings.packageFolder, file)}`);
    stage.result(configuration.trimEnd().split("\n"));
    await work(scene, configuration);

    stage.line();
    stage.say(
      "On AWS these would be roles and users of IAM Identity Center. Here the embedded cloud issues keys to names, which is enough to rehearse it; evidence says that they prove no person.",
    );
    const id = await requested(scene);
    await work(scene, configuration);
    const words = ["approve", id, "--plan", await digestOf(scene, id), "--comment", "only the orders database"];
    const typed = words.map((word) => (word.includes(" ") ? `"${word}"` : word)).join(" ");
    stage.command(`${as("alice")} npx shipshape ${typed}`);
    await shipshape(scene, "approval", words, { environment: keyOf(scene, "alice"), expectedCodes: [2] });
    stage.good("nobody approves their own request");
    stage.command(`${as("ben")} npx shipshape ${typed}`);
    stage.result(await shipshape(scene, "approval", words, { environment: keyOf(scene, "ben") }));
    await work(scene, configuration);
    stage.command(`npx shipshape show ${id}`);
    const shown = await shipshape(scene, "approval", ["show", id]);
    stage.result(shown.filter((line) => /^(backup-audit|run|requested|approved) /.test(line)));

    stage.line();
    stage.say(
      "The embedded cloud cannot say what AWS Backup holds, so the audit did not pass, and that is a finding: it stays open until a person answers it, or a later audit passes.",
    );
    const answer = ["review", `${id}.verdict`, "--accept", "--comment", "a demo has no AWS Backup"];
    stage.command(`${as("carla")} npx shipshape review ${id}.verdict --accept --comment "a demo has no AWS Backup"`);
    stage.result(await shipshape(scene, "approval", answer, { environment: keyOf(scene, "carla") }));
    stage.say("Without roles in the file, everyone has all of them again.");
    await work(scene, "{}\n");
  },
};

const configuration = `roles:
  requester: [embedded:alice]
  approver: [embedded:ben]
  operator: [embedded:carla]
  auditor: [everyone]
approvals:
  - operation: [backup-audit]
    dataClassification: [confidential, restricted]
    by: approver
`;

/** A worker with that `shipshape.yaml`, until it has nothing to do. */
async function work(scene: Scene, text: string): Promise<void> {
  const folder = join(scene.settings.dataFolder, "demo");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "shipshape.yaml"), text);
  scene.stage.command("npx shipshape worker --until-idle");
  const environment = { SHIPSHAPE_CONFIGURATION_FILE: join(folder, "shipshape.yaml") };
  await shipshape(scene, "approval", ["worker", "--until-idle", "--json"], { environment });
}

async function requested(scene: Scene): Promise<string> {
  const reason = "the quarterly report";
  const words = ["request", "backup-audit", "--database", databaseIdentifier, "--reason", reason];
  scene.stage.command(`${as("alice")} npx shipshape ${words.slice(0, -1).join(" ")} "${reason}"`);
  const lines = await shipshape(scene, "approval", words, { environment: keyOf(scene, "alice") });
  scene.stage.result(lines);
  const id = /^request (\S+) is queued/.exec(lines[0] ?? "")?.[1];
  return id ?? unexpected("a request with an id", lines[0]);
}

async function digestOf(scene: Scene, id: string): Promise<string> {
  scene.stage.command(`npx shipshape explain ${id}`);
  const lines = await shipshape(scene, "approval", ["explain", id]);
  const at = lines.findIndex((line) => line.startsWith("missing:"));
  scene.stage.result(lines.filter((_, index) => index === 2 || (at >= 0 && index >= at)));
  // The command may continue on the next line.
  const digest = /--plan[\s\\]+([0-9a-f]{12})/.exec(lines.join("\n"))?.[1];
  return digest ?? unexpected("a plan that waits for approval", lines.at(-1));
}

function unexpected(expected: string, found: string | undefined): never {
  const remedy = "`npx shipshape status` shows what ran";
  throw new DemoError("demo-expectation-failed", { expected, found: found ?? "nothing", remedy });
}
