/** A server to copy from and one to copy to, as RDS runs them, with a reader and the authorities of both. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MaskingProfile } from "../../../../automation/masking/profile";
import { inControlSession } from "../../../../automation/targets/control-session";
import { createReader, readerOf } from "../../../../automation/targets/copy-reader";
import type { DatabaseCopy } from "../../../../automation/targets/masked-copy/copy-database";
import type { ColumnRule, TableMasks } from "../../../../automation/targets/masked-copy/table-masks";
import { readSchemaFacts } from "../../../../automation/targets/schema-facts";
import { FleetDatabase } from "../fleet-database";

export const packageFolder = join(__dirname, "../../../..");

/** By a mask that makes every value the same. */
export const constant = (table: string, name: string, position: number, value: string): ColumnRule => ({
  position,
  mask: {
    use: "constant",
    with: { value },
    class: "constant",
    column: { table, name, type: "text", declared: "text", kind: "base", notNull: false, checks: [] },
  },
});

export const masksOf = (masked: Record<string, ColumnRule[]>, columns: Record<string, string[]>): TableMasks => ({
  tables: Object.fromEntries(
    Object.entries(columns).map(([table, names]) => [table, { columns: names, masked: masked[table] ?? [] }]),
  ),
  ...{ empty: [], secret: Buffer.alloc(32, 7), sourceWords: [] },
});

export class TwoServers {
  private constructor(
    readonly source: FleetDatabase,
    readonly target: FleetDatabase,
    /** As the bundle of RDS, which has the authorities of all Regions. */
    readonly rootCertificateFile: string,
  ) {}

  static async start(): Promise<TwoServers> {
    const [source, target] = await Promise.all([FleetDatabase.start("17.10"), FleetDatabase.start("18.4")]);
    await source.within((client) => client.query("create role owner login"));
    await source.within((client) => createReader(client, readerOf(source.login())));
    const file = join(mkdtempSync(join(tmpdir(), "roots-")), "roots.pem");
    writeFileSync(file, [source, target].map((one) => readFileSync(one.rootCertificateFile, "utf8")).join(""));
    return new TwoServers(source, target, file);
  }

  async stop(): Promise<void> {
    await Promise.all([this.source.stop(), this.target.stop()]);
  }

  /** To copy a database into the one of the same name, with all definitions as they are. */
  async request(masks: TableMasks, database = "app"): Promise<DatabaseCopy & { rootCertificateFile: string }> {
    const { source, target, rootCertificateFile } = this;
    return {
      source: { ...readerOf(source.login()), database },
      sourceMaster: source.login("boss", database),
      target: { ...target.login("boss", database), majorVersion: 18 },
      ...{ masks, throughRoot: [], rootCertificateFile, packageFolder, threads: 2, tablesAtOnce: 2 },
      definitions: await this.keptDefinitions(database),
    };
  }

  async keptDefinitions(database: string): Promise<MaskingProfile["definitions"]> {
    const { source, rootCertificateFile } = this;
    const login = source.login("boss", database);
    const { definitions } = await inControlSession(login, { rootCertificateFile }, readSchemaFacts);
    return Object.fromEntries(definitions.map(({ id }) => [id, { keep: "a test" }]));
  }

  /** A database of its own on both servers, with this content. */
  async withDatabases<T>(sql: string, work: (database: string) => Promise<T>): Promise<T> {
    const both = [this.source, this.target];
    await Promise.all(both.map((one) => one.store("create database other owner boss")));
    try {
      await this.source.server.query(sql, undefined, "other");
      return await work("other");
    } finally {
      await Promise.all(both.map((one) => one.store("drop database other with (force)")));
    }
  }
}
