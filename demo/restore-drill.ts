import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { DemoError } from "./errors";
import { type Chapter, databaseIdentifier, type Scene } from "./chapter";
import { shipshape } from "./shipshape";

export const restoreDrill: Chapter = {
  name: "restore-drill",
  title: "A backup is proven",
  async run(scene) {
    const { stage } = scene;
    stage.say(
      "A backup that has not been restored is an assumption. A drill writes two markers around a moment, restores the backups to that moment into an isolated throwaway, " +
        "checks that the earlier marker is there and the later is not, reads every heap and index, compares the catalogs, and removes the throwaway.",
    );
    const id = await drill(scene);
    stage.line();
    stage.say("The result is signed, in an append-only log, and expires: a year-old proof says nothing about today.");
    await verifyEvidence(scene, id);
    stage.line();
    stage.say(
      "So the next drill is due before this proof expires. A worker with `--schedule` requests it then, for the whole fleet.",
    );
    stage.command("npx shipshape schedule");
    stage.result(await shipshape(scene, "restore-drill", ["schedule"]));
    stage.say("What an auditor asks for first: every database, and whether its recovery is proven.");
    stage.command("npx shipshape recoverability");
    // It ends with 1 if the reader has databases of their own that were never drilled.
    stage.result(await shipshape(scene, "restore-drill", ["recoverability"], { expectedCodes: [0, 1] }));
  },
};

/** Runs a drill from the command line, shows its verdict, and resolves to its request's id. */
async function drill(scene: Scene): Promise<string> {
  const words = ["request", "restore-drill", "--database", databaseIdentifier, "--reason", "the demo", "--work"];
  scene.stage.command(
    `npx shipshape request restore-drill --database ${databaseIdentifier} --reason "the demo" --work`,
  );
  const lines = await shipshape(scene, "restore-drill", words);
  const id = /request (\S+)$/.exec(lines[0] ?? "")?.[1];
  // The command's own hint on what to do next is this chapter's next command.
  scene.stage.result(lines.filter((line) => !line.startsWith("the signed evidence:")));
  if (id === undefined)
    throw new DemoError("demo-expectation-failed", {
      expected: "a drill with an id",
      found: lines[0] ?? "nothing",
      remedy: "`npx shipshape status` shows what ran",
    });
  return id;
}

async function verifyEvidence(scene: Scene, id: string): Promise<void> {
  const folder = join(scene.settings.dataFolder, "demo", "evidence");
  const shown = relative(scene.settings.packageFolder, folder);
  rmSync(folder, { recursive: true, force: true });
  scene.stage.command(`npx shipshape evidence export ${id} --out ${shown}`);
  await shipshape(scene, "restore-drill", ["evidence", "export", id, "--out", folder]);
  scene.stage.command(`npx shipshape evidence verify ${shown}`);
  scene.stage.result(await shipshape(scene, "restore-drill", ["evidence", "verify", folder]));
}
