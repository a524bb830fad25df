import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { dateTypes, dateOf, daysAt, daysOf, writeDate } from "../days";
import { unfit } from "../mask-parts";
import type { ColumnFacts } from "../schema-facts";
import type { Mask, Transformer } from "../transformer";

const parameters = z
  .strictObject({
    size: z
      .number({ error: () => "give a number" })
      .positive()
      .optional(),
    unit: z
      .enum(["month", "quarter", "year", "decade"], { error: () => "give month, quarter, year or decade" })
      .optional(),
  })
  .refine(({ size, unit }) => (size === undefined) !== (unit === undefined), {
    error: () => "give size for numbers, or unit for dates",
  });

const numbers = /^(int2|int4|int8|numeric|float4|float8)$/;

export const bucket: Transformer<z.infer<typeof parameters>> = {
  name: "bucket",
  title:
    "the lower end of the range that a number or date is in; **not keyed**, and a lone value at an edge stays as it is",
  parameters,
  example: { unit: "year" },
  fits({ type, declared }, { size }) {
    if (size === undefined) return dateTypes.has(type) ? undefined : `unit is for dates, and the column is ${declared}`;
    if (!numbers.test(type)) return `size is for numbers, and the column is ${declared}`;
    return type.startsWith("int") && !Number.isInteger(size)
      ? "the column has whole numbers, and the size is none"
      : undefined;
  },
  uniqueness: () => "lossy",
  leaves: true,
  escapes: false,
  prepare: ({ column }, { size, unit }) => (size === undefined ? dates(column, unit!) : sizes(column, size)),
};

function dates(column: ColumnFacts, unit: "month" | "quarter" | "year" | "decade"): Mask {
  const writer = new ByteWriter();
  return ({ bytes, start, end, count }) => {
    writer.reset(count, bytes.length + count * 10);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      const days = daysAt(bytes, start[i]!, end[i]!);
      if (days === undefined) throw unfit(column, "a date is outside of the years 1 to 9999");
      const [year, month] = dateOf(days);
      const [first, from] = {
        month: [year, month],
        quarter: [year, month - ((month - 1) % 3)],
        year: [year, 1],
        decade: [Math.max(1, year - (year % 10)), 1],
      }[unit] as [number, number];
      const at = writer.at;
      writer.at = writeDate(daysOf(first, from, 1), writer.bytes, at);
      writer.value(at);
    }
    return writer;
  };
}

function sizes(column: ColumnFacts, size: number): Mask {
  const writer = new ByteWriter();
  return ({ bytes, start, end, count }) => {
    writer.reset(count, count * 40);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      const number = Number(bytes.toString("latin1", start[i], end[i]));
      if (!Number.isSafeInteger(Math.trunc(number))) throw unfit(column, "a number is too large to be rounded exactly");
      const lower = Math.floor(number / size) * size;
      const at = writer.at;
      writer.at += writer.bytes.write(String(Number(lower.toPrecision(15))), at, "latin1");
      writer.value(at);
    }
    return writer;
  };
}
