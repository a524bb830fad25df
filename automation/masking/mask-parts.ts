/** Pure: what several transformers are made of. */
import { ByteWriter } from "./byte-writer";
import { ShipshapeError } from "../errors";
import { ColumnHash } from "./column-hash";
import { normaliser, type NormalForm } from "./normal-form";
import type { ByteColumn, Mask, MaskContext } from "./transformer";
import { columnId, type ColumnFacts } from "./schema-facts";

/** Writes one value from its hash (16 bytes at `from`), at `at` of `out`; returns where the next byte goes. */
type WriteHashed = (hashes: Buffer, from: number, out: Buffer, at: number) => number;

/** Changes masks after all of them were written: `normal` is what was hashed. */
export type FinishMasks = (masked: ByteWriter, values: ByteColumn, normal: ByteColumn) => void;

/** A mask that depends on the normal form of a value and the key, and on nothing else unless `finish` says so. */
export function hashedMask(
  context: MaskContext,
  form: NormalForm,
  bytesMax: number,
  write: WriteHashed,
  finish?: FinishMasks,
): Mask {
  const hash = new ColumnHash(context.key);
  const normal = normaliser(form, context.column);
  const writer = new ByteWriter();
  return (values) => {
    const normalised = normal(values);
    const hashes = hash.of(normalised);
    writer.reset(values.count, values.count * bytesMax);
    for (let i = 0; i < values.count; i++) {
      if (values.start[i]! < 0) {
        writer.null();
        continue;
      }
      const from = writer.at;
      writer.at = write(hashes, i * 16, writer.bytes, from);
      writer.value(from);
    }
    finish?.(writer, values, normalised);
    return writer;
  };
}

/** Writes a short constant: a loop is faster than a call into native code. */
export function writeBytes(bytes: Buffer, out: Buffer, at: number): number {
  for (let i = 0; i < bytes.length; i++) out[at++] = bytes[i]!;
  return at;
}

/** A number of 32 bits of a hash. */
export const wordOf = (hashes: Buffer, at: number): number =>
  (hashes[at]! | (hashes[at + 1]! << 8) | (hashes[at + 2]! << 16) | (hashes[at + 3]! << 24)) >>> 0;

export const textTypes: ReadonlySet<string> = new Set(["text", "varchar", "bpchar", "citext", "name"]);
export const integerTypes: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);

export const isText = ({ type }: ColumnFacts): boolean => textTypes.has(type);
/** Also a `numeric(p, 0)`. */
export const isInteger = ({ type, scale }: ColumnFacts): boolean =>
  integerTypes.has(type) || (type === "numeric" && (scale ?? 0) <= 0);

/** Why a text that needs so many characters does not fit. */
export function unfitText(column: ColumnFacts, characters: number): string | undefined {
  if (!isText(column)) return `it writes text, and the column is ${column.declared}`;
  const { maxLength } = column;
  if (maxLength !== undefined && maxLength < characters)
    return `it needs ${characters} characters, and the column has ${maxLength}`;
  return undefined;
}

/** A value that cannot be masked. It names the column, never the value. */
export const unfit = (column: ColumnFacts, reason: string) =>
  new ShipshapeError("masking-value-unfit", { column: columnId(column), reason });
