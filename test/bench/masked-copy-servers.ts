/** Two servers, one of them with realistic customers, and the ways to copy them to the other. */
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inControlSession } from "../../automation/targets/control-session";
import { readCopiedTables } from "../../automation/targets/masked-copy/copied-tables";
import { CopyIn } from "../../automation/targets/masked-copy/copy-in";
import { copyOut, type RowChunk } from "../../automation/targets/masked-copy/copy-out";
import { copyTables, type CopiedRows, type CopyRequest } from "../../automation/targets/masked-copy/copy-tables";
import { searchForLeaks } from "../../automation/targets/masked-copy/leak-search";
import { chooseRows, dropSubset } from "../../automation/targets/masked-copy/subset-rows";
import type { TableMasks } from "../../automation/targets/masked-copy/table-masks";
import { FleetDatabase } from "../automation/targets/fleet-database";
import { key, masked } from "./customer-masks";
import { customerRows, customerTable } from "./realistic-rows";

export const rows = 2_000_000;
/** For what is slow, or is to be compared with all of them: enough that the start of threads does not count. */
export const part = rows / 4;
/** Filling and the slowest way take minutes on a busy machine. */
const statementSeconds = 3600;
const packageFolder = join(__dirname, "../..");

/** The same masks by SQL, as one would write them. */
const bySql = `copy (select id, 'n' || public.mask(name), public.mask(email) || '@masked.example', '+999' || public.mask(phone),
  born + (('x' || left(public.mask(born::text), 4))::bit(16)::int % 90), city, profile, public.mask(note), joined, score from public.part) to stdout`;
const sqlMask = `create extension pgcrypto; create function public.mask(text) returns text language sql immutable strict parallel safe
  as $$ select left(encode(public.hmac($1, 'a key of thirty-two characters!!', 'sha256'), 'hex'), 16) $$`;

export class CopyServers {
  private constructor(
    private readonly source: FleetDatabase,
    private readonly target: FleetDatabase,
    private readonly folder: string,
    private readonly request: Omit<CopyRequest, "masks" | "threads">,
  ) {}

  static async start(count = rows): Promise<CopyServers> {
    const [source, target] = await Promise.all([FleetDatabase.start("18.4"), FleetDatabase.start("18.4")]);
    for (const one of [source, target])
      await one.within((client) =>
        client.query(`set search_path = public; ${customerTable}; create table part (like customer)`),
      );
    const client = await source.session("boss", statementSeconds);
    try {
      const into = CopyIn.begin(client, "copy public.customer from stdin");
      for (const chunk of customerRows(count)) await into.write(chunk);
      await into.end();
      await client.query(`insert into public.part select * from public.customer where id <= ${part}`);
      await client.query("vacuum (freeze, analyze)");
    } finally {
      await client.end();
    }
    await source.admin(sqlMask);
    const folder = mkdtempSync(join(tmpdir(), "shipshape-bench-"));
    const rootCertificateFile = join(folder, "roots.pem");
    const roots = [source, target].map((one) => readFileSync(one.rootCertificateFile, "utf8"));
    writeFileSync(rootCertificateFile, roots.join(""));
    const tables = await inControlSession(source.login(), { rootCertificateFile }, readCopiedTables);
    const servers = { source: source.login(), target: target.login(), rootCertificateFile, packageFolder };
    const request = { ...servers, tables, throughRoot: [], tablesAtOnce: 1 };
    return new CopyServers(source, target, folder, request);
  }

  requestOf(table: string, masks: TableMasks, threads: number): CopyRequest {
    const tables = this.request.tables.filter(({ name }) => name === table);
    return { ...this.request, tables, masks, threads };
  }

  async copy(table: string, masks: TableMasks, threads = 2): Promise<Record<string, CopiedRows>> {
    await this.empty();
    return copyTables(this.requestOf(table, masks, threads));
  }

  /** The rows that a condition chooses, of which there are as many as in `public.part`. */
  async copySubset(): Promise<void> {
    await this.empty();
    const { source: reader, rootCertificateFile } = this.request;
    const root = "public.customer";
    const order = {
      schema: "shipshape_bench",
      root,
      where: `id <= ${part}`,
      keys: [],
      down: [],
      whole: [],
      rowsMax: rows,
    };
    const chosen = await chooseRows({ reader, master: reader, rootCertificateFile }, order);
    const copied = await copyTables({ ...this.requestOf(root, masked, 2), chosen });
    if (copied[root]?.rows !== part) throw new Error(`${copied[root]?.rows} rows were copied`);
    await this.source.within((client) => dropSubset(client, order.schema));
  }

  async empty(): Promise<void> {
    await this.target.within((client) => client.query("truncate public.customer, public.part"));
  }

  copyBySql(): Promise<void> {
    return this.copyBy(bySql, ({ bytes }) => bytes);
  }

  /** A keyed hash for each value, of strings. */
  copyByHashes(): Promise<void> {
    const hash = (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, 16);
    const made = new Map<number, (text: string) => string>([
      [1, (text) => `n${hash(text)}`],
      [2, (text) => `${hash(text)}@masked.example`],
      [3, (text) => `+999${hash(text)}`],
      [4, (text) => new Date(Date.parse(text) + 8.64e7 * (parseInt(hash(text).slice(0, 4), 16) % 90)).toISOString()],
      [7, hash],
    ]);
    const lineOf = (line: string) =>
      line
        .split("\t")
        .map((field, at) => (field === "\\N" ? field : (made.get(at)?.(field) ?? field)))
        .join("\t");
    return this.copyBy("copy public.part to stdout", ({ bytes }) =>
      Buffer.from(Buffer.from(bytes).toString("utf8").split("\n").map(lineOf).join("\n")),
    );
  }

  scan(copied: Record<string, CopiedRows>): Promise<unknown> {
    const { source, target, rootCertificateFile, tables } = this.request;
    const found = tables.filter(({ name }) => name in copied);
    const search = { tables: found, masks: masked, copied, rootCertificateFile, packageFolder, threads: 2 };
    return searchForLeaks(source, target, search);
  }

  async stop(): Promise<void> {
    await Promise.all([this.source.stop(), this.target.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async copyBy(sql: string, mask: (chunk: RowChunk) => Uint8Array): Promise<void> {
    await this.empty();
    const [from, to] = await Promise.all(
      [this.source, this.target].map((one) => one.session("boss", statementSeconds)),
    );
    try {
      const into = CopyIn.begin(to!, "copy public.part from stdin");
      for await (const chunk of copyOut(from!, sql)) await into.write(mask(chunk));
      const stored = await into.end();
      if (stored !== part) throw new Error(`${stored} rows were copied`);
    } finally {
      await Promise.all([from!.end(), to!.end()]);
    }
  }
}
