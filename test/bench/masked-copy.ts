import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CopiedRows } from "../../automation/targets/masked-copy/copy-tables";
import { MaskingThreads } from "../../automation/targets/masked-copy/masking-threads";
import type { TableMasks } from "../../automation/targets/masked-copy/table-masks";
import { masked, maskedOnly, nothing } from "./customer-masks";
import { CopyServers, part, rows } from "./masked-copy-servers";
import type { Measure, Taken } from "./measure";
import { cpuSecondsOfTree } from "./process-tree";
import { customerRows } from "./realistic-rows";

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

type Way = (from: CopyServers) => Promise<number | Taken | void>;
const measure = (name: string, ours: [string, Way], floor: [string, Way], runs = 3, unit?: "MB"): Measure => ({
  ...{ name, ours: ours[0], floor: floor[0], runs, ...(unit && { unit }) },
  async prepare() {
    const from = await servers();
    return { ours: () => ours[1](from), floor: () => floor[1](from), after: () => Promise.resolve(release()) };
  },
});

/** With the CPU time of this process, its threads, and both servers: other work on the machine changes it less. */
const counting =
  (way: Way): Way =>
  async (from) => {
    const [began, cpu] = [performance.now(), cpuSecondsOfTree(process.pid)];
    await way(from);
    return { seconds: (performance.now() - began) / 1000, cpuSeconds: cpuSecondsOfTree(process.pid) - cpu };
  };

/** Of the runs of another measure, which was taken before, its time alone. */
function timeOf(name: string, of: Measure): [counted: Measure, timed: Measure] {
  const taken = { ours: [] as Taken[], floor: [] as Taken[] };
  const counted: Measure = {
    ...of,
    async prepare() {
      const { ours, floor, after } = await of.prepare();
      const noting = (which: keyof typeof taken, thing: typeof ours) => async (run: number) => {
        const took = (await thing(run)) as Taken;
        taken[which].push(took);
        return took;
      };
      return { ours: noting("ours", ours), floor: noting("floor", floor), after };
    },
  };
  const secondsOf = (which: keyof typeof taken) => async (run: number) => taken[which][run]!.seconds;
  const missing = () => (taken.ours.length === 0 ? `take "${of.name}" with it` : undefined);
  const prepare = async () => ({ ours: secondsOf("ours"), floor: secondsOf("floor"), after: async () => undefined });
  return [counted, { ...of, name, missing, prepare }];
}

const [all, some] = ["public.customer", "public.part"] as const;
const copyBy =
  (masks: TableMasks, threads = 2, table: string = all): Way =>
  async (from) =>
    void (await from.copy(table, masks, threads));
const described = "COPY to COPY, five of ten columns masked, free text among them, two threads";
const plainly = "the same rows, nothing masked";
const few = ["name", "email", "phone"];
const partOf = (masks: TableMasks, threads = 2): Way => counting(copyBy(masks, threads, some));
const partly: [string, Way] = [`${counted(part)} rows, ${described}`, partOf(masked)];
const against = (masks: TableMasks, said: string): [[string, Way], [string, Way]] => [
  [`${counted(part)} rows, ${said}`, partOf(masks)],
  [plainly, partOf(nothing)],
];

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
const copyForScan: Way = async (from) => void (copied = await from.copy(all, masked));
const scan: Way = async (from) => void (await from.scan(copied));
const scanned = "every value of five columns of the source learnt, every field of the copy searched";

/** Rows that were read already, masked by so many threads: without servers, which need the same cores. */
const chunksBy = async (threads: number, rowsRead: readonly Buffer[]): Promise<Taken> => {
  const pool = new MaskingThreads(join(__dirname, "../.."), masked, threads);
  const maskAll = async (chunks: readonly Buffer[]): Promise<number> => {
    // A thread takes a chunk away.
    const given = chunks.map((one) => new Uint8Array(one));
    const began = performance.now();
    await Promise.all(given.map((one) => pool.mask(all, one, 0)));
    return (performance.now() - began) / 1000;
  };
  try {
    // The first chunks find threads that still start.
    await maskAll(rowsRead);
    return { seconds: await maskAll(rowsRead) };
  } finally {
    await pool.end();
  }
};

export const maskedCopy: Measure[] = [
  ...timeOf(
    `masked copy of ${counted(rows)} rows: time`,
    measure(
      `masked copy of ${counted(rows)} rows`,
      [described, counting(copyBy(masked))],
      [plainly, counting(copyBy(nothing))],
    ),
  ),
  ...timeOf(
    `leak scan of ${counted(rows)} rows: time`,
    measure(
      `leak scan of ${counted(rows)} rows`,
      [scanned, counting(scan)],
      ["the masked copy itself", counting(copyForScan)],
      2,
    ),
  ),
  measure("masked copy: three of ten columns", ...against(maskedOnly(...few), few.join(", ")), 3),
  measure("masked copy: free text alone", ...against(maskedOnly("note"), "the column of notes"), 3),
  measure(
    "masked copy: a second thread",
    [partly[0], copyBy(masked, 2, some)],
    ["the same by one thread", copyBy(masked, 1, some)],
  ),
  measure("masked copy beside masks in SQL", partly, [
    "COPY of a query that masks with pgcrypto's hmac",
    counting((from) => from.copyBySql()),
  ]),
  measure("masked copy beside createHmac", partly, [
    "strings and a createHmac for each value, as one would write it",
    counting((from) => from.copyByHashes()),
  ]),
  measure(
    "masked copy: a subset",
    [`${counted(part)} of ${counted(rows)} rows, chosen by a condition`, counting((from) => from.copySubset())],
    ["a table that has these rows only", partOf(masked)],
  ),
  measure(
    "masked copy: memory",
    [`the highest of a process that copies ${counted(rows)} rows`, memoryOf(all)],
    [`the same of ${counted(part)}`, memoryOf(some)],
    2,
    "MB",
  ),
  // Last, since it needs no servers, and those of the others stop when nothing uses them.
  {
    ...{ name: "masks by two threads", ours: `${counted(part)} rows, from memory`, floor: "the same by one thread" },
    runs: 5,
    async prepare() {
      const rowsRead = [...customerRows(part)];
      const after = async () => undefined;
      return { ours: () => chunksBy(2, rowsRead), floor: () => chunksBy(1, rowsRead), after };
    },
  },
];
