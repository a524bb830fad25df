// A schema with hundreds of columns to decide is read by its reasons, not line by line.
import { problemLines } from "../../../automation/command-line/problem-lines";
import { problemsShownMax } from "../../../automation/masking/limits";

const lines = (...problems: [string, string][]) =>
  problemLines(
    problems.map(([place, reason]) => ({ place, reason })),
    (text) => text,
  );

test("a reason that several columns share is said once, with the columns of each table; others stay beside their place", () => {
  expect(
    lines(
      ["public.a.one", "nobody knows"],
      ["public.a.two", "nobody knows"],
      ["public.b.kind", "it is unique"],
      ['public."B.C".three', "nobody knows"],
    ),
  ).toEqual(["nobody knows (3):", "  public.a: one, two", '  public."B.C": three', "public.b.kind: it is unique"]);
});

test("tables, definitions and names with dots are named whole", () => {
  const places = ["public.a", "function public.f(pg_catalog.text)", "index public.a_idx", "virtualKeys.0"];
  expect(lines(...places.map((place): [string, string] => [place, "no"]))).toEqual([
    "no (4):",
    ...places.map((place) => `  ${place}`),
  ]);
});

test("no more than a bounded number is shown, and where the rest is", () => {
  const all = Array.from({ length: problemsShownMax + 7 }, (_, i): [string, string] => [`public.t.c${i}`, "no"]);
  const shown = lines(...all);
  expect(shown[0]).toBe(`no (${problemsShownMax}):`);
  expect(shown.at(-1)).toBe("and 7 more: `npx shipshape masking check --json` has all");
  expect(shown).toHaveLength(3);
});

test("what a name hides is shown as it is written", () => {
  expect(lines(['public.a."x\u202ey"', "no"])).toEqual(['public.a."x\\u202ey": no']);
});
