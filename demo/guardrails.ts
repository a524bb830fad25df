import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DemoError } from "./errors";
import { type Chapter, databaseStack, type Scene } from "./chapter";
import { runPulumi } from "./pulumi";

export const guardrails: Chapter = {
  name: "guardrails",
  title: "A bad change is blocked, waived, and blocked again",
  async run(scene) {
    const folder = join(scene.settings.dataFolder, "demo", "guardrails");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "waivers"), { recursive: true });
    const state = join(folder, "state.json");
    scene.stage.command(
      `pulumi stack export --stack ${databaseStack} --file state.json && npx shipshape guard --state state.json`,
    );
    await runPulumi(scene, "guardrails", ["stack", "export", "--stack", databaseStack, "--file", state]);
    const asDeclared = await guard(scene, folder, state);
    expectCode(asDeclared, 0, "the standard database to meet every guardrail");
    scene.stage.good(asDeclared.lines.at(-1) ?? "");

    scene.stage.say(
      "A team drops the standby to save money. The same rules stop it in `pulumi preview --policy-pack`, in CI, and here:",
    );
    const changed = withoutStandby(folder, state);
    const stopped = await guard(scene, folder, changed);
    expectCode(stopped, 1, "a database without a standby to be stopped");
    scene.stage.result(stopped.lines);

    const until = inDays(60);
    scene.stage.command(
      `npx shipshape waiver new --rule require-multi-az --owner team-orders --approver team-platform --expires-on ${until} …`,
    );
    writeFileSync(join(folder, "waivers", "standby.yaml"), waiver(until));
    const waived = await guard(scene, folder, changed);
    expectCode(waived, 0, "the waiver to let the change pass");
    scene.stage.result(waived.lines);

    scene.stage.command(`npx shipshape guard --state state.json --on ${inDays(61)}`);
    const expired = await guard(scene, folder, changed, ["--on", inDays(61)]);
    expectCode(expired, 1, "the violation to be back when the waiver has expired");
    scene.stage.result(expired.lines.filter((line) => line.includes("✗")));
    scene.stage.good("a waiver has an owner, an approver and an expiry date; docs/guardrails.md has the rules");
  },
};

interface Judged {
  code: number;
  lines: string[];
}

/** The command as a user runs it. */
function guard({ settings, environment }: Scene, folder: string, state: string, more: string[] = []): Promise<Judged> {
  const words = [
    join(settings.packageFolder, "automation", "command-line", "shipshape.cjs"),
    "guard",
    "--state",
    state,
    "--waivers",
    join(folder, "waivers"),
    ...more,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { env: environment, stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
    child
      .once("error", reject)
      .once("close", (code) => resolve({ code: code ?? 1, lines: text.trimEnd().split("\n") }));
  });
}

/** The exported state as it would be after the change. */
function withoutStandby(folder: string, state: string): string {
  const file = join(folder, "changed.json");
  writeFileSync(file, readFileSync(state, "utf8").replaceAll(/"multiAz":\s*true/g, '"multiAz": false'));
  return file;
}

function expectCode({ code, lines }: Judged, wanted: number, expected: string): void {
  if (code !== wanted)
    throw new DemoError("demo-expectation-failed", {
      expected,
      found: `exit code ${code}: ${lines.slice(0, 6).join(" / ")}`,
      remedy: "`npm run demo -- database guardrails` starts from a database as declared",
    });
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const waiver = (expiresOn: string): string => `rule: require-multi-az
resource: urn:pulumi:${databaseStack}::shipshape::*::orders-instance
reason: The database moves to another Region, where it gets its standby.
owner: team-orders
approver: team-platform
expiresOn: ${expiresOn}
category: waiver
`;
