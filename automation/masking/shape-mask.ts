/**
 * Pure: short codes, permuted among all texts of their shape: a digit stays a digit, a letter a letter of its case, and
 * what is neither stays where it is. Different texts stay different, by construction while the shape has fewer than some
 * 2⁷⁴ texts, and beyond that because a hash decides each place.
 */
import { ByteWriter } from "./byte-writer";
import { Feistel, halfMax, type Pairs } from "./feistel";
import { derivedKey, ColumnHash } from "./column-hash";
import { unfit } from "./mask-parts";
import { normaliser } from "./normal-form";
import type { Mask, MaskContext } from "./transformer";

/** How many characters a place may have, and the first of them; 0: it stays. */
const choices = new Uint8Array(256);
const firsts = new Uint8Array(256);
for (const [first, count] of [
  ["0", 10],
  ["A", 26],
  ["a", 26],
] as const)
  for (let i = 0; i < count; i++) {
    choices[first.charCodeAt(0) + i] = count;
    firsts[first.charCodeAt(0) + i] = first.charCodeAt(0);
  }

/** @param keepFirst So many characters at the start stay as they are, such as a prefix that all values have. */
export function shapeMask(context: MaskContext, keepFirst = 0): Mask {
  const feistel = new Feistel(context.key);
  const hash = new ColumnHash(context.key);
  const stream = new ColumnHash(derivedKey(context.key, "places"));
  const normal = normaliser("exact", context.column);
  const writer = new ByteWriter();
  const places: Places = { pairs: { ...emptyPairs, count: 0 }, splits: new Int32Array(0) };
  return (given) => {
    const values = normal(given);
    const { bytes, start, end, count } = values;
    makeRoom(places, count);
    const { pairs, splits } = places;
    pairs.count = 0;
    let long = false;
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) continue;
      const from = start[i]! + keepFirst;
      const split = halve(bytes, from, end[i]!, pairs);
      if (split === unknown) throw unfit(context.column, "a value has characters beyond ASCII, which would stay");
      splits[i] = split;
      if (split === tooLong) long = true;
      else pairs.count++;
    }
    feistel.permute(pairs);
    const hashes = long ? hash.of(values) : undefined;
    writer.reset(count, bytes.length);
    let next = 0;
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      const from = start[i]! + keepFirst;
      writer.copy(bytes, start[i]!, end[i]!);
      const at = writer.start[i]! + keepFirst;
      if (splits[i] === tooLong) fill(writer.bytes, at, writer.at, hashes!.subarray(i * 16, i * 16 + 16), stream);
      else {
        const split = at + splits[i]! - from;
        place(writer.bytes, at, split, pairs.a[next]!);
        place(writer.bytes, split, writer.at, pairs.b[next++]!);
      }
    }
    return writer;
  };
}

interface Places {
  pairs: Pairs;
  /** Where the second half of a value begins. */
  splits: Int32Array;
}

const none = new Float64Array(0);
const emptyPairs = { a: none, b: none, sizeA: none, sizeB: none };

function makeRoom(places: Places, count: number): void {
  if (places.splits.length >= count) return;
  const numbers = () => new Float64Array(count);
  places.pairs = { a: numbers(), b: numbers(), sizeA: numbers(), sizeB: numbers(), count: 0 };
  places.splits = new Int32Array(count);
}

const tooLong = -1;
const unknown = -2;

/** Reads a value as two numbers, the places of each half its digits; returns where the second half begins. */
function halve(bytes: Buffer, start: number, end: number, pairs: Pairs): number {
  let open = 0;
  for (let i = start; i < end; i++) {
    if (bytes[i]! >= 0x80) return unknown;
    if (choices[bytes[i]!]! > 0) open++;
  }
  const half = Math.ceil(open / 2);
  let split = start;
  for (let found = 0; found < half; split++) if (choices[bytes[split]!]! > 0) found++;
  const at = pairs.count;
  pairs.sizeA[at] = sizeOf(bytes, start, split);
  pairs.sizeB[at] = sizeOf(bytes, split, end);
  if (pairs.sizeA[at] > halfMax || pairs.sizeB[at] > halfMax) return tooLong;
  pairs.a[at] = numberOf(bytes, start, split);
  pairs.b[at] = numberOf(bytes, split, end);
  return split;
}

function sizeOf(bytes: Buffer, start: number, end: number): number {
  let size = 1;
  for (let i = start; i < end; i++) size *= choices[bytes[i]!]! || 1;
  return size;
}

function numberOf(bytes: Buffer, start: number, end: number): number {
  let number = 0;
  for (let i = start; i < end; i++) {
    const count = choices[bytes[i]!]!;
    if (count > 0) number = number * count + bytes[i]! - firsts[bytes[i]!]!;
  }
  return number;
}

/** Writes a number back into the places of its half. */
function place(out: Buffer, start: number, end: number, number: number): void {
  for (let i = end - 1; i >= start; i--) {
    const count = choices[out[i]!]!;
    if (count === 0) continue;
    const next = Math.floor(number / count);
    out[i] = firsts[out[i]!]! + (number - next * count);
    number = next;
  }
}

/** Each place from a hash of the whole value, and hashes of hashes. */
function fill(out: Buffer, start: number, end: number, hash: Buffer, stream: ColumnHash): void {
  const block = Buffer.from(hash);
  let at = 0;
  for (let i = start; i < end; i++) {
    const count = choices[out[i]!]!;
    if (count === 0) continue;
    if (at === block.length) {
      stream
        .of({ bytes: block, start: Int32Array.of(0), end: Int32Array.of(block.length), count: 1 })
        .copy(block, 0, 0, 16);
      at = 0;
    }
    out[i] = firsts[out[i]!]! + (block.readUInt16LE(at) % count);
    at += 2;
  }
}
