import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CopiedRows } from "../../automation/targets/masked-copy/copy-tables";
import { masked, nothing } from "./customer-masks";
import { CopyServers, part, rows } from "./masked-copy-servers";
import type { Measure } from "./measure";

const run = promisify(execFile);
const counted = (count: number) => count.toLocaleString("en");

/** Filling the servers takes longer than most measures: so the next one takes those of the last. */
let started: Promise<CopyServers> | undefined;
let unused: NodeJS.Timeout | undefined;

async function servers(): Promise<CopyServers> {
  clearTimeout(unused);
  return (started ??= CopyServers.start());
}
const unusedMilliseconds = 1000;
function release(): void {
  unused = setTimeout(() => {
    void started?.then((one) => one.stop());
    started = undefined;
  }, unusedMilliseconds);
}

type Way = (from: CopyServers) => Promise<number | void>;
const measure = (name: string, ours: [string, Way], floor: [string, Way], unit?: "MB"): Measure => ({
  ...{ name, ours: ours[0], floor: floor[0], runs: 3, ...(unit && { unit }) },
  async prepare() {
    const from = await servers();
    return { ours: () => ours[1](from), floor: () => floor[1](from), after: () => Promise.resolve(release()) };
  },
});

const [all, some] = ["public.customer", "public.part"] as const;
const maskedBy =
  (table: string, threads = 2): Way =>
  async (from) =>
    void (await from.copy(table, masked, threads));
const described = "COPY to COPY, five of ten columns masked, two threads";
const partly: [string, Way] = [`the same ${counted(part)} rows: ${described}`, maskedBy(some)];

/** The most memory of a process that copies that table, in MB. */
const memoryOf =
  (table: string): Way =>
  async (from) => {
    const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-"));
    try {
      await from.empty();
      const file = join(folder, "request.json");
      const request = from.requestOf(table, masked, 2);
      const secret = Buffer.from(request.masks.secret).toString("hex");
      writeFileSync(file, JSON.stringify({ ...request, masks: { ...request.masks, secret } }));
      const words = ["--import", "tsx", join(__dirname, "masked-copy-memory.ts"), file];
      return Number((await run(process.execPath, words, { cwd: join(__dirname, "../..") })).stdout);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

let copied: Record<string, CopiedRows> = {};

export const maskedCopy: Measure[] = [
  measure(
    `masked copy of ${counted(rows)} rows`,
    [described, maskedBy(all)],
    ["the same rows, nothing masked", async (from) => void (await from.copy(all, nothing))],
  ),
  measure(
    `leak scan of ${counted(rows)} rows`,
    [
      "every value of five columns of the source learnt, every field of the copy searched",
      async (from) => void (await from.scan(copied)),
    ],
    ["the masked copy itself", async (from) => void (copied = await from.copy(all, masked))],
  ),
  measure("masked copy: a second thread", partly, ["the same by one thread", maskedBy(some, 1)]),
  measure("masked copy beside masks in SQL", partly, [
    "COPY of a query that masks with pgcrypto's hmac",
    (from) => from.copyBySql(),
  ]),
  measure("masked copy beside createHmac", partly, [
    "strings and a createHmac for each value, as one would write it",
    (from) => from.copyByHashes(),
  ]),
  measure(
    "masked copy: memory",
    [`the highest of a process that copies ${counted(rows)} rows`, memoryOf(all)],
    [`the same of ${counted(part)}`, memoryOf(some)],
    "MB",
  ),
];
