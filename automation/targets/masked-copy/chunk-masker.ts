/** Pure: masks some columns of a chunk of COPY text. No value becomes a string, or an object of its own. */
import { ByteWriter } from "../../masking/byte-writer";
import { words32 } from "../../masking/column-hash";
import { appendEscaped, unescapeInPlace } from "../../masking/copy-text";
import type { ByteColumn, Mask } from "../../masking/transformer";

export interface MaskedColumn {
  /** Which field of a row, from 0. */
  position: number;
  mask: Mask;
  /** Whether its output may contain what COPY must escape. */
  escapes: boolean;
  /** The field whose source value is the mask's subject. */
  subject?: number | undefined;
}

export interface MaskedChunk {
  bytes: Uint8Array<ArrayBuffer>;
  rows: number;
  /** For each masked column how many values that tell something are what they were: not NULL, '' or 0. */
  unchanged: number[];
}

const TAB = 0x09;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const CAPITAL_N = 0x4e;

/** A column's fields of the current chunk: where they begin and end, and their values. */
class Fields implements ByteColumn {
  bytes: Buffer = Buffer.alloc(0);
  start = new Int32Array(1024);
  end = new Int32Array(1024);
  rawStart = new Int32Array(1024);
  rawEnd = new Int32Array(1024);
  count = 0;

  add(start: number, end: number): void {
    if (this.count === this.rawStart.length) this.grow();
    this.rawStart[this.count] = start;
    this.rawEnd[this.count++] = end;
  }

  /** Reads the values in place: what COPY escaped becomes shorter. */
  read(bytes: Buffer): void {
    this.bytes = bytes;
    const { start, end, rawStart, rawEnd } = this;
    for (let row = 0; row < this.count; row++) {
      const from = rawStart[row]!;
      const to = rawEnd[row]!;
      const isNull = to - from === 2 && bytes[from] === BACKSLASH && bytes[from + 1] === CAPITAL_N;
      start[row] = isNull ? -1 : from;
      end[row] = isNull ? -1 : unescaped(bytes, from, to);
    }
  }

