import { GoBuildLog } from "../../../localcloud/toolchain/go-build-log";
import { older } from "../../../localcloud/toolchain/engine-on-path";
import { splitArguments } from "../../../localcloud/toolchain/language-host/runtime-options";

test.each([
  ["--import tsx", ["--import", "tsx"]],
  ["  --a   b ", ["--a", "b"]],
  ['--title "two words" x', ["--title", "two words", "x"]],
  ["--title='two words'", ["--title=two words"]],
  ["a\\ b", ["a b"]],
  ['"say \\"hi\\""', ['say "hi"']],
  ["", []],
])("Node's arguments %j are split as by a shell", (line, words) => {
  expect(splitArguments(line)).toEqual(words);
});

test.each([
  ["3.249.0", "3.250.0", true],
  ["3.250.0", "3.250.0", false],
  ["3.250.0-alpha.1", "3.250.0", false],
  ["3.1000.0", "3.250.0", false],
  ["4.0.0", "3.250.0", false],
  ["1.26", "1.26.0", false],
  ["1.9.9", "1.26.0", true],
])("version %s against %s is older: %s", (version, than, expected) => {
  expect(older(version, than)).toBe(expected);
});

test("a build reports its progress, and in the end only its errors", () => {
  const log = new GoBuildLog();
  [
    "go: downloading github.com/a/b v1.2.3",
    "github.com/a/b",
    "internal/cpu",
    "# github.com/a/b",
    "b.go:3:1: syntax error",
  ].forEach((line) => log.add(line));
  expect(log.progressLine()).toMatch(/1 modules downloaded, 2 packages compiled$/);
  expect(log.errorText()).toContain("b.go:3:1: syntax error");
  expect(log.errorText()).not.toContain("downloading");
});
