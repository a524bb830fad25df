import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../../../localcloud/server/storage/journal";
import { Store } from "../../../localcloud/server/storage/store";

let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "shipshape-store-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("records are read back from disk under ids that are not valid file names, and are kept apart", () => {
  const ids = [
    "arn:aws:rds:eu-central-1:123456789012:db:orders",
    "a/b",
    "a_b",
    `${"long".repeat(100)}1`,
    `${"long".repeat(100)}2`,
    "../../escape",
  ];
  const first = new Store(folder, "123456789012").collection<string>("things");
  for (const id of ids) first.put(id, `value of ${id}`);
  first.delete("a_b");
  const second = new Store(folder, "123456789012").collection<string>("things");
  expect(second.ids()).toEqual(ids.filter((id) => id !== "a_b").sort());
  expect(second.get("a/b")).toBe("value of a/b");
  expect(readdirSync(join(folder, "things"))).toHaveLength(ids.length - 1);
});

test("a write that was killed before its end leaves the record as it was", () => {
  new Store(folder, "123456789012").collection<{ n: number }>("things").put("one", { n: 1 });
  const [file] = readdirSync(join(folder, "things"));
  writeFileSync(join(folder, "things", `${file}.tmp`), '{"id": "one", "record": {"n"');
  expect(new Store(folder, "123456789012").collection("things").get("one")).toEqual({ n: 1 });
  expect(readdirSync(join(folder, "things"))).toEqual([file]);
});

test("a disk that fills up during a write is an error, and leaves the record as it was", () => {
  const things = new Store(folder, "123456789012").collection<string>("things");
  things.put("one", "as it was");
  const program = `const { Store } = require(process.argv[1]); new Store(process.argv[2], "123456789012").collection("things").put("one", "x".repeat(100_000))`;
  // A limit on the file size cuts a write short, as a full disk does; its signal is ignored.
  const limited = spawnSync(
    "sh",
    [
      "-c",
      `trap '' XFSZ; ulimit -f 16; exec "$@"`,
      "sh",
      process.execPath,
      "--import",
      "tsx",
      "-e",
      program,
      join(__dirname, "../../../localcloud/server/storage/store.ts"),
      folder,
    ],
    { encoding: "utf8" },
  );
  expect([limited.status, limited.stderr]).toEqual([1, expect.stringContaining("EFBIG")]);
  expect(new Store(folder, "123456789012").collection("things").get("one")).toBe("as it was");
});

test("a reader's changes to a record have no effect until it is put back", () => {
  const things = new Store(folder, "123456789012").collection<{ tags: string[] }>("things");
  things.put("one", { tags: ["a"] });
  things.get("one")!.tags.push("b");
  things.list()[0]!.tags.push("c");
  expect(things.get("one")).toEqual({ tags: ["a"] });
});

test("records are readable only by their owner, as they may contain passwords", () => {
  new Store(folder, "123456789012").collection<string>("things").put("one", "secret");
  const path = join(folder, "things");
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(statSync(join(path, readdirSync(path)[0]!)).mode & 0o077).toBe(0);
});

test("a journal stays within its bound, also on disk, and survives an incomplete last line", () => {
  const path = join(folder, "events.jsonl");
  const journal = new Journal<number>(path, 10);
  for (let entry = 1; entry <= 100; entry += 1) journal.append(entry);
  expect(journal.list()).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
  expect(readFileSync(path, "utf8").split("\n").length).toBeLessThanOrEqual(22);
  appendFileSync(path, '{"torn');
  const again = new Journal<number>(path, 10);
  expect(again.list()).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
  again.append(101);
  expect(new Journal<number>(path, 10).list().at(-1)).toBe(101);
});
