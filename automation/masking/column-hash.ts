/**
 * Pure: a keyed hash of a whole column. AES-CMAC (RFC 4493, with a 256-bit key) needs one call of the cipher for each 16
 * bytes of the longest value, however many values there are; an HMAC of Node.js needs several calls for each value, and
 * costs more than everything else that is done to a row.
 */
import { createCipheriv, createHmac, type Cipher } from "node:crypto";
import type { ByteColumn } from "./transformer";

const BLOCK = 16;
const WORDS = BLOCK / 4;

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
  private readonly full: Int32Array;
  private readonly padded: Int32Array;
  private readonly longKey: Buffer;
  private blocks = Buffer.alloc(0);
  private hashes = Buffer.alloc(0);
  /** The same bytes as words of 32 bits, of which a block has four. */
  private blockWords: Int32Array = new Int32Array(0);
  private hashWords: Int32Array = new Int32Array(0);
  private active = new Int32Array(0);

  constructor(key: Buffer) {
    this.cipher = new BlockCipher(key);
    this.longKey = derivedKey(key, "long values");
    const full = doubled(this.cipher.encrypt(Buffer.alloc(BLOCK)));
    this.full = words32(full);
    this.padded = words32(doubled(full));
  }

  /** 16 bytes for each value, zeros for NULL; valid until the next call. */
  of(values: ByteColumn): Buffer {
    const { bytes, start, end, count } = values;
    this.makeRoom(count);
    const { hashes, hashWords, active } = this;
    hashWords.fill(0, 0, count * WORDS);
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
    const { hashWords, blockWords, active, full, padded } = this;
    for (let k = 0; k < left; k++) {
      const i = active[k]!;
      const from = start[i]! + round * BLOCK;
      const length = end[i]! - from;
      const state = i * WORDS;
      const at = k * WORDS;
      if (length > BLOCK) {
        for (let j = 0; j < WORDS; j++) blockWords[at + j] = hashWords[state + j]! ^ wordAt(bytes, from + 4 * j);
        continue;
      }
      const tail = length === BLOCK ? full : padded;
      for (let j = 0; j < WORDS; j++) {
        const word = length - 4 * j >= 4 ? wordAt(bytes, from + 4 * j) : lastWord(bytes, from + 4 * j, length - 4 * j);
        blockWords[at + j] = hashWords[state + j]! ^ word ^ tail[j]!;
      }
    }
    const out = words32(this.cipher.encrypt(this.blocks.subarray(0, left * BLOCK)));
    let more = 0;
    for (let k = 0; k < left; k++) {
      const i = active[k]!;
      const state = i * WORDS;
      const at = k * WORDS;
      hashWords[state] = out[at]!;
      hashWords[state + 1] = out[at + 1]!;
      hashWords[state + 2] = out[at + 2]!;
      hashWords[state + 3] = out[at + 3]!;
      if (start[i]! + (round + 1) * BLOCK < end[i]!) active[more++] = i;
    }
    return more;
  }

  private makeRoom(count: number): void {
    if (this.active.length >= count) return;
    // Chunks have a few rows more or fewer: not each is worth new buffers.
    const room = count + (count >> 2);
    this.active = new Int32Array(room);
    this.blocks = Buffer.alloc(room * BLOCK);
    this.hashes = Buffer.alloc(room * BLOCK);
    this.blockWords = words32(this.blocks);
    this.hashWords = words32(this.hashes);
  }
}

/** Four bytes, as they are in memory. */
const wordAt = (bytes: Buffer, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/** What is left of a value, the bit that ends it, and zeros; `length` is below 4, and negative behind the end. */
function lastWord(bytes: Buffer, at: number, length: number): number {
  if (length < 0) return 0;
  let word = 0x80 << (8 * length);
  for (let i = 0; i < length; i++) word |= bytes[at + i]! << (8 * i);
  return word;
}

/** A view of them, or of a copy where they begin in the middle of a word of the memory. */
export const words32 = (bytes: Buffer): Int32Array =>
  bytes.byteOffset % 4 === 0
    ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
    : words32(Buffer.from(new Uint8Array(bytes).buffer));

/** Multiplied by x in GF(2¹²⁸), as RFC 4493 derives its two subkeys. */
function doubled(block: Buffer): Buffer {
  const out = Buffer.alloc(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = ((block[i]! << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff;
  if (block[0]! & 0x80) out[BLOCK - 1]! ^= 0x87;
  return out;
}
