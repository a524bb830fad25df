import { z } from "zod";
import { ByteWriter } from "../byte-writer";
import { dateTypes, daysAt, firstDay, lastDay, writeDate } from "../days";
import { ColumnHash } from "../column-hash";
import { unfit, wordOf } from "../mask-parts";
import type { Transformer } from "../transformer";

const parameters = z.strictObject({
  days: z
    .int({ error: () => "give the days that it moves at most" })
    .min(1)
    .max(3650)
    .default(365),
  keepWeekday: z.boolean().default(false),
});

export const dateShift: Transformer<z.infer<typeof parameters>> = {
  name: "date-shift",
  title:
    "moves a date by some days, at most so many, never by none; with perSubject all dates of one subject move alike, so that order and spans stay",
  parameters,
  example: { days: 90 },
  fits: ({ type, declared }) =>
    dateTypes.has(type) ? undefined : `it moves dates and timestamps, and the column is ${declared}`,
  uniqueness: () => "lossy",
  escapes: false,
  needs: "subject",
  prepare({ column, key }, { days, keepWeekday }) {
    const hash = new ColumnHash(key);
    const ofRows = new ColumnHash(key);
    const writer = new ByteWriter();
    const step = keepWeekday ? 7 : 1;
    const steps = Math.max(1, Math.floor(days / step));
    return (values, { subjects }) => {
      const { bytes, start, end, count } = values;
      const hashes = hash.of(subjects ?? values);
      // A row without a subject moves for itself: all of them by one distance could be moved back.
      const rows = subjects && ofRows.of(values);
      writer.reset(count, bytes.length);
      for (let i = 0; i < count; i++) {
        if (start[i]! < 0) {
          writer.null();
          continue;
        }
        const day = daysAt(bytes, start[i]!, end[i]!);
        if (day === undefined) {
          if (!isInfinite(bytes, start[i]!, end[i]!)) throw unfit(column, "a date is outside of the years 1 to 9999");
          writer.copy(bytes, start[i]!, end[i]!);
          continue;
        }
        const own = rows && subjects.start[i]! < 0 ? rows : hashes;
        const number = wordOf(own, i * 16) % (2 * steps);
        const moved = day + (number < steps ? number - steps : number - steps + 1) * step;
        writer.ensure(end[i]! - start[i]!);
        const from = writer.at;
        const at = writeDate(Math.min(lastDay, Math.max(firstDay, moved)), writer.bytes, from);
        writer.at = at;
        // The time of day stays.
        for (let rest = start[i]! + 10; rest < end[i]!; rest++) writer.bytes[writer.at++] = bytes[rest]!;
        writer.value(from);
      }
      return writer;
    };
  },
};

/** They are no dates. */
const isInfinite = (bytes: Buffer, start: number, end: number) =>
  /^-?infinity$/.test(bytes.toString("latin1", start, end));
