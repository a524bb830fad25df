/** Pure: the column that a mask returns, in buffers that it reuses from chunk to chunk. */
import type { ByteColumn } from "./transformer";

export class ByteWriter implements ByteColumn {
  bytes = Buffer.allocUnsafe(1024);
  start = new Int32Array(64);
  end = new Int32Array(64);
  count = 0;
  /** Where the next byte goes. */
  at = 0;

  /** Empties it, with room for so many values and bytes. */
  reset(count: number, bytes: number): void {
    if (this.start.length < count) {
      this.start = new Int32Array(count * 2);
      this.end = new Int32Array(count * 2);
    }
    if (this.bytes.length < bytes) this.bytes = Buffer.allocUnsafe(bytes * 2);
    this.count = 0;
    this.at = 0;
  }

  /** Room for so many more bytes, whatever `reset` was told. Keep no copy of `bytes` over this call. */
  ensure(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe((this.at + more) * 2);
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
  }

  null(): void {
    this.start[this.count] = -1;
    this.end[this.count++] = -1;
  }

  /** The bytes since `from` are the next value. */
  value(from: number): void {
    this.start[this.count] = from;
    this.end[this.count++] = this.at;
  }

  /** A place in other bytes than these is the next: of a column without bytes of its own, of unknown length. */
  note(start: number, end: number): void {
    if (this.count === this.start.length) {
      const [starts, ends] = [this.start, this.end];
      this.start = new Int32Array(starts.length * 2);
      this.end = new Int32Array(ends.length * 2);
      this.start.set(starts);
      this.end.set(ends);
    }
    this.start[this.count] = start;
    this.end[this.count++] = end;
  }

  /** Copies a value as the next. */
  copy(bytes: Buffer, start: number, end: number): void {
    this.ensure(end - start);
    const from = this.at;
    // Short values: a loop is faster than a call into native code.
    if (end - start < 48) for (let i = start; i < end; i++) this.bytes[this.at++] = bytes[i]!;
    else this.at += bytes.copy(this.bytes, this.at, start, end);
    this.value(from);
  }
}
