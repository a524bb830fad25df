/**
 * Pure: a keyed permutation of pairs (a, b), 0 ≤ a < A, 0 ≤ b < B. Different pairs stay different by construction. Each
 * round adds to one half what AES makes of the other, modulo its size: the idea of FF1 (NIST SP 800-38G), not FF1
 * itself. One call of the cipher serves a whole batch.
 *
 * Below some 10⁶ pairs any permutation can be listed by who knows enough values and their masks: NIST wants no smaller
 * domain.
 */
import { BlockCipher, derivedKey } from "./column-hash";

const BLOCK = 16;

/** FF1 has ten. */
const rounds = 10;

/** The largest size of a half: what is added in a round is then computed exactly in doubles. */
export const halfMax = 2 ** 37;

export interface Pairs {
  a: Float64Array;
  b: Float64Array;
  /** The sizes that each pair is permuted within. */
  sizeA: Float64Array;
  sizeB: Float64Array;
  count: number;
}

export class Feistel {
  private readonly cipher: BlockCipher;
  private blocks = Buffer.alloc(0);

  constructor(key: Buffer) {
    this.cipher = new BlockCipher(derivedKey(key, "permutation"));
  }

  /** In place. */
  permute({ a, b, sizeA, sizeB, count }: Pairs): void {
    if (this.blocks.length < count * BLOCK) this.blocks = Buffer.alloc(count * BLOCK);
    for (let round = 0; round < rounds; round++)
      if (round % 2 === 0) this.round(round, b, a, sizeA, count);
      else this.round(round, a, b, sizeB, count);
  }

  /** Adds to `into` what the cipher makes of `of`; the size is part of it, so that two domains do not align. */
  private round(round: number, of: Float64Array, into: Float64Array, sizes: Float64Array, count: number): void {
    const words = new Uint32Array(this.blocks.buffer, this.blocks.byteOffset, count * 4);
    for (let i = 0; i < count; i++) {
      const value = of[i]!;
      const size = sizes[i]!;
      words[i * 4] = value; // modulo 2³²
      words[i * 4 + 1] = Math.floor(value / 2 ** 32) + round * 2 ** 16;
      words[i * 4 + 2] = size;
      words[i * 4 + 3] = Math.floor(size / 2 ** 32);
    }
    const out = this.cipher.encrypt(this.blocks.subarray(0, count * BLOCK));
    for (let i = 0; i < count; i++) {
      const at = i * BLOCK;
      const size = sizes[i]!;
      // 68 bits, 52 and then 16 more: the sum is even to one part in 2³¹.
      const high = modulo((out.readUInt32LE(at) & 0xfffff) * 2 ** 32 + out.readUInt32LE(at + 4), size);
      const sum = into[i]! + modulo(high * 2 ** 16 + out.readUInt16LE(at + 8), size);
      into[i] = sum >= size ? sum - size : sum;
    }
  }
}

/** Of a whole number below 2⁵³; `%` takes ten times as long where a number has more than 31 bits. */
function modulo(value: number, size: number): number {
  const rest = value - Math.floor(value / size) * size;
  return rest < 0 ? rest + size : rest >= size ? rest - size : rest;
}

/** Permutes numbers from 0 to `size` - 1 in place; `size` is at most 2⁵³. */
export class NumberPermutation {
  private readonly feistel: Feistel;
  private readonly sizeA: number;
  private readonly sizeB: number;

  constructor(
    key: Buffer,
    readonly size: number,
  ) {
    this.feistel = new Feistel(key);
    this.sizeA = Math.ceil(Math.sqrt(size));
    this.sizeB = Math.ceil(size / this.sizeA);
  }

  permute(numbers: Float64Array, count: number): void {
    const { sizeA, sizeB } = this;
    // The pairs are a few more than the numbers: a result that is none of them is permuted again, until it is one.
    let outside = Int32Array.from({ length: count }, (_, i) => i);
    while (outside.length > 0) {
      const left = outside.length;
      const pairs: Pairs = {
        a: new Float64Array(left),
        b: new Float64Array(left),
        sizeA: new Float64Array(left).fill(sizeA),
        sizeB: new Float64Array(left).fill(sizeB),
        count: left,
      };
      for (let k = 0; k < left; k++) {
        const number = numbers[outside[k]!]!;
        pairs.a[k] = Math.floor(number / sizeB);
        pairs.b[k] = number - pairs.a[k]! * sizeB;
      }
      this.feistel.permute(pairs);
      let more = 0;
      for (let k = 0; k < left; k++) {
        const number = pairs.a[k]! * sizeB + pairs.b[k]!;
        numbers[outside[k]!] = number;
        if (number >= this.size) outside[more++] = outside[k]!;
      }
      outside = outside.subarray(0, more);
    }
  }
}
