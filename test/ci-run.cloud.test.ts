// The last line of a build, which machines parse, for every way a run can end. A fake npm produces the endings.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { closingLine } from "./closing-line.cjs";
import { temporaryFolder, writeProgram } from "./localcloud/toolchain/temporary-folder";

test.each([
  ["all pass", "echo '12 passed, 0 failed'", "12 passed, 0 failed", 0],
  ["one fails", "echo '11 passed, 1 failed'; exit 1", "11 passed, 1 failed", 1],
  ["some are skipped", "echo '11 passed, 0 failed, 1 skipped'", "11 passed, 0 failed, 1 skipped", 0],
  ["more is printed after the count", "echo '3 passed, 0 failed'; echo warning >&2", "3 passed, 0 failed", 0],
  ["nothing could start", "echo 'no engine' >&2; exit 7", "0 passed, 1 failed", 7],
  ["the tests were killed", "kill -9 $$", "0 passed, 1 failed", 137],
  ["nothing was counted though everything seems fine", "true", "0 passed, 1 failed", 1],
  ["something besides the tests goes wrong", "echo '3 passed, 0 failed'; exit 1", "3 passed, 1 failed", 1],
])("when %s, the build says so in its last line and its exit code", (_, npm, line, code) => {
  const { stdout, status } = runBuild(npm);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(line);
  expect(status).toBe(code);
});

test("a test file that cannot be loaded counts as failed", () => {
  const counts = {
    numPassedTests: 4,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  expect(closingLine(counts)).toBe("4 passed, 2 failed");
  expect(closingLine({ ...counts, numPendingTests: 3 })).toBe("4 passed, 2 failed, 3 skipped");
});

/** Runs a copy of the build's command as a build server does: no terminal, no input, an unknown folder. */
function runBuild(npm: string) {
  const clone = temporaryFolder();
  for (const folder of [".ci", "bin"]) mkdirSync(join(clone, folder));
  copyFileSync(join(__dirname, "..", ".ci", "run"), join(clone, ".ci", "run"));
  writeProgram(join(clone, "bin", "npm"), `test "$PWD" = "${clone}" || exit 99`, npm);
  return spawnSync(join(clone, ".ci", "run"), {
    cwd: "/",
    encoding: "utf8",
    env: { PATH: `${join(clone, "bin")}:/usr/bin:/bin`, CI: "true" },
  });
}
