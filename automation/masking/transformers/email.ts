import { z } from "zod";
import { hashedMask, unfitText, writeBytes, type FinishMasks } from "../mask-parts";
import { ColumnHash, derivedKey } from "../column-hash";
import type { ByteColumn, MaskContext, Transformer } from "../transformer";
import { Vocabulary, writeBase32 } from "../vocabulary";

/** 80 bits, as a pseudonym has. */
const hashCharacters = 16;
const wordBytes = 6;

const parameters = z.strictObject({
  /** Reserved for examples (RFC 2606): no mail to it arrives anywhere. */
  domain: z
    .string()
    .regex(/^([a-z0-9-]+\.)*(example|test|invalid|example\.(com|net|org))$/, {
      error: () => "give a domain that nobody can have: one that ends in example, test, invalid, or example.com",
    })
    .default("example"),
});
type Parameters = z.infer<typeof parameters>;

/** `brezla.k3m9x2p7q4wzab2c@tvisko.example`; `domain` alone where the column has no room for a word before it. */
const fullLength = ({ domain }: Parameters) => wordBytes + 1 + hashCharacters + 1 + wordBytes + 1 + domain.length;
const shortLength = ({ domain }: Parameters) => hashCharacters + 1 + domain.length;

export const email: Transformer<Parameters> = {
  name: "email",
  title: "an address that no mail reaches; addresses that differ in case only get masks that differ in case only",
  parameters,
  example: { domain: "staging.example" },
  fits: (column, given) => unfitText(column, shortLength(given)),
  uniqueness: () => "collision-free-in-practice",
  escapes: false,
  prepare(context, given) {
    const words = new Vocabulary(2, context.sourceWords);
    const domain = Buffer.from(given.domain);
    const { maxLength = Number.POSITIVE_INFINITY } = context.column;
    const isFull = maxLength >= fullLength(given);
    const write = (hashes: Buffer, from: number, out: Buffer, at: number) => {
      if (isFull) {
        at = words.write(hashes[from + 10]! | (hashes[from + 11]! << 8), false, out, at);
        out[at++] = 0x2e;
      }
      at = writeBase32(hashes, from, hashCharacters, out, at);
      out[at++] = 0x40;
      if (isFull) {
        at = words.write(hashes[from + 12]! | (hashes[from + 13]! << 8), false, out, at);
        out[at++] = 0x2e;
      }
      return writeBytes(domain, out, at);
    };
    const finish = context.column.ignoresCase ? undefined : spellings(context);
    return hashedMask(context, "folded", fullLength(given), write, finish);
  },
};

/**
 * A column may have the same address in several spellings, and be unique. Each but the folded one gets capitals of its
 * own, by its hash: some thirty letters may have one.
 */
function spellings({ key }: MaskContext): FinishMasks {
  const hash = new ColumnHash(derivedKey(key, "spellings"));
  return (masked, values, folded) => {
    let hashes: Buffer | undefined;
    for (let i = 0; i < values.count; i++) {
      if (values.start[i]! < 0 || isSame(values, folded, i)) continue;
      hashes ??= hash.of(values);
      for (let at = masked.start[i]!, bit = 0; at < masked.end[i]!; at++) {
        const byte = masked.bytes[at]!;
        if (byte < 0x61 || byte > 0x7a) continue;
        if ((hashes[i * 16 + (bit >> 3)]! >> (bit & 7)) & 1) masked.bytes[at] = byte - 0x20;
        bit++;
      }
    }
  };
}

function isSame(one: ByteColumn, other: ByteColumn, i: number): boolean {
  const from = one.start[i]!;
  const length = one.end[i]! - from;
  const start = other.start[i]!;
  if (other.end[i]! - start !== length) return false;
  let at = 0;
  while (at < length && one.bytes[from + at] === other.bytes[start + at]) at++;
  return at === length;
}
