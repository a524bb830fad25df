import { ChunkMasker, type MaskedColumn } from "../../../../automation/targets/masked-copy/chunk-masker";
import type { ByteColumn } from "../../../../automation/masking/transformer";
import { columnOf, valuesOf } from "../../masking/columns";

const chunk = (text: string) => new Uint8Array(Buffer.from(text));
/** Shows what a mask is given: the value, its subject, and the number of the first row. */
const shown: MaskedColumn["mask"] = (values, { firstRow, subjects }) => {
  const of = (column: ByteColumn | undefined) => (column ? valuesOf(column) : []);
  const [own, others] = [of(values), of(subjects)];
  return columnOf(own.map((value, at) => (value === null ? null : `${value}|${others[at] ?? "none"}|${firstRow}`)));
};
const run = (columns: number, masked: MaskedColumn[], text: string, firstRow = 0) => {
  const result = new ChunkMasker(columns, masked).mask(chunk(text), firstRow);
  return { ...result, text: Buffer.from(result.bytes).toString() };
};

test("a mask gets each value unescaped, with its subject's source value, kept or masked itself, escaped or NULL", () => {
  const masked = [
    { position: 1, mask: shown, escapes: true, subject: 0 },
    { position: 2, mask: shown, escapes: true, subject: 1 },
  ];
  expect(run(3, masked, "s\\\\1\ta\\tb\tx\n\\N\t\\N\ty\n", 7)).toMatchObject({
    text: "s\\\\1\ta\\tb|s\\\\1|7\tx|a\\tb|7\n\\N\t\\N\ty|none|7\n",
    rows: 2,
  });
});

test("what a mask leaves is counted where it tells something, and NULL, blanks, signs and 0 do not", () => {
  const same: MaskedColumn["mask"] = (values) => columnOf(valuesOf(values));
  const masked = [{ position: 0, mask: same, escapes: true }];
  expect(run(1, masked, "Ann\n\n0\n\\N\n---\ninfinity\nZoë\nü\n00\n").unchanged).toEqual([4]);
});

test.each([
  ["more fields", "a\tb\tc\n"],
  ["fewer fields", "a\n"],
  ["no end", "a\tb"],
])("a row with %s than the table is refused", (_, text) => {
  expect(() => run(2, [], text)).toThrow(RangeError);
});
