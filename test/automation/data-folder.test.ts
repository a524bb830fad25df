import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareDataFolder } from "../../automation/command-line/local-folder";

const folder = mkdtempSync(join(tmpdir(), "shipshape-data-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a new data folder is ignored by git, with all its passwords and keys", async () => {
  await prepareDataFolder({ dataFolder: join(folder, "new"), inCheckout: true });
  await prepareDataFolder({ dataFolder: join(folder, "new"), inCheckout: true });
  expect(readFileSync(join(folder, "new", ".gitignore"), "utf8")).toBe("*\n");
});

test.each([
  ["a start that was killed left it empty", []],
  ["an older version made it", ["cloud", "ca", "evidence", "start.json"]],
])("a folder without anything else in it is ignored too: %s", async (title, content) => {
  const dataFolder = join(folder, title);
  mkdirSync(dataFolder);
  for (const name of content) mkdirSync(join(dataFolder, name));
  await prepareDataFolder({ dataFolder, inCheckout: true });
  expect(readFileSync(join(dataFolder, ".gitignore"), "utf8")).toBe("*\n");
});

test("a folder with something else in it is its owner's: git ignores there what it did", async () => {
  const [project, own] = [join(folder, "project"), join(folder, "own")];
  for (const one of [project, own]) mkdirSync(join(one, "cloud"), { recursive: true });
  writeFileSync(join(project, "index.ts"), "");
  writeFileSync(join(own, ".gitignore"), "*.log\n");
  for (const dataFolder of [project, own]) await prepareDataFolder({ dataFolder, inCheckout: true });
  expect(existsSync(join(project, ".gitignore"))).toBe(false);
  expect(readFileSync(join(own, ".gitignore"), "utf8")).toBe("*.log\n");
});
