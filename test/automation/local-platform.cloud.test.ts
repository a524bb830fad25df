// With a script in place of the engine, which fails, waits and is locked when told to; the engine itself brings up
// the platform in journeys/local-cloud.engine.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { bringUpPlatform } from "../../automation/local-platform";
import { until } from "../until";

const checkout = join(__dirname, "../..");
let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "shipshape-platform-")))));
afterEach(() => rmSync(folder, { recursive: true }));

/** What `pulumi` does, as a script that gets the command as $3; it notes each call. */
function engine(script: string): void {
  const text = `#!/bin/sh\necho "$3" >> "${folder}/calls"\n${script}\n`;
  writeFileSync(join(folder, "pulumi"), text, { mode: 0o755 });
}
const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
const place = () => ({
  packageFolder: checkout,
  inCheckout: true,
  dataFolder: folder,
  environment: { PATH: [folder, process.env["PATH"]].join(delimiter), FOLDER: folder },
});
const bringUp = (signal = new AbortController().signal) => bringUpPlatform(place(), signal);
const lock = (pid: number) =>
  `error: the stack is currently locked by 1 lock(s). file:///x: created by ana@${hostname()} (pid ${pid}) at now`;

test("a stack that exists already is brought up", async () => {
  engine('[ "$3" = stack ] && { echo "error: stack already exists"; exit 255; }; exit 0');
  await bringUp();
  expect(calls()).toEqual(["stack", "up"]);
});

test("if the engine fails, the error has its last words and the file with all of them", async () => {
  engine('[ "$3" = up ] || exit 0; echo "error: no room for another vault"; exit 255');
  await expect(bringUp()).rejects.toMatchObject({
    code: "local-platform-failed",
    message: expect.stringContaining("error: no room for another vault") as string,
    hint: expect.stringContaining(join(folder, "platform.log")) as string,
  });
});

test("the lock of a dead engine is cancelled, and what it left pending is cleared", async () => {
  const dead = spawn("true");
  await new Promise((resolve) => dead.once("exit", resolve));
  const locked = `[ "$3" = up ] && [ ! -f "$FOLDER/unlocked" ] && { echo '${lock(dead.pid!)}'; exit 255; }`;
  engine(`${locked}\n[ "$3" = cancel ] && touch "$FOLDER/unlocked"; exit 0`);
  await bringUp();
  expect(calls()).toEqual(["stack", "up", "cancel", "refresh", "stack", "up"]);
});

test("another command's engine that is still at it is waited for", async () => {
  // It names itself pulumi, as a living engine does.
  const other = spawn("sh", [
    "-c",
    `cp "$(command -v sleep)" "${folder}/pulumi-sleep"; exec "${folder}/pulumi-sleep" 4`,
  ]);
  engine(`[ "$3" = up ] && kill -0 ${other.pid} 2>/dev/null && { echo '${lock(other.pid!)}'; exit 255; }; exit 0`);
  await bringUp();
  expect(calls()).not.toContain("cancel");
  expect(calls().at(-1)).toBe("up");
});

test("an interrupted command lets the engine end what is in flight", async () => {
  engine(
    `[ "$3" = up ] || exit 0; trap 'touch "$FOLDER/ended"; exit 1' INT; touch "$FOLDER/ready"; while :; do sleep 0.05; done`,
  );
  const interrupt = new AbortController();
  const ends = expect(bringUp(interrupt.signal)).rejects.toMatchObject({ code: "interrupted" });
  await until("the engine runs", () => Promise.resolve(existsSync(join(folder, "ready"))));
  interrupt.abort();
  await ends;
  expect(existsSync(join(folder, "ended"))).toBe(true);
});
