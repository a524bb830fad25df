import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawArchitecture, withPicture } from "./architecture-picture";

test("the picture in docs/architecture.md shows the imports as they are, and none runs upwards", () => {
  const page = readFileSync(join(__dirname, "../../docs/architecture.md"), "utf8");
  const picture = drawArchitecture();
  expect(page).toBe(withPicture(page, picture));
  const numberOf = (folder: string) => new RegExp(`^(\\w+)\\["${folder}"\\]$`, "m").exec(picture)?.[1] ?? "";
  const arrows = picture.split("\n").filter((line) => line.includes("-->"));
  expect(arrows).toContain(`${numberOf("stacks")}-->${numberOf("components")}`);
  expect(arrows.filter((line) => line.startsWith(`${numberOf("components")}-->`))).toEqual([]);
});
