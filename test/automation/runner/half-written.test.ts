import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { whenWritten } from "../../../automation/runner/half-written";
import { halfWrittenTriesMax } from "../../../automation/runner/limits";

const folder = mkdtempSync(join(tmpdir(), "shipshape-half-written-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Fails so many times, then returns. */
const failing = (times: number, error: unknown) => {
  let calls = 0;
  const read = () => (++calls > times ? Promise.resolve("whole") : Promise.reject(error as Error));
  return { read, calls: () => calls };
};

test.each([
  "error: failed to load checkpoint: EOF",
  "code: 255\n stdout: \n stderr: error: failed to load checkpoint: unexpected EOF\n",
  "error: could not create stack: unexpected end of JSON input",
  "error: unexpected end of JSON input",
])("what the engine says of a file that is being written is read again: %j", async (said) => {
  expect(await whenWritten(failing(1, new Error(said)).read)).toBe("whole");
});

test.each(["", '{"version', '{"version": 3, "checkpoint": "a'])("a cut-off file is read again: %j", async (half) => {
  const file = join(folder, "state.json");
  writeFileSync(file, half);
  const read = () => Promise.resolve(JSON.parse(readFileSync(file, "utf8")) as unknown);
  setTimeout(() => writeFileSync(file, "[3]"), 10);
  expect(await whenWritten(async () => read())).toEqual([3]);
});

test("a cut-off compressed file is read again", async () => {
  const whole = gzipSync("a state");
  let bytes = whole.subarray(0, whole.length - 4);
  setTimeout(() => (bytes = whole), 10);
  expect((await whenWritten(async () => Promise.resolve(gunzipSync(bytes)))).toString()).toBe("a state");
});

test("what stays cut off fails with its own error, and every other error at once", async () => {
  const broken = failing(Infinity, new Error("error: failed to load checkpoint: EOF"));
  await expect(whenWritten(broken.read)).rejects.toThrow("failed to load checkpoint: EOF");
  expect(broken.calls()).toBe(halfWrittenTriesMax);
  const ofProvider = failing(Infinity, new Error("error: aws:iam/role: policy: unexpected end of JSON input"));
  await expect(whenWritten(ofProvider.read)).rejects.toThrow("aws:iam/role");
  expect(ofProvider.calls()).toBe(1);
});
