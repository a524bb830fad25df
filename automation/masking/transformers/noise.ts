import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { ColumnHash } from "../column-hash";
import { unfit } from "../mask-parts";
import { normaliser } from "../normal-form";
import type { ColumnFacts } from "../schema-facts";
import type { Transformer } from "../transformer";
import { largestIn } from "../integer-mask";

const parameters = z
  .strictObject({
    percent: z
      .number({ error: () => "give a number" })
      .positive()
      .max(100)
      .optional(),
    absolute: z
      .number({ error: () => "give a number" })
      .positive()
      .optional(),
  })
  .refine(({ percent, absolute }) => (percent === undefined) !== (absolute === undefined), {
    error: () => "give percent or absolute",
  });

const numbers = /^(int2|int4|int8|numeric|float4|float8)$/;

export const noise: Transformer<z.infer<typeof parameters>> = {
  name: "noise",
  title: "a number near the original: at most so many percent away, or so much; the same number gets the same",
  parameters,
  example: { percent: 10 },
  fits: ({ type, declared }) => (numbers.test(type) ? undefined : `it changes numbers, and the column is ${declared}`),
  uniqueness: () => "lossy",
  escapes: false,
  prepare({ column, key }, { percent, absolute }) {
    const hash = new ColumnHash(key);
    const normal = normaliser("exact", column);
    const writer = new ByteWriter();
    const limits = limitsOf(column);
    return (values) => {
      const { bytes, start, end, count } = values;
      const hashes = hash.of(normal(values));
      writer.reset(count, bytes.length + count * 40);
      for (let i = 0; i < count; i++) {
        if (start[i]! < 0) {
          writer.null();
          continue;
        }
        const text = bytes.toString("latin1", start[i], end[i]);
        const number = Number(text);
        if (/^(NaN|-?Infinity)$/.test(text)) {
          writer.copy(bytes, start[i]!, end[i]!);
          continue;
        }
        if (!(Math.abs(number) <= Number.MAX_SAFE_INTEGER))
          throw unfit(column, "a number is too large to be changed exactly");
        // Between -1 and 1, and never so near to 0 that nothing changes.
        const share = ((hashes.readUInt32LE(i * 16) % 100_000) + 1) / 100_000;
        const sign = hashes[i * 16 + 4]! % 2 === 0 ? 1 : -1;
        const most = absolute ?? (Math.abs(number) * percent!) / 100;
        const scale = scaleOf(text, column);
        const least = most > 0 ? 10 ** -scale : 0;
        const changed = number + sign * Math.max(least, share * most);
        const from = writer.at;
        const within = Math.min(limits.to, Math.max(limits.from, changed));
        writer.ensure(64);
        writer.at += writer.bytes.write(within.toFixed(scale), from, "latin1");
        writer.value(from);
      }
      return writer;
    };
  },
};

/** As many places as the value has, so that it does not stand out among others. */
function scaleOf(text: string, { type, scale }: ColumnFacts): number {
  if (type.startsWith("int")) return 0;
  const point = text.indexOf(".");
  const exponent = /e/i.test(text);
  return scale ?? (exponent ? 6 : point === -1 ? 0 : Math.min(15, text.length - point - 1));
}

function limitsOf(column: ColumnFacts): { from: number; to: number } {
  const { type, precision, scale = 0 } = column;
  const to =
    type === "numeric" && precision !== undefined
      ? 10 ** (precision - scale) - 10 ** -scale
      : (largestIn(column) ?? Number.MAX_SAFE_INTEGER);
  return { from: -to, to };
}
