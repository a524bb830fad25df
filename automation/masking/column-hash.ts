/**
 * Pure: a keyed hash of a whole column. AES-CMAC (RFC 4493, with a 256-bit key) needs one call of the cipher for each 16
 * bytes of the longest value, however many values there are; an HMAC of Node.js needs several calls for each value, and
 * costs more than everything else that is done to a row.
 */
import { createCipheriv, createHmac, type Cipher } from "node:crypto";
import type { ByteColumn } from "./transformer";

const BLOCK = 16;

/** From here on one HMAC for the value is cheaper than hundreds of rounds that few values of the column need. */
const hmacFromBytes = 1024;

/** 32 bytes for one purpose, of a key. */
export const derivedKey = (key: Buffer, purpose: string): Buffer =>
  createHmac("sha256", key).update(`shipshape masking 1\0${purpose}`).digest();

/** AES in blocks that do not depend on each other: the same cipher serves every batch. */
export class BlockCipher {
  private readonly cipher: Cipher;

  constructor(key: Buffer) {
    this.cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  }

  encrypt(blocks: Buffer): Buffer {
    return this.cipher.update(blocks);
  }
}

export class ColumnHash {
  private readonly cipher: BlockCipher;
  /** What the last block is combined with: if it is full, and if it had to be padded. */
  private readonly full: Buffer;
  private readonly padded: Buffer;
  private readonly longKey: Buffer;
  private blocks = Buffer.alloc(0);
  private hashes = Buffer.alloc(0);
  private active = new Int32Array(0);

  constructor(key: Buffer) {
    this.cipher = new BlockCipher(key);
    this.longKey = derivedKey(key, "long values");
    this.full = doubled(this.cipher.encrypt(Buffer.alloc(BLOCK)));
    this.padded = doubled(this.full);
  }

  /** 16 bytes for each value, zeros for NULL; valid until the next call. */
  of(values: ByteColumn): Buffer {
    const { bytes, start, end, count } = values;
    this.makeRoom(count);
    const { hashes, active } = this;
    hashes.fill(0, 0, count * BLOCK);
    let left = 0;
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) continue;
      if (end[i]! - start[i]! < hmacFromBytes) active[left++] = i;
      else this.hashLong(bytes.subarray(start[i], end[i])).copy(hashes, i * BLOCK, 0, BLOCK);
    }
    for (let round = 0; left > 0; round++) left = this.round(values, round, left);
    return hashes;
  }

  private hashLong(value: Buffer): Buffer {
    return createHmac("sha256", this.longKey).update(value).digest();
  }

  /** One block of each value that has one; returns how many have another. */
  private round({ bytes, start, end }: ByteColumn, round: number, left: number): number {
    const { hashes, active, full, padded } = this;
    const blocks = this.blocks;
    let more = 0;
    for (let k = 0; k < left; k++) {
      const i = active[k]!;
      const from = start[i]! + round * BLOCK;
      const length = Math.min(end[i]! - from, BLOCK);
      const isLast = from + BLOCK >= end[i]!;
      const tail = length === BLOCK ? full : padded;
      const state = i * BLOCK;
      const at = k * BLOCK;
      for (let j = 0; j < BLOCK; j++) {
        const byte = j < length ? bytes[from + j]! : j === length ? 0x80 : 0;
        blocks[at + j] = hashes[state + j]! ^ byte ^ (isLast ? tail[j]! : 0);
      }
    }
    const out = this.cipher.encrypt(blocks.subarray(0, left * BLOCK));
    for (let k = 0; k < left; k++) {
      const i = active[k]!;
      const state = i * BLOCK;
      const at = k * BLOCK;
      for (let j = 0; j < BLOCK; j++) hashes[state + j] = out[at + j]!;
      if (start[i]! + (round + 1) * BLOCK < end[i]!) active[more++] = i;
    }
    return more;
  }

  private makeRoom(count: number): void {
    if (this.active.length >= count) return;
    this.active = new Int32Array(count);
    this.blocks = Buffer.alloc(count * BLOCK);
    this.hashes = Buffer.alloc(count * BLOCK);
  }
}

/** Multiplied by x in GF(2¹²⁸), as RFC 4493 derives its two subkeys. */
function doubled(block: Buffer): Buffer {
  const out = Buffer.alloc(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = ((block[i]! << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff;
  if (block[0]! & 0x80) out[BLOCK - 1]! ^= 0x87;
  return out;
}
