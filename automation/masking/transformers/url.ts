import { z } from "zod";
import { hashedMask, unfitText } from "../mask-parts";
import type { Transformer } from "../transformer";
import { Vocabulary, writeBase32 } from "../vocabulary";

const parameters = z.strictObject({});
const scheme = Buffer.from("https://");
const domain = Buffer.from(".example/");
const characters = 16;
const length = scheme.length + 6 + domain.length + characters;

export const url: Transformer<z.infer<typeof parameters>> = {
  name: "url",
  title: "an address that leads nowhere: `https://brezla.example/k3m9x2p7q4wzab2c`",
  parameters,
  fits: (column) => unfitText(column, length),
  uniqueness: () => "collision-free-in-practice",
  escapes: false,
  prepare(context) {
    const words = new Vocabulary(2, context.sourceWords);
    return hashedMask(context, "exact", length, (hashes, from, out, at) => {
      at += scheme.copy(out, at);
      at = words.write(hashes.readUInt16LE(from + 10), false, out, at);
      at += domain.copy(out, at);
      return writeBase32(hashes, from, characters, out, at);
    });
  },
};
