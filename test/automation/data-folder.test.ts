import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareDataFolder } from "../../automation/command-line/local-start";

const folder = mkdtempSync(join(tmpdir(), "shipshape-data-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a new data folder is ignored by git, with all its passwords and keys", async () => {
  await prepareDataFolder({ dataFolder: join(folder, "new"), inCheckout: true });
  await prepareDataFolder({ dataFolder: join(folder, "new"), inCheckout: true });
  expect(readFileSync(join(folder, "new", ".gitignore"), "utf8")).toBe("*\n");
});

test("an existing data folder is not changed", async () => {
  mkdirSync(join(folder, "old"));
  await prepareDataFolder({ dataFolder: join(folder, "old"), inCheckout: true });
  expect(existsSync(join(folder, "old", ".gitignore"))).toBe(false);
});
