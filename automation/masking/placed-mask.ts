/**
 * Pure: masks the significant characters of a value (digits of a phone number, digits and letters of an IBAN) as if the
 * others were not there, and puts the result where they were: `+49 30 1` and `+49301` get the same digits.
 */
import { ByteWriter } from "./byte-writer";
import { shapeMask } from "./shape-mask";
import type { Mask, MaskContext } from "./transformer";

export interface PlacedOptions {
  /** So many significant characters stay. */
  keepFirst?: number;
  /** So many at the end are not masked, and `finish` writes them. */
  skipLast?: number;
  /** Changes the masked characters of one value in place, such as its check digits. */
  finish?(bytes: Buffer, start: number, end: number): void;
}

export function placedMask(
  context: MaskContext,
  isSignificant: (byte: number) => boolean,
  { keepFirst = 0, skipLast = 0, finish }: PlacedOptions = {},
): Mask {
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
      for (let at = start[i]!; at < end[i]!; at++)
        if (isSignificant(bytes[at]!)) compact.bytes[compact.at++] = bytes[at]!;
      compact.value(from);
    }
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
      finish?.(whole, 0, length + skipLast);
      writer.copy(bytes, start[i]!, end[i]!);
      let next = 0;
      for (let at = writer.start[i]!; at < writer.at; at++)
        if (isSignificant(writer.bytes[at]!)) writer.bytes[at] = whole[next++]!;
    }
    return writer;
  };
}
