import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import type { Cloud } from "../../../cloud";

export interface WriterOptions {
  /** What is run once, before it writes. */
  prepare?: string;
  /** Queries that it runs between its rows, in turn. */
  reads?: readonly string[];
  /** Between its rows. @default 5 */
  pauseMilliseconds?: number;
}

/** How many of its queries a client runs for each row. */
const readsForRow = 5;

/** A client that inserts row after row, and knows which were acknowledged; it reconnects, as any client has to. */
export class Writer {
  readonly acknowledged: number[] = [];
  /** The longest time between two acknowledgements. */
  gapMilliseconds = 0;
  private isOver = false;
  private readonly done: Promise<void>;

  private constructor(
    private readonly open: () => Promise<Client>,
    private readonly reads: readonly string[],
    private readonly pauseMilliseconds: number,
  ) {
    this.done = this.write();
  }

  /** As the role `owner` of the database, in a table of its own. */
  static async to(cloud: Cloud, secretId: string, options: WriterOptions = {}): Promise<Writer> {
    const { prepare, reads = [], pauseMilliseconds = 5 } = options;
    const ssl = { ca: readFileSync(cloud.env.PGSSLROOTCERT ?? "") };
    const { SecretString = "" } = await cloud.secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    const { username: user, password, host, port, dbname: database } = JSON.parse(SecretString) as Login;
    const open = async () => {
      const client = new Client({ host, port, database, user, password, ssl });
      client.on("error", () => undefined); // the query that is cut off says so
      await client.connect();
      return client;
    };
    const first = await open();
    await first.query("create table ledger (n int primary key)");
    if (prepare !== undefined) await first.query(prepare);
    await first.end();
    return new Writer(open, reads, pauseMilliseconds);
  }

  private async write(): Promise<void> {
    let client = await this.again();
    let last = Date.now();
    for (let n = 1; !this.isOver; n++)
      try {
        await client.query("insert into ledger values ($1)", [n]);
        this.acknowledged.push(n);
        this.gapMilliseconds = Math.max(this.gapMilliseconds, Date.now() - last);
        last = Date.now();
        for (let at = 0; at < Math.min(readsForRow, this.reads.length); at++)
          await client.query(this.reads[(n * readsForRow + at) % this.reads.length]!);
        await sleep(this.pauseMilliseconds);
      } catch {
        await client.end().catch(() => undefined);
        client = await this.again();
      }
    await client.end();
  }

  private async again(): Promise<Client> {
    for (;;)
      try {
        return await this.open();
      } catch (error) {
        if (this.isOver) throw error;
        await sleep(20);
      }
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.done;
  }

  /** Ends it; resolves to the acknowledged rows that the database does not have. */
  async lost(): Promise<number[]> {
    await this.stop();
    const client = await this.open();
    const { rows } = await client.query<{ n: number }>("select n from ledger");
    await client.end();
    const stored = new Set(rows.map(({ n }) => n));
    return this.acknowledged.filter((n) => !stored.has(n));
  }
}

interface Login {
  username: string;
  password: string;
  host: string;
  port: number;
  dbname: string;
}
