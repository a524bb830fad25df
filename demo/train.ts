import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fitted } from "../automation/command-line/layout";
import { findDatabase } from "../automation/targets/database-instance";
import type { Chapter, Scene } from "./chapter";
import { DemoError } from "./errors";
import { ownedStack } from "./owned-stack";
import { as, keyOf } from "./people";
import { pulumiUp } from "./pulumi";
import { shipshape } from "./shipshape";

const identifier = "cart-development";
const stack = `database.${identifier}`;
const file = `Pulumi.${stack}.yaml`;
const [before, to] = ["17.9", "17.10"];

export const train: Chapter = {
  name: "train",
  title: "A train patches, ring by ring",
  async run(scene) {
    const { stage, settings, clients } = scene;
    const noted = join(settings.dataFolder, "demo", "train-id");
    const runs = (await findDatabase(clients, identifier))?.EngineVersion;
    if (runs === to && existsSync(noted)) {
      stage.say(`${identifier} runs ${to} since this chapter was shown before; that train was:`);
      return timetable(scene, readFileSync(noted, "utf8"));
    }
    stage.say(
      `A fleet gets its next minor as a train: a canary first, then rings of up to five times as many; none begins before the one before it was watched, and is well. Here one database goes, which runs ${before}; RDS never takes a minor back, so its backups are proven first.`,
    );
    const configuration = oldMinor(scene);
    const own = relative(settings.packageFolder, join(dirname(configuration), file));
    await pulumiUp(scene, "train", stack, ["--config-file", own]);
    // The engine writes one for each new stack.
    rmSync(join(settings.packageFolder, "stacks", file), { force: true });
    const drill = ["request", "restore-drill", "--database", identifier, "--reason", "a train is planned"];
    stage.command(`npx shipshape ${drill.slice(0, -1).join(" ")} "a train is planned" --work`);
    await shipshape(scene, "train", [...drill, "--work"]);
    stage.good("it was restored, read and removed");
    const id = await patched(scene, configuration);
    writeFileSync(noted, id);
    await timetable(scene, id);
    const now = (await findDatabase(clients, identifier))?.EngineVersion;
    if (now !== to) unexpected(`${identifier} on ${to}`, now);
    stage.good(`RDS and the server say: ${to}. The train's statement has the digest of each database's own`);
  },
};

/** A small database of a team, as its stack declares it since spring. */
function oldMinor(scene: Scene): string {
  const { packageFolder } = scene.settings;
  const known = readFileSync(join(packageFolder, "stacks", "Pulumi.database.ledger-development.yaml"), "utf8");
  const text = known
    .replaceAll("ledger", identifier.split("-")[0]!)
    .replace(/^( +)tier: .*$/m, `$&\n$1engineVersion: "${before}"`);
  return ownedStack(scene, { folder: "train", file, text });
}

/** Planned, approved by someone else, and carried out. Resolves to the request. */
async function patched(scene: Scene, configuration: string): Promise<string> {
  const { stage } = scene;
  const scope = ["--to", to, "--service", identifier.split("-")[0]!, "--bake-minutes", "0.1", "--window", openNow()];
  const words = ["request", "ringed-patch", ...scope, "--reason", "fixes of the quarter"];
  stage.command(`${as("alice")} npx shipshape ${words.slice(0, -1).join(" ")} "fixes of the quarter"`);
  const asked = await shipshape(scene, "train", words, { environment: keyOf(scene, "alice") });
  const id = /^request (\S+) is queued/.exec(asked[0] ?? "")?.[1] ?? unexpected("a request with an id", asked[0]);
  await work(scene, configuration);
  stage.command(`npx shipshape show ${id}`);
  const said = await shipshape(scene, "train", ["show", id, "--json"]);
  const { plan, planDigest } = JSON.parse(said.join("\n")) as { plan: { text?: string } | null; planDigest: string };
  const text = plan?.text ?? unexpected("a plan to approve", said[0]);
  const [shown = ""] = text.split("\nnot in this train");
  for (const line of shown.split("\n")) if (line !== "") stage.result(fitted(line, stage.resultColumns));
  const digest = planDigest.slice(0, 12);
  const approval = ["approve", id, "--plan", digest, "--comment", "as agreed"];
  stage.command(`${as("ben")} npx shipshape ${approval.slice(0, -1).join(" ")} "as agreed"`);
  await shipshape(scene, "train", approval, { environment: keyOf(scene, "ben") });
  await work(scene, configuration);
  return id;
}

async function timetable(scene: Scene, id: string): Promise<void> {
  scene.stage.command(`npx shipshape train show ${id}`);
  scene.stage.result(await shipshape(scene, "train", ["train", "show", id]));
}

/** Since an hour, each week. */
function openNow(): string {
  const at = (hours: number): string => {
    const moment = new Date(Date.now() + hours * 3_600_000);
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][moment.getUTCDay()];
    return `${day}:${moment.toISOString().slice(11, 16)}`;
  };
  return `${at(-1)}-${at(3)}`;
}

/** A worker, until it has nothing to do. */
async function work(scene: Scene, configuration: string): Promise<void> {
  const shown = relative(scene.settings.packageFolder, configuration);
  scene.stage.command(`SHIPSHAPE_CONFIGURATION_FILE=${shown} npx shipshape worker --until-idle`);
  const environment = { SHIPSHAPE_CONFIGURATION_FILE: configuration };
  await shipshape(scene, "train", ["worker", "--until-idle", "--json"], { environment });
}

function unexpected(expected: string, found: string | undefined): never {
  const remedy = "`npm run demo -- platform train` tries again";
  throw new DemoError("demo-expectation-failed", { expected, found: found ?? "nothing", remedy });
}
