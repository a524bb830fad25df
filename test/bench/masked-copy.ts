import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inControlSession } from "../../automation/targets/control-session";
import { readCopiedTables, type CopiedTable } from "../../automation/targets/masked-copy/copied-tables";
import { copyTables, type CopiedRows } from "../../automation/targets/masked-copy/copy-tables";
import { searchForLeaks } from "../../automation/targets/masked-copy/leak-search";
import type { TableMasks } from "../../automation/targets/masked-copy/table-masks";
import { FleetDatabase } from "../automation/targets/fleet-database";
import type { Measure } from "./measure";

const rows = 2_000_000;
const packageFolder = join(__dirname, "../..");

/** Customers with what a profile usually masks, and as much that it keeps. */
const table = `create table customer (id bigint, name text, email text, phone text, city text, note text, joined timestamptz, score numeric)`;
const content = `insert into customer select i, 'Ann' || i % 5003 || ' Quill' || i % 70001, 'person' || i || '@mail' || i % 50 || '.example', '+49 30 ' || 10000000 + i, 'Town ' || i % 900,
  case when i % 10 = 0 then null else 'ordered ' || i % 97 || ' times, likes item ' || i % 1009 || E'\\tand \\\\ more' end, timestamptz '2026-01-01' + i * interval '1 second', i % 10007 / 7.0 from generate_series(1, ${rows}) i`;

const column = (position: number, name: string, use: string) => ({
  position,
  mask: {
    ...{ use, with: {}, class: name },
    column: {
      ...{ table: "public.customer", name, type: "text", declared: "text" },
      ...{ kind: "base" as const, notNull: false, checks: [] },
    },
  },
});
const nothing: TableMasks = { tables: {}, empty: [], secret: Buffer.alloc(32, 7), sourceWords: [] };
const masked: TableMasks = {
  ...nothing,
  tables: {
    "public.customer": {
      columns: ["id", "name", "email", "phone", "city", "note", "joined", "score"],
      masked: [column(1, "name", "name"), column(2, "email", "email"), column(3, "phone", "phone")],
    },
  },
};

/** Two servers, one of them filled, and a copy from one to the other. */
async function twoServers() {
  const [source, target] = await Promise.all([FleetDatabase.start("18.4"), FleetDatabase.start("18.4")]);
  for (const one of [source, target]) await one.within((client) => client.query(`set search_path = public; ${table}`));
  await source.within((client) => client.query(`set search_path = public; ${content}`));
  await source.within((client) => client.query("vacuum (freeze, analyze) public.customer"));
  const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-"));
  const rootCertificateFile = join(folder, "roots.pem");
  writeFileSync(
    rootCertificateFile,
    [source, target].map((one) => readFileSync(one.rootCertificateFile, "utf8")).join(""),
  );
  const tables = await inControlSession(source.login(), { rootCertificateFile }, readCopiedTables);
  const servers = { source: source.login(), target: target.login(), rootCertificateFile, packageFolder };
  return {
    servers,
    tables,
    async copy(masks: TableMasks): Promise<Record<string, CopiedRows>> {
      await target.within((client) => client.query("truncate public.customer"));
      return copyTables({ ...servers, tables, masks, throughRoot: [], threads: 2, tablesAtOnce: 1 });
    },
    async after() {
      await Promise.all([source.stop(), target.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const maskedCopy: Measure = {
  name: "masked copy of 2 million rows",
  ours: "COPY to COPY, three of eight columns masked, two threads",
  floor: "the same rows, nothing masked",
  runs: 3,
  async prepare() {
    const { copy, after } = await twoServers();
    return { ours: async () => void (await copy(masked)), floor: async () => void (await copy(nothing)), after };
  },
};

export const leakScan: Measure = {
  name: "leak scan of 2 million rows",
  ours: "learn three columns of the source, search every field of the copy",
  floor: "the masked copy itself",
  runs: 3,
  async prepare() {
    const { copy, after, servers, tables } = await twoServers();
    let copied: Record<string, CopiedRows> = {};
    return {
      floor: async () => void (copied = await copy(masked)),
      ours: async () => void (await searched(servers, tables, copied)),
      after,
    };
  },
};

const searched = (
  {
    source,
    target,
    rootCertificateFile,
  }: {
    source: Parameters<typeof searchForLeaks>[0];
    target: Parameters<typeof searchForLeaks>[1];
    rootCertificateFile: string;
  },
  tables: CopiedTable[],
  copied: Record<string, CopiedRows>,
) => searchForLeaks(source, target, { tables, masks: masked, copied, rootCertificateFile });
