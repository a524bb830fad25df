import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Chapter, Scene } from "./chapter";
import { DemoError } from "./errors";
import { shipshape } from "./shipshape";

export const auditor: Chapter = {
  name: "auditor",
  title: "What the auditor gets",
  async run(scene) {
    const { stage, settings } = scene;
    const inDemo = (name: string) => join(settings.dataFolder, "demo", name);
    const shown = (path: string) => relative(settings.packageFolder, path);
    const report = inDemo("report.html");
    const id = await latestDrill(scene);
    stage.say(
      "About one run: a page for screen or paper, with its phases and checks, its recovery time among earlier ones, who asked, who approved and what the rules said.",
    );
    stage.command(`npx shipshape evidence report ${id} --out ${shown(report)}`);
    stage.result(shown((await shipshape(scene, "auditor", ["evidence", "report", id, "--out", report])).join("")));

    stage.line();
    stage.say(
      "About a period: every database, and every drill that its tier demanded, the missing ones included. It is sealed in the log; the folder has it as a page, as JSON and as OSCAL, and anyone can verify it offline.",
    );
    const today = new Date().toISOString().slice(0, 10);
    const folder = inDemo("audit");
    rmSync(folder, { recursive: true, force: true });
    const words = ["evidence", "population", "--from", today, "--to", today, "--out"];
    stage.command(`npx shipshape ${words.join(" ")} ${shown(folder)}`);
    const population = await shipshape(scene, "auditor", [...words, folder]);
    stage.result(population.map((line) => line.replace(folder, shown(folder))));
    stage.command(`npx shipshape evidence verify ${shown(folder)}`);
    stage.result((await shipshape(scene, "auditor", ["evidence", "verify", folder])).slice(-2));
    stage.say(`Open ${shown(report)} and ${shown(join(folder, "report.html"))} in a browser.`);
  },
};

async function latestDrill(scene: Scene): Promise<string> {
  const listed = JSON.parse((await shipshape(scene, "auditor", ["evidence", "list", "--json"])).join("\n")) as {
    kind: string;
    statement: { predicate: { requestId?: string; operation?: string } };
  }[];
  const drill = listed.find(
    ({ kind, statement }) => kind === "verdict" && statement.predicate.operation === "restore-drill",
  );
  if (drill?.statement.predicate.requestId !== undefined) return drill.statement.predicate.requestId;
  throw new DemoError("demo-expectation-failed", {
    expected: "the evidence of a drill",
    found: "none",
    remedy: "`npm run demo -- restore-drill` produces some",
  });
}
