/**
 * Pure: whole numbers, permuted. Different numbers stay different. Negative ones stay negative; 0 stays 0, since it says
 * nothing. Numbers up to 2³¹ - 1 stay below that, and numbers up to 2⁵³ - 1 too: what reads an id as a number of
 * JavaScript or as an int4 still can.
 */
import { ByteWriter } from "./byte-writer";
import { NumberPermutation, Feistel, type Pairs } from "./feistel";
import { derivedKey } from "./column-hash";
import { unfit } from "./mask-parts";
import type { ColumnFacts } from "./schema-facts";
import type { Mask, MaskContext } from "./transformer";

const largestOf: Record<string, number> = { int2: 2 ** 15 - 1, int4: 2 ** 31 - 1 };

/** The largest number that stays in a column; undefined: any of 63 bits. */
export const largestIn = ({ type, precision }: ColumnFacts): number | undefined =>
  largestOf[type] ??
  (type === "numeric" && precision !== undefined && precision < 16 ? 10 ** precision - 1 : undefined);

interface Tier {
  from: number;
  to: number;
}

/** `within`: the only numbers there are; any other cannot be masked. */
export function integerMask({ column, key }: MaskContext, within?: Tier): Mask {
  const largest = largestIn(column) ?? Number.MAX_SAFE_INTEGER;
  const tiers = (
    within
      ? [within]
      : [
          { from: 1, to: 2 ** 31 - 1 },
          { from: 2 ** 31, to: Number.MAX_SAFE_INTEGER },
        ]
  )
    .filter(({ from }) => from <= largest)
    .map(({ from, to }) => {
      const last = Math.min(to, largest);
      const permutation = new NumberPermutation(derivedKey(key, `numbers ${from}`), last - from + 1);
      return { from, to: last, permutation, numbers: new Float64Array(64), rows: new Int32Array(64), count: 0 };
    });
  const beyond = within || largestIn(column) !== undefined ? undefined : hugeNumbers(key);
  const writer = new ByteWriter();
  let results = new Float64Array(64);
  return (values) => {
    const { bytes, start, end, count } = values;
    if (results.length < count) results = new Float64Array(count);
    for (const tier of tiers) {
      tier.count = 0;
      if (tier.rows.length < count) [tier.numbers, tier.rows] = [new Float64Array(count), new Int32Array(count)];
    }
    const huge = new Map<number, string>();
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) continue;
      const number = numberAt(bytes, start[i]!, end[i]!);
      results[i] = number;
      if (number === 0 && !within) continue;
      const size = within ? number : Math.abs(number);
      const tier = tiers.find(({ from, to }) => size >= from && size <= to);
      if (tier) {
        tier.numbers[tier.count] = size - tier.from;
        tier.rows[tier.count++] = i;
        continue;
      }
      const masked = beyond?.(bytes.toString("latin1", start[i], end[i]));
      if (masked === undefined)
        throw unfit(column, within ? `a value is not in ${within.from} to ${within.to}` : "a value is no whole number");
      huge.set(i, masked);
    }
    for (const { permutation, numbers, rows, count: found, from } of tiers) {
      permutation.permute(numbers, found);
      for (let k = 0; k < found; k++) {
        const masked = numbers[k]! + from;
        results[rows[k]!] = !within && results[rows[k]!]! < 0 ? -masked : masked;
      }
    }
    writer.reset(count, count * 21);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      const from = writer.at;
      const big = huge.get(i);
      if (big !== undefined) writer.at += writer.bytes.write(big, from, "latin1");
      else writer.at = writeNumber(results[i]!, writer.bytes, from);
      writer.value(from);
    }
    return writer;
  };
}

/** NaN where it is no whole number, or one that a double does not have exactly. */
function numberAt(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d;
  const from = isNegative ? start + 1 : start;
  let to = end;
  // A numeric of scale 0 has no point; one without a scale may have one, with zeros after it.
  for (let i = from; i < end; i++) if (bytes[i] === 0x2e) to = zerosOnly(bytes, i + 1, end) ? i : -1;
  if (to <= from || to - from > 16) return Number.NaN;
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  if (number > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return isNegative ? -number : number;
}

function zerosOnly(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 0x30) return false;
  return true;
}

export function writeNumber(number: number, out: Buffer, at: number): number {
  if (number === 0) {
    out[at] = 0x30;
    return at + 1;
  }
  if (number < 0) out[at++] = 0x2d;
  let rest = Math.abs(number);
  let digits = 1;
  for (let power = 10; power <= rest; power *= 10) digits++;
  for (let i = at + digits - 1; i >= at; i--) {
    const next = Math.floor(rest / 10);
    out[i] = 0x30 + (rest - next * 10);
    rest = next;
  }
  return at + digits;
}

/** Numbers of 2⁵³ and more, such as ids that contain a time: they are few, and BigInt is slow. */
function hugeNumbers(key: Buffer): (text: string) => string | undefined {
  const feistel = new Feistel(derivedKey(key, "huge numbers"));
  const first = 2n ** 53n;
  const size = 2n ** 63n - first;
  const half = 2n ** 32n;
  const one = (value: number) => Float64Array.of(value);
  return (text) => {
    const [, sign, digits] = /^(-?)(\d{16,19})$/.exec(text) ?? [];
    let number = BigInt(digits ?? 0) - first;
    if (number < 0n || number >= size) return undefined;
    do {
      const pairs: Pairs = {
        a: one(Number(number / half)),
        b: one(Number(number % half)),
        sizeA: one(Number((size + half - 1n) / half)),
        sizeB: one(Number(half)),
        count: 1,
      };
      feistel.permute(pairs);
      number = BigInt(pairs.a[0]!) * half + BigInt(pairs.b[0]!);
    } while (number >= size);
    return `${sign}${number + first}`;
  };
}
