import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireNotEveryones, warnOfOtherWriters } from "../../../automation/command-line/other-writers";
import { createTerminal } from "../../../automation/command-line/terminal";

const root = mkdtempSync(join(tmpdir(), "shipshape-writers-"));
afterAll(() => rmSync(root, { recursive: true }));
const own = process.getuid!();
const [file, folder] = [join(root, "shipshape.yaml"), join(root, "published")];
writeFileSync(file, "{}");
mkdirSync(folder);

function said(work: (terminal: ReturnType<typeof createTerminal>) => void): string[] {
  const lines: string[] = [];
  work({ ...createTerminal("never"), complain: (line) => void lines.push(line) });
  return lines;
}
/** The same files, of a user who is neither root nor the one who asks. */
function ofAnother(mode: number, path: string, check: typeof requireNotEveryones): string[] {
  chmodSync(path, mode);
  if (own === 0) chownSync(path, 12345, 12345);
  try {
    return said((terminal) => check(path, terminal, own === 0 ? own : own + 1));
  } finally {
    if (own === 0) chownSync(path, own, own);
  }
}
const another = own === 0 ? 12345 : own;

test.each(["0666", "0602", "0777"])("a shipshape.yaml that everyone can write to (mode %s) is refused", (mode) => {
  chmodSync(file, mode);
  const link = join(root, `link-${mode}`);
  symlinkSync(file, link);
  for (const path of [file, link])
    expect(() => said((terminal) => requireNotEveryones(path, terminal))).toThrow(
      expect.objectContaining({
        code: "configuration-exposed",
        message: `${path} can be written to by everyone on this machine (mode ${mode})`,
        hint: expect.stringContaining(`chmod o-w ${path}`) as string,
      }) as Error,
    );
});

test.each(["0600", "0644", "0664", "0444"])(
  "one that others can only read, or a group writes (mode %s), is used",
  (mode) => {
    chmodSync(file, mode);
    expect(said((terminal) => requireNotEveryones(file, terminal))).toEqual([]);
  },
);

test("one of another user is used, and that is said; root's is nobody else's", () => {
  expect(ofAnother(0o644, file, requireNotEveryones)).toEqual([
    expect.stringMatching(`^warning: ${file} is of user ${another}, who can give`),
  ]);
  const roots = "/etc/passwd"; // of root, on each system that has owners
  expect(said((terminal) => requireNotEveryones(roots, terminal, own + 1))).toEqual([]);
});

test("a folder of evidence that others can write to is used, and that is said", () => {
  const warning = (who: string) => [expect.stringMatching(`^warning: ${who} can write to ${folder}: `)];
  expect(ofAnother(0o777, folder, warnOfOtherWriters)).toEqual(warning("everyone \\(mode 0777\\)"));
  expect(ofAnother(0o1777, folder, warnOfOtherWriters)).toEqual(warning("everyone \\(mode 1777\\)"));
  expect(ofAnother(0o755, folder, warnOfOtherWriters)).toEqual(warning(`user ${another}`));
  chmodSync(folder, 0o775);
  expect(said((terminal) => warnOfOtherWriters(folder, terminal))).toEqual([]);
});

test("nothing is said of what does not exist, and nothing where no file has an owner", () => {
  expect(said((terminal) => warnOfOtherWriters(join(root, "missing"), terminal))).toEqual([]);
  chmodSync(file, 0o666);
  const windows = jest.spyOn(process, "getuid").mockReturnValue(undefined as never);
  expect(said((terminal) => requireNotEveryones(file, terminal))).toEqual([]);
  windows.mockRestore();
});