  private grow(): void {
    for (const name of ["start", "end", "rawStart", "rawEnd"] as const) {
      const larger = new Int32Array(this[name].length * 2);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

export class ChunkMasker {
  private readonly masked: (MaskedColumn & { fields: Fields })[];
  /** Which fields are needed, by their position; for the others nothing is noted. */
  private readonly fieldsAt: (Fields | undefined)[];
  /** Subjects that are kept: their values are read in a copy, since they are written as they are. */
  private readonly keptSubjects = new Map<number, Fields>();

  /** `columns` is how many fields each row has. */
  constructor(
    private readonly columns: number,
    masked: readonly MaskedColumn[],
  ) {
    this.fieldsAt = new Array<Fields | undefined>(columns).fill(undefined);
    this.masked = [...masked]
      .sort((one, other) => one.position - other.position)
      .map((column) => ({ ...column, fields: (this.fieldsAt[column.position] = new Fields()) }));
    for (const { subject } of masked)
      if (subject !== undefined && !this.fieldsAt[subject])
        this.keptSubjects.set(subject, (this.fieldsAt[subject] = new Fields()));
  }

  /** Uses up `chunk`. `unchanged` is in the order of the columns' positions. */
  mask(chunk: Uint8Array<ArrayBuffer>, firstRow: number): MaskedChunk {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const rows = this.split(bytes);
    const subjects = new Map([...this.keptSubjects].map(([position, fields]) => [position, copyOf(bytes, fields)]));
    for (const { fields } of this.masked) fields.read(bytes);
    const results = this.masked.map(({ mask, fields, subject }) => {
      const of = subject === undefined ? undefined : (subjects.get(subject) ?? this.fieldsAt[subject]);
      return mask(fields, { firstRow, ...(of && { subjects: of }) });
    });
    return { bytes: this.join(bytes, rows, results), rows, unchanged: this.compare(bytes, results) };
  }

  private split(bytes: Buffer): number {
    const { fieldsAt, columns } = this;
    for (const fields of fieldsAt) if (fields) fields.count = 0;
    let rows = 0;
    let column = 0;
    let start = 0;
    const { length } = bytes;
    const words = words32(bytes);
    for (let at = 0; at < length;) {
      // Four bytes at once, as long as none of them ends a field.
      if ((at & 3) === 0) while (at + 4 <= length && !hasControl(words[at >> 2]!)) at += 4;
      if (at === length) break;
      const byte = bytes[at++]!;
      if (byte > NEWLINE || (byte !== TAB && byte !== NEWLINE)) continue;
      fieldsAt[column]?.add(start, at - 1);
      start = at;
      column++;
      if (byte === TAB) continue;
      if (column !== columns) throw new RangeError(`a row of ${column} fields instead of ${columns}`);
      rows++;
      column = 0;
    }
    if (start !== length) throw new RangeError("a chunk that ends in the middle of a row");
    return rows;
  }

  private join(bytes: Buffer, rows: number, results: readonly ByteColumn[]): Uint8Array<ArrayBuffer> {
    const { masked } = this;
    const out = Buffer.from(new ArrayBuffer(bytes.length + this.room(rows, results)));
    const view = viewOf(out);
    const source = viewOf(bytes);
    const views = results.map((result) => viewOf(result.bytes));
    let at = 0;
    let from = 0;
    for (let row = 0; row < rows; row++)
      for (let one = 0; one < masked.length; one++) {
        const { fields, escapes } = masked[one]!;
        const result = results[one]!;
        at = append(out, view, at, bytes, source, from, fields.rawStart[row]!);
        const start = result.start[row]!;
        if (start < 0) {
          out[at++] = BACKSLASH;
          out[at++] = CAPITAL_N;
        } else if (escapes) at = appendEscaped(out, at, result.bytes, start, result.end[row]!);
        else at = append(out, view, at, result.bytes, views[one]!, start, result.end[row]!);
        from = fields.rawEnd[row]!;
      }
    at = append(out, view, at, bytes, source, from, bytes.length);
    return new Uint8Array(out.buffer as ArrayBuffer, 0, at);
  }

  /** How much longer masking makes the chunk, at most. */
  private room(rows: number, results: readonly ByteColumn[]): number {
    let room = 0;
    results.forEach(({ start, end }, one) => {
      const times = this.masked[one]!.escapes ? 2 : 1;
      for (let row = 0; row < rows; row++) room += start[row]! < 0 ? 2 : times * (end[row]! - start[row]!);
    });
    return room;
  }

  private compare(bytes: Buffer, results: readonly ByteColumn[]): number[] {
    return this.masked.map(({ fields }, one) => {
      const { bytes: masked, start, end } = results[one]!;
      let unchanged = 0;
      for (let row = 0; row < fields.count; row++) {
        const was = fields.start[row]!;
        const is = start[row]!;
        const length = fields.end[row]! - was;
        if (was < 0 || is < 0 || end[row]! - is !== length || !tells(bytes, was, was + length)) continue;
        let same = 0;
        while (same < length && bytes[was + same] === masked[is + same]) same++;
        if (same === length) unchanged++;
      }
      return unchanged;
    });
  }
}

/** Without a letter or digit, or 0, a value says nothing, and a mask leaves it: leak-search.ts counts none either. */
function tells(bytes: Buffer, from: number, to: number): boolean {
  if (to - from === 1 && bytes[from] === 0x30) return false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a))
      return to - from > 9 || !endless.has(bytes.toString("latin1", from, to));
  }
  return false;
}
const endless: ReadonlySet<string> = new Set(["infinity", "-infinity", "Infinity", "-Infinity", "NaN"]);

/** Looks no further than the field: searching the whole chunk for each field would take longer than all else. */
function unescaped(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === BACKSLASH) return unescapeInPlace(bytes, at, to);
  return to;
}

/** Whether one of four bytes is below 11, as what ends a field is. */
const hasControl = (word: number): boolean => ((word - 0x0b0b0b0b) & ~word & 0x80808080) !== 0;

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);

function append(out: Buffer, view: DataView, at: number, bytes: Buffer, source: DataView, from: number, to: number) {
  // Short pieces: a loop is faster than a call into native code.
  if (to - from > 96) return at + bytes.copy(out, at, from, to);
  for (; to - from >= 4; from += 4, at += 4) view.setInt32(at, source.getInt32(from, true), true);
  while (from < to) out[at++] = bytes[from++]!;
  return at;
}

function copyOf(bytes: Buffer, fields: Fields): ByteColumn {
  const copy = new ByteWriter();
  copy.reset(fields.count, 0);
  const start = new Int32Array(fields.count);
  const end = new Int32Array(fields.count);
  for (let row = 0; row < fields.count; row++) copy.copy(bytes, fields.rawStart[row]!, fields.rawEnd[row]!);
  for (let row = 0; row < fields.count; row++) {
    const from = copy.start[row]!;
    const to = copy.end[row]!;
    const isNull = to - from === 2 && copy.bytes[from] === BACKSLASH && copy.bytes[from + 1] === CAPITAL_N;
    start[row] = isNull ? -1 : from;
    end[row] = isNull ? -1 : unescaped(copy.bytes, from, to);
  }
  return { bytes: copy.bytes, start, end, count: fields.count };
}
