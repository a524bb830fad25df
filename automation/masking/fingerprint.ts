/**
 * Pure: 64-bit fingerprints of byte strings, by HalfSipHash-2-4 with a key of the run (J.-P. Aumasson, D. J. Bernstein,
 * "SipHash: a fast short-input PRF"): 32-bit words, which JavaScript multiplies and turns without allocating. What is
 * fingerprinted differs in no letter's case: A to Z count as a to z.
 */

/** A to Z as a to z; all other bytes as they are. */
export const folded = new Uint8Array(256).map((_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

export class Fingerprint {
  /** The last fingerprint, as two words, so that none is allocated. */
  high = 0;
  low = 0;
  private readonly k0: number;
  private readonly k1: number;

  /** `key` has 8 bytes. */
  constructor(key: Buffer) {
    this.k0 = key.readInt32LE(0);
    this.k1 = key.readInt32LE(4);
  }

  digest(bytes: Uint8Array, from: number, length: number): void {
    let v0 = this.k0;
    let v1 = this.k1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.k0;
    let v3 = 0x74656462 ^ this.k1;
    const blocks = length & ~3;
    // Behind the last block two turns finish, each with four rounds and a word of the result.
    for (let at = 0; at <= blocks + 8; at += 4) {
      let word: number;
      if (at < blocks)
        word =
          folded[bytes[from + at]!]! |
          (folded[bytes[from + at + 1]!]! << 8) |
          (folded[bytes[from + at + 2]!]! << 16) |
          (folded[bytes[from + at + 3]!]! << 24);
      else if (at === blocks) {
        word = length << 24;
        for (let rest = length - blocks - 1; rest >= 0; rest--)
          word |= folded[bytes[from + blocks + rest]!]! << (8 * rest);
      } else word = 0;
      const finishes = at > blocks;
      if (at === blocks + 4) v2 ^= 0xee;
      if (at === blocks + 8) {
        this.high = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v3 ^= word;
      for (let round = finishes ? 4 : 2; round > 0; round--) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      v0 ^= word;
    }
    this.low = v1 ^ v3;
  }
}
