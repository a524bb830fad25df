import { commandLines, cut, entries, fitted, table, widthOf, wrapped } from "../../../automation/command-line/layout";

const longest = `${"a-very-long-name-of-a-database-".repeat(2)}x`;
const widest = (lines: string[]) => Math.max(...lines.map(widthOf));

test("signs of East Asian scripts and emoji take two columns, marks and colours none", () => {
  expect(
    ["orders", "zürich", "u\u0308", "東京", "カタ", "서울", "✅", "✓ …", "\u001b[31mred\u001b[39m"].map(widthOf),
  ).toEqual([6, 6, 1, 4, 4, 4, 2, 3, 3]);
  expect(cut("東京都", 5)).toBe("東京");
});

test("a table is as wide as its cells, also if they are coloured or of another script", () => {
  const rows = [
    ["\u001b[31mfailed\u001b[39m", "東京", "x"],
    ["fresh", "a-b-c", "y"],
  ];
  expect(table(["RECOVERY", "NAME", "WHY"], rows)).toEqual([
    "RECOVERY  NAME   WHY",
    "\u001b[31mfailed\u001b[39m    東京   x",
    "fresh     a-b-c  y",
  ]);
});

test("a table that is too wide continues its last column below, if that has room", () => {
  const rows = [
    ["orders", "fresh", "drill 261127050000-0a1b2c3d passed, and its proof is valid until then"],
    ["shop", "never", ""],
  ];
  expect(table(["DATABASE", "RECOVERY", "WHY"], rows, 60)).toEqual([
    "DATABASE  RECOVERY  WHY",
    "orders    fresh     drill 261127050000-0a1b2c3d passed, and",
    "                    its proof is valid until then",
    "shop      never",
  ]);
});

test("a table whose names leave no room becomes entries, in which every cell is whole", () => {
  const rows = [[longest, "fresh", "2026-12-20", "drill 261127050000-0a1b2c3d passed"]];
  expect(table(["DATABASE", "RECOVERY", "UNTIL", "WHY"], rows, 80)).toEqual([
    longest,
    "  recovery fresh, until 2026-12-20, why drill 261127050000-0a1b2c3d passed",
  ]);
  expect(table(["DATABASE", "RECOVERY", "UNTIL", "WHY"], rows)).toHaveLength(2);
});

test("of an entry, a name that does not fit has a line to itself", () => {
  const ones = [
    { cells: ["fresh"], name: "orders", text: "team-orders" },
    { cells: ["never"], name: longest, text: "no owner" },
  ];
  expect(entries(["RECOVERY", "DATABASE"], ones, 72)).toEqual([
    "RECOVERY  DATABASE",
    "fresh     orders",
    "  team-orders",
    "never",
    `  ${longest}`,
    "  no owner",
  ]);
});

test("a line continues at words, below its own indentation; a path that fits nowhere begins a line", () => {
  const path = `/${"folder/".repeat(12)}`;
  const lines = fitted(`    the log of the embedded cloud, which has what went wrong, is ${path} of this machine`, 60);
  expect(lines).toEqual([
    "    the log of the embedded cloud, which has what went",
    "      wrong, is",
    "      /folder/folder/folder/folder/folder/folder/folder/",
    "      folder/folder/folder/folder/folder/ of this machine",
  ]);
  expect(fitted("a line that is as long as it likes, in a pipe")).toHaveLength(1);
});

test("a command stays whole, and if no line has room for it, it continues as a shell reads it", () => {
  const command = `npx shipshape request restore-drill --database ${longest} --reason "over the schedule's daily cost" --work`;
  const lines = wrapped("hint:", `raise it, or request them: \`${command}\`, then wait`, "  ", 80);
  expect(lines.slice(0, 3)).toEqual([
    "hint: raise it, or request them:",
    "  `npx shipshape request restore-drill \\",
    `    --database ${longest} \\`,
  ]);
  expect(widest(lines)).toBeLessThanOrEqual(80);
  // A shell removes a backslash with its line break.
  for (const columns of [76, 80, 120])
    expect(
      commandLines("", command, columns)
        .join("\n")
        .replaceAll(/\\\n +/g, ""),
    ).toBe(command);
});
