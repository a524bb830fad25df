import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAssertions } from "../../../../automation/operations/restore-drill/assertions";

const folder = mkdtempSync(join(tmpdir(), "shipshape-assertions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function of(identifier: string, files: Record<string, string>) {
  mkdirSync(join(folder, identifier));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, identifier, name), text);
  return () => readAssertions(folder, identifier);
}

test("a database without a folder has none", () => {
  expect(readAssertions(folder, "orders")).toEqual([]);
  expect(readAssertions("/nowhere", "orders")).toEqual([]);
});

test("each file is one, by its name; other files are not", () => {
  const read = of("two", {
    "no-orphans.sql": "-- search_path: app, public\nselect from app.item i where not exists (select from app.box);\n",
    "a1.sql": "\uFEFFselect 1 where false ; ;",
    "README.md": "what they are",
  });
  expect(read()).toEqual([
    {
      name: "a1",
      sql: "select 1 where false",
      searchPath: [],
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
    {
      name: "no-orphans",
      sql: "-- search_path: app, public\nselect from app.item i where not exists (select from app.box)",
      searchPath: ["app", "public"],
      sha256: expect.any(String) as string,
    },
  ]);
});

test.each<[string, Record<string, string>, string]>([
  ["a name", { "No Orphans.sql": "select 1" }, '"No Orphans.sql" is not called in lower-case words'],
  ["no content", { "a.sql": " ;\n" }, "a.sql is empty"],
  ["its size", { "a.sql": `select '${"x".repeat(4000)}'` }, "a.sql has 4009 bytes; the plan quotes at most 4000"],
  [
    "its search path",
    { "a.sql": '-- search_path: app, "$user"\nselect 1' },
    `the search path of a.sql has "\\"$user\\""`,
  ],
  [
    "their number",
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}.sql`, "select 1"])),
    "there are 51; a drill runs at most 50",
  ],
])("one that cannot be used because of %s is refused before anything is created", (what, files, problem) => {
  expect(of(what.replaceAll(" ", "-"), files)).toThrow(
    expect.objectContaining({ code: "assertions-unusable", message: expect.stringContaining(problem) as string }),
  );
});

test("a link is not followed, as the plan would show a file of the worker's to those who can commit a link", () => {
  writeFileSync(join(folder, "signing-key.pem"), "-----BEGIN PRIVATE KEY-----");
  const read = of("linked", { "a.sql": "select where false" });
  symlinkSync("../signing-key.pem", join(folder, "linked", "no-orphans.sql"));
  const refused = { code: "assertions-unusable", message: expect.stringContaining("a link is not followed") as string };
  expect(read).toThrow(expect.objectContaining(refused));
  symlinkSync(join(folder, "linked"), join(folder, "whole"));
  expect(() => readAssertions(folder, "whole")).toThrow(expect.objectContaining(refused));
});
