/**
 * Rows out of a table, as the text of `COPY … TO STDOUT`, in chunks of whole rows. The server sends each row as a
 * message of its own; a library that makes an object of each, or hands on what the network delivered, would cost more
 * than masking: so messages are taken apart here, and rows are copied once, into buffers that threads can be given.
 */
import type { Duplex } from "node:stream";
import type { Client } from "pg";
import { chunkBytes, chunksWaitingMax, rowBytesMax } from "./limits";

/** Whole rows, from the start of a buffer that nothing else refers to. */
export interface RowChunk {
  bytes: Uint8Array<ArrayBuffer>;
  rows: number;
}

const COPY_DATA = 0x64;
/** Messages that may come between rows: CopyOutResponse, NoticeResponse, ParameterStatus. */
const passing = new Set([0x48, 0x4e, 0x53]);

/** The part of a connection of node-postgres that a statement needs. */
interface Connection {
  stream: Duplex;
  query(sql: string): void;
}

/** Ends after the last row; throws the server's error, whose message may quote rows. `client` can be used afterwards. */
export async function* copyOut(client: Client, sql: string): AsyncGenerator<RowChunk, number> {
  const query = new CopyOutQuery(sql);
  client.query(query as never);
  try {
    for (let chunk = await query.next(); chunk !== undefined; chunk = await query.next()) yield chunk;
    return await query.completed;
  } finally {
    query.abandon();
  }
}

class CopyOutQuery {
  /** The rows that the server says it sent. */
  readonly completed: Promise<number>;
  /** Where node-postgres puts what ends its time limit. */
  callback: () => void = () => undefined;
  private settle!: { resolve: (rows: number) => void; reject: (error: Error) => void };
  private stream: Duplex | undefined;
  private parser: ((piece: Buffer) => void) | undefined;
  private readonly ready: RowChunk[] = [];
  private wake: (() => void) | undefined;
  private ended = false;
  private failure: Error | undefined;
  private rows = 0;

  private chunk = Buffer.from(new ArrayBuffer(chunkBytes + chunkMargin));
  private filled = 0;
  private chunkRows = 0;

  private readonly header = Buffer.alloc(5);
  private headerBytes = 0;
  /** Bytes of the current message that are still to come, and whether they are of a row. */
  private missing = 0;
  private inRow = false;

  constructor(readonly text: string) {
    this.completed = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Reported by `next`, too.
    this.completed.catch(() => undefined);
  }

  /** The next chunk; undefined after the last. */
  async next(): Promise<RowChunk | undefined> {
    for (;;) {
      const chunk = this.ready.shift();
      if (chunk) {
        if (this.ready.length < chunksWaitingMax && !this.ended) this.stream?.resume();
        return chunk;
      }
      if (this.failure !== undefined) throw this.failure;
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Rows that nobody wants any more: only the end of the connection stops a server that sends them. */
  abandon(): void {
    if (this.ended) return;
    this.ended = true;
    this.stream?.destroy();
  }

  submit(connection: Connection): void {
    this.stream = connection.stream;
    this.parser = this.stream.listeners("data")[0] as (piece: Buffer) => void;
    this.stream.off("data", this.parser);
    this.stream.on("data", this.take);
    connection.query(this.text);
  }

  private readonly take = (piece: Buffer): void => {
    try {
      this.parse(piece);
    } catch (error) {
      this.handleError(error as Error);
      this.stream?.destroy();
    }
    if (this.ready.length >= chunksWaitingMax && !this.ended) this.stream?.pause();
    this.wake?.();
  };

  private parse(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      if (this.missing > 0) {
        const end = Math.min(piece.length, at + this.missing);
        if (this.inRow) this.append(piece, at, end);
        this.missing -= end - at;
        at = end;
        if (this.missing === 0 && this.inRow) this.endRow();
        continue;
      }
      if (this.headerBytes === 0 && !this.isOurs(piece[at] ?? 0)) return this.handBack(piece.subarray(at));
      // Most headers are whole.
      let header = piece;
      let from = at;
      if (this.headerBytes > 0 || at + 5 > piece.length) {
        while (at < piece.length && this.headerBytes < 5) this.header[this.headerBytes++] = piece[at++] ?? 0;
        if (this.headerBytes < 5) return;
        header = this.header;
        from = 0;
        this.headerBytes = 0;
      } else at += 5;
      this.inRow = header[from] === COPY_DATA;
      this.missing = header.readUInt32BE(from + 1) - 4;
    }
  }

  private readonly isOurs = (type: number): boolean => type === COPY_DATA || passing.has(type);

  private append(piece: Buffer, from: number, to: number): void {
    const needed = this.filled + to - from;
    if (needed > this.chunk.length) {
      if (needed > rowBytesMax) throw new RangeError(`a row of more than ${rowBytesMax} bytes`);
      const larger = Buffer.from(new ArrayBuffer(Math.max(needed, 2 * this.chunk.length)));
      this.chunk.copy(larger, 0, 0, this.filled);
      this.chunk = larger;
    }
    piece.copy(this.chunk, this.filled, from, to);
    this.filled = needed;
  }

  private endRow(): void {
    this.chunkRows++;
    if (this.filled >= chunkBytes) this.emit();
  }

  private emit(): void {
    if (this.filled === 0) return;
    const buffer = this.chunk.buffer as ArrayBuffer;
    this.ready.push({ bytes: new Uint8Array(buffer, 0, this.filled), rows: this.chunkRows });
    this.rows += this.chunkRows;
    this.chunk = Buffer.from(new ArrayBuffer(chunkBytes + chunkMargin));
    this.filled = 0;
    this.chunkRows = 0;
  }

  /** What follows the rows, or an error, is for node-postgres. */
  private handBack(rest: Buffer): void {
    const { stream, parser } = this;
    if (!stream || !parser) return;
    stream.off("data", this.take);
    stream.on("data", parser);
    stream.resume();
    this.emit();
    parser(rest);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const told = Number(/^COPY (\d+)$/.exec(text)?.[1] ?? NaN);
    if (told === this.rows) this.settle.resolve(told);
    else this.handleError(new Error(`the server sent ${told} rows, and ${this.rows} arrived`));
  }

  handleError(error: Error): void {
    this.failure ??= error;
    this.settle.reject(this.failure);
    this.finish();
  }

  handleReadyForQuery(): void {
    this.finish();
  }

  private finish(): void {
    this.callback();
    this.ended = true;
    this.wake?.();
  }
}

/** So that the row that fills a chunk usually fits. */
const chunkMargin = 16 * 1024;
