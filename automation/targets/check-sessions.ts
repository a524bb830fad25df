/** The sessions that check one database: each is inspected before it is used, and none outlives the check. */
import type { Client } from "pg";
import { poll } from "../poll";
import { findAmcheck, type Amcheck } from "./amcheck";
import { checkReopenPollMilliseconds, checkReopenSeconds } from "./limits";

export interface CheckSession {
  client: Client;
  amcheck: Amcheck;
}

export class CheckSessions {
  private readonly opened = new Set<Client>();
  private closed = false;
  private readonly stop = () => void this.close();

  /** When `signal` aborts, all are closed, whatever they are doing. */
  constructor(
    private readonly connect: () => Promise<Client>,
    private readonly signal: AbortSignal = new AbortController().signal,
  ) {
    signal.addEventListener("abort", this.stop);
  }

  /** A new session, or the reason why amcheck cannot be used in it. */
  async open(): Promise<CheckSession | string> {
    const client = await this.connected();
    const amcheck = await findAmcheck(client).catch(async (error: unknown) => {
      await this.end(client);
      throw error;
    });
    if (typeof amcheck !== "string") return { client, amcheck };
    await this.end(client);
    return amcheck;
  }

  /** Runs `work` in a separate session that `connect` opens. */
  async within(connect: () => Promise<Client>, work: (client: Client) => Promise<void>): Promise<void> {
    const client = await this.connected(connect);
    await work(client);
    await this.end(client);
  }

  /**
   * A new session in place of all others. A crashed backend ends all sessions, and the server then needs time to
   * recover. Undefined if it does not come back.
   */
  async reopen(): Promise<CheckSession | undefined> {
    await this.endAll();
    const wait = { every: checkReopenPollMilliseconds, seconds: checkReopenSeconds, signal: this.signal };
    const session = await poll(wait, () => this.open().catch(() => undefined));
    return typeof session === "string" ? undefined : session;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.signal.removeEventListener("abort", this.stop);
    await this.endAll();
  }

  private async connected(connect = this.connect): Promise<Client> {
    this.signal.throwIfAborted();
    const client = await connect();
    this.opened.add(client);
    // It arrived after the others were closed.
    if (this.closed) await this.end(client);
    this.signal.throwIfAborted();
    return client;
  }

  private async end(client: Client): Promise<void> {
    this.opened.delete(client);
    await client.end().catch(() => undefined);
  }

  private async endAll(): Promise<void> {
    await Promise.all([...this.opened].map((client) => this.end(client)));
  }
}
