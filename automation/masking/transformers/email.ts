import { z } from "zod";
import { hashedMask, unfitText } from "../mask-parts";
import type { Transformer } from "../transformer";
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
  title: "an address that no mail reaches; addresses that differ in case only get the same",
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
    return hashedMask(context, "folded", fullLength(given), (hashes, from, out, at) => {
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
  },
};
