/** Rows into a table, by `COPY … FROM STDIN`. A chunk of rows is one message. */
import type { Duplex } from "node:stream";
import type { Client } from "pg";

interface Connection {
  stream: Duplex;
  query(sql: string): void;
}

/** The caller writes chunks, one after the other, and then either ends or cancels. */
export class CopyIn {
  /** Where node-postgres puts what ends its time limit. */
  callback: () => void = () => undefined;
  private connection: Connection | undefined;
  private rows = NaN;
  private failure: Error | undefined;
  private isOpen = false;
  /** Ends the wait of a write. */
  private wake: () => void = () => undefined;
  private readonly opened: Promise<void>;
  private readonly closed: Promise<number>;
  private settle!: { opened: () => void; closed: (rows: number) => void; failed: (error: Error) => void };

  constructor(readonly text: string) {
    const settle: Partial<typeof this.settle> = {};
    this.opened = new Promise((resolve) => (settle.opened = resolve));
    this.closed = new Promise((resolve, reject) => Object.assign(settle, { closed: resolve, failed: reject }));
    this.closed.catch(() => undefined);
    this.settle = settle as typeof this.settle;
  }

  static begin(client: Client, sql: string): CopyIn {
    const copy = new CopyIn(sql);
    client.query(copy as never);
    return copy;
  }

  /** Resolves when more can be written. Throws the server's error, whose message may quote rows. */
  async write(rows: Uint8Array): Promise<void> {
    await this.opened;
    this.throwFailure();
    const stream = this.connection!.stream;
    const header = Buffer.alloc(5);
    header.write("d", "latin1");
    header.writeUInt32BE(rows.length + 4, 1);
    stream.write(header);
    if (stream.write(rows)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        stream.off("drain", go).off("close", go);
        this.wake = () => undefined;
        resolve();
      };
      stream.on("drain", go).on("close", go);
      this.wake = go;
    });
    this.throwFailure();
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** The rows that the server has stored. */
  async end(): Promise<number> {
    await this.opened;
    if (this.failure === undefined) this.connection!.stream.write(Buffer.from([0x63, 0, 0, 0, 4]));
    return this.closed;
  }

  /** Has the server forget the rows. Never fails: the caller has a reason of its own already. */
  async cancel(): Promise<void> {
    // One that still waits for a lock would answer when it has it: only the end of the connection ends that.
    if (!this.isOpen) this.connection?.stream.destroy();
    // CopyFail, with an empty message.
    else if (this.failure === undefined) this.connection!.stream.write(Buffer.from([0x66, 0, 0, 0, 5, 0]));
    await this.closed.catch(() => undefined);
  }

  submit(connection: Connection): void {
    this.connection = connection;
    connection.query(this.text);
  }

  handleCopyInResponse(): void {
    this.isOpen = true;
    this.settle.opened();
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? NaN);
  }

  handleError(error: Error): void {
    this.callback();
    this.failure ??= error;
    this.wake();
    this.settle.opened();
    this.settle.failed(this.failure);
  }

  handleReadyForQuery(): void {
    this.callback();
    this.settle.closed(this.rows);
  }
}
