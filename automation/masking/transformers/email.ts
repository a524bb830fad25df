import { z } from "zod";
import { hashedMask, unfitText } from "../mask-parts";
import { ColumnHash, derivedKey } from "../column-hash";
import { normaliser } from "../normal-form";
import type { Mask, MaskContext, Transformer } from "../transformer";
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
    const lower = hashedMask(context, "folded", fullLength(given), (hashes, from, out, at) => {
      if (isFull) {
        at = words.write(hashes.readUInt16LE(from + 10), false, out, at);
        out[at++] = 0x2e;
      }
      at = writeBase32(hashes, from, hashCharacters, out, at);
      out[at++] = 0x40;
      if (isFull) {
        at = words.write(hashes.readUInt16LE(from + 12), false, out, at);
        out[at++] = 0x2e;
      }
      return at + domain.copy(out, at);
    });
    return context.column.ignoresCase ? lower : withCases(lower, context);
  },
};

/**
 * A column may have the same address in several spellings, and be unique. Each but the folded one gets capitals of its
 * own, by its hash: some thirty letters may have one.
 */
function withCases(lower: Mask, { column, key }: MaskContext): Mask {
  const normal = normaliser("folded", column);
  const hash = new ColumnHash(derivedKey(key, "spellings"));
  return (values, batch) => {
    const masked = lower(values, batch);
    const folded = normal(values);
    let hashes: Buffer | undefined;
    for (let i = 0; i < values.count; i++) {
      const [start, end] = [values.start[i]!, values.end[i]!];
      if (start < 0 || values.bytes.compare(folded.bytes, folded.start[i], folded.end[i], start, end) === 0) continue;
      hashes ??= hash.of(values);
      for (let at = masked.start[i]!, bit = 0; at < masked.end[i]!; at++) {
        const byte = masked.bytes[at]!;
        if (byte < 0x61 || byte > 0x7a) continue;
        if ((hashes[i * 16 + (bit >> 3)]! >> (bit & 7)) & 1) masked.bytes[at] = byte - 0x20;
        bit++;
      }
    }
    return masked;
  };
}
