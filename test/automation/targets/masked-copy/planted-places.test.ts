import { readFileSync } from "node:fs";
import { join } from "node:path";
import { places, type Place } from "./planted-places";

const page = readFileSync(join(__dirname, "../../../../docs/masking.md"), "utf8");

const arms = ({ found = [] }: Place) => [...new Set(found.map((one) => one.split(":")[0]))].sort();
const said: Record<string, string> = {
  value: "among values",
  definition: "among definitions",
  "definition,value": "among values and definitions",
};

test("the page says of each place whether the search finds a value there, or why nothing can", () => {
  const section = page.split("## Where a copy is searched")[1]!.split(/^## /m)[0]!;
  const rows = [...section.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, place, how]) => [place, how]);
  const wanted = places.map((one) => [one.place, one.notReachable ?? said[arms(one).join(",")]]);
  expect(rows.slice(1)).toEqual(wanted);
});

test("each place has a value that is planted and found, or a reason", () => {
  for (const { plant, found = [], notReachable } of places)
    expect([plant !== undefined, found.length > 0]).toEqual([notReachable === undefined, notReachable === undefined]);
});
