// Which errors lead where is tested in hints.engine.test.ts; this holds its rows to the table of errors.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errorTable } from "../../../automation/errors";
import { notCaused } from "./not-caused";

test("every error code is caused and left again by its hint, or has a reason why it is not caused", () => {
  // Read as text: what they import starts processes.
  const rows = readdirSync(__dirname).filter((file) => file.startsWith("rows-"));
  const text = rows.map((file) => readFileSync(join(__dirname, file), "utf8")).join("");
  const caused = [...text.matchAll(/(?:\bcode: |recorded\(\s*)"([a-z-]+)"/g)].map(([, code = ""]) => code);
  expect([...new Set([...caused, ...Object.keys(notCaused)])].sort()).toEqual(Object.keys(errorTable).sort());
  expect(caused.filter((code) => code in notCaused)).toEqual([]);
});

test("every command that a hint names can be run as it is: with npx", () => {
  const bare = Object.entries(errorTable).filter(([, { hint }]) => /`shipshape |\$\(shipshape /.test(hint));
  expect(bare.map(([code]) => code)).toEqual([]);
});
