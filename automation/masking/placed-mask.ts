/**
 * Pure: masks the digits and letters of a value (a phone number, an IBAN) as if what separates them was not there, and
 * puts the result where they were: `+49 30 1` and `+49301` get the same digits. Letters in a phone number are masked,
 * too: they may be a name.
 */
import { ByteWriter } from "./byte-writer";
import { unfit } from "./mask-parts";
import { shapeMask } from "./shape-mask";
import type { Mask, MaskContext } from "./transformer";

export interface PlacedOptions {
  /** So many significant characters stay. */
  keepFirst?: number;
  /** So many at the end are not masked; they are those of the source when `finish` gets them. */
  skipLast?: number;
  /** Changes the masked characters of one value in place, such as its check digits. `source` has as many. */
  finish?(masked: Buffer, source: Buffer): void;
}

export function placedMask(context: MaskContext, { keepFirst = 0, skipLast = 0, finish }: PlacedOptions = {}): Mask {
  const mask = shapeMask({ ...context, column: { ...context.column, type: "text" } }, keepFirst);
  const compact = new ByteWriter();
  const writer = new ByteWriter();
  let whole = Buffer.alloc(64);
  return (values, batch) => {
    const { bytes, start, end, count } = values;
    compact.reset(count, bytes.length);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        compact.null();
        continue;
      }
      compact.ensure(end[i]! - start[i]!);
      const from = compact.at;
      if (hasOther(bytes, start[i]!, end[i]!))
        throw unfit(context.column, "a value has letters or digits beyond ASCII, which would stay");
      for (let at = start[i]!; at < end[i]!; at++)
        if (isSignificant(bytes[at]!)) compact.bytes[compact.at++] = bytes[at]!;
      compact.value(from);
    }
    const sizes = Int32Array.from({ length: count }, (_, i) => compact.end[i]! - compact.start[i]!);
    if (skipLast > 0)
      for (let i = 0; i < count; i++) compact.end[i] = Math.max(compact.start[i]!, compact.end[i]! - skipLast);
    const masked = mask(compact, batch);
    writer.reset(count, bytes.length);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      const length = masked.end[i]! - masked.start[i]!;
      if (whole.length < length + skipLast) whole = Buffer.alloc(2 * (length + skipLast));
      masked.bytes.copy(whole, 0, masked.start[i], masked.end[i]);
      const source = compact.bytes.subarray(compact.start[i]!, compact.start[i]! + sizes[i]!);
      source.copy(whole, length, length);
      finish?.(whole.subarray(0, source.length), source);
      writer.copy(bytes, start[i]!, end[i]!);
      let next = 0;
      for (let at = writer.start[i]!; at < writer.at; at++)
        if (isSignificant(writer.bytes[at]!)) writer.bytes[at] = whole[next++]!;
    }
    return writer;
  };
}

const isSignificant = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);

/** Blanks, dashes and marks of direction are only separators, in any script. */
function hasOther(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++)
    if (bytes[at]! >= 0x80) return /[^\0-\x7f\p{Z}\p{Pd}\p{Cf}]/u.test(bytes.toString("utf8", start, end));
  return false;
}
