/**
 * The same value and key give the same mask in every version: copies made months apart, and rows of two databases, have
 * to fit together. If a digest here changes, every copy there is stops fitting: give the transformer a new name instead.
 */
import { createHash } from "node:crypto";
import { derivedKey } from "../../../automation/masking/column-hash";
import type { ColumnFacts } from "../../../automation/masking/schema-facts";
import { wordMasksKept } from "../../../automation/masking/limits";
import type { Mask } from "../../../automation/masking/transformer";
import { preparedTables } from "../../../automation/targets/masked-copy/table-masks";
import { masked } from "../../bench/customer-masks";
import { customerRows } from "../../bench/realistic-rows";
import { columnOf, transformerNamed, valuesOf } from "./columns";

const odd = [
  ...[
    "",
    " ",
    "a",
    "A",
    "Zoë",
    "ZOË",
    "Zoe\u0308",
    "  Ada   LOVELACE ",
    "日本語",
    "🚢 ship",
    "שלום",
    "tab\there",
    "back\\slash",
  ],
  ...[
    "x".repeat(15),
    "x".repeat(16),
    "x".repeat(17),
    "Y".repeat(300),
    "ab ".repeat(500),
    "2024-02-29",
    "٣٤٥",
    "\u00a0",
  ],
];
const texts = (value: (i: number) => string) => [
  ...Array.from({ length: 400 }, (_, i) => value(i)),
  ...Array.from({ length: 100 }, (_, i) => value(i % 7).toUpperCase()),
  ...odd,
  null,
];
const plain = (value: (i: number) => string) => [...Array.from({ length: 500 }, (_, i) => value(i % 300)), null];
const date = (i: number) => new Date(Date.UTC(1890, 0, 1 + i * 97)).toISOString().slice(0, 10);
const note = (i: number) =>
  `Customer ${i * 31} called on a Monday about Incomprehensibilities; Zoë-${i} said "No" to McDonald, 49 30 12345678901234567890`;
const document = (i: number) => `{"mail": "P${i}@mail.test", "note": "call Back", "n": [1, "x ${i}"], "ok": true}`;

const subjects: [use: string, type: string, given: unknown, values: (string | null)[], digest: string][] = [
  ["pseudonym", "text", {}, texts((i) => `customer-${i * 7919}`), "f64020943bab70a3"],
  ["pseudonym", "int8", {}, plain((i) => String(1 + i * 7919)), "b09263f66a2b02fd"],
  ["permutation", "text", {}, plain((i) => `AB-${1_000_000 + i}-zz${"9".repeat(i % 40)}`), "cd16aea1dc5f955b"],
  ["permutation", "int4", {}, plain((i) => String(i * 65_537)), "404339dc6a42f792"],
  ["email", "text", {}, texts((i) => `Person.Number${i}@mail.test`), "21fcbf569da659c1"],
  ["email", "citext", {}, texts((i) => `Person.Number${i}@mail.test`), "0a54f9f99770afae"],
  ["name", "text", {}, texts((i) => `Ada${i} Lovelace`), "5254e134cfc737f5"],
  ["name", "text", { part: "last" }, texts((i) => `Lovelace${i}`), "6ec5799b39a4a7de"],
  ["phone", "text", {}, texts((i) => `+49 (30) ${1_000_000 + i}`), "b92207a57e905c11"],
  ["phone", "text", { form: "shape" }, plain((i) => `+49 (30) ${1_000_000 + i}`), "6226e519af14ce34"],
  ["address", "text", {}, texts((i) => `${i} Long Street, Springfield`), "c7c2b9f90ea24fc9"],
  ["address", "text", { part: "postal-code" }, plain((i) => `SW${i}A 1AA`), "d5bb9660fe392e95"],
  ["company", "text", {}, texts((i) => `Company ${i} Holding`), "18a79e747bb2784b"],
  ["uuid", "uuid", {}, plain((i) => `6f9619ff-8b86-4011-b42d-${String(i).padStart(12, "0")}`), "164a7834b5dee8a3"],
  ["url", "text", {}, texts((i) => `https://site${i}.test/path`), "9dd764c29beb41e0"],
  [
    "ip",
    "inet",
    {},
    plain((i) => (i % 3 === 0 ? `2001:db8::${i}` : `192.168.${i % 250}.${i % 200}/24`)),
    "4602bc62d51bb795",
  ],
  ["card", "text", {}, plain((i) => `4539 1488 03${String(i).padStart(6, "0")}`), "94524336d2290e19"],
  ["iban", "text", {}, plain((i) => `DE89 3704 0044 ${String(i).padStart(10, "0")}`), "bce769a92c434cfa"],
  ["date-shift", "date", {}, plain(date), "d4e4c404cd08f07b"],
  [
    "date-shift",
    "date",
    { days: 90, keepWeekday: true },
    [...plain(date), "infinity", "0001-01-01", "9999-12-31"],
    "33fd7fc4dea118e7",
  ],
  ["date-shift", "timestamptz", { days: 7 }, plain((i) => `${date(i)} 12:34:56.${i}+00`), "1c75663055fa3aae"],
  ["noise", "numeric", { percent: 10 }, plain((i) => `${i}.25`), "b76f79c7de19577c"],
  ["bucket", "date", { unit: "month" }, plain(date), "f9b9644184e50828"],
  ["free-text", "text", {}, texts(note), "cfaed1cbbf0bada5"],
  ["free-text", "varchar", {}, texts((i) => "word ".repeat(i) + "Überall ".repeat(3)), "b6c80c5454dc3b1e"],
  ["json", "jsonb", { paths: { "$.mail": { use: "email" } } }, plain(document), "6da49291f82d6ce0"],
  ["array", "_text", { use: "email" }, plain((i) => `{p${i}@mail.test,"Q ${i}@mail.test",NULL}`), "e32571b6feb06ea6"],
  [
    "regex",
    "text",
    { pattern: "[A-Z]{2}-\\d+", use: "permutation", rest: "keep" },
    plain((i) => `AB-${i} is late`),
    "b2562c9a72f75411",
  ],
  ["partial", "text", { keepLast: 4 }, plain((i) => `4539148803${String(i).padStart(6, "0")}`), "29c0c3c0e71b6a74"],
  ["constant", "text", { value: "gone" }, texts((i) => `customer-${i}`), "020314513d9d13ec"],
  ["null", "text", {}, texts((i) => `customer-${i}`), "3514e2509721693e"],
  ["shuffle", "text", {}, texts((i) => `customer-${i}`), "37491a873e187670"],
  ["sequence", "text", {}, texts((i) => `customer-${i}`), "5889be5faac3020a"],
];

const digestOf = (values: unknown) => createHash("sha256").update(JSON.stringify(values)).digest("hex").slice(0, 16);
const facts = (type: string): ColumnFacts => ({
  ...{ table: "public.pinned", name: type, type, declared: type, ignoresCase: type === "citext" },
  ...{ kind: "base", notNull: false, checks: [] },
});

function maskOf(use: string, type = "text", given: unknown = {}): Mask {
  const transformer = transformerNamed(use);
  const keyOf = (name: string) => derivedKey(Buffer.alloc(32, 3), name);
  const sourceWords = new Set(["brabra", "tvetvi", "skaskeski", "vrazlo"]);
  const context = { column: facts(type), key: keyOf(use), keyOf, sourceWords };
  return transformer.prepare(context, transformer.parameters.parse(given));
}

test.each(subjects)("%s of %s %j gives the masks that it always gave", (use, type, given, values, digest) => {
  const mask = maskOf(use, type, given);
  // Twice, the second time in other chunks: what a mask remembers must not change what it gives.
  const results = [values, values.slice(0, 250), values.slice(250)].map((part, at) =>
    valuesOf(mask(columnOf(part), { firstRow: at < 2 ? 0 : 250 })),
  );
  if (use !== "shuffle") expect([...results[1]!, ...results[2]!]).toEqual(results[0]);
  expect(digestOf(results)).toBe(digest);
});

test("more words than are remembered, in one chunk and over several, each get what the word alone gets", () => {
  const word = (i: number) =>
    `${"abcdefgh"[i % 8]}${(i * 48_271) % 65_537}`.replaceAll(/\d/g, (digit) => "qwertyuiop"[+digit]!);
  const words = Array.from({ length: 1.5 * wordMasksKept }, (_, i) => word(i));
  const mask = maskOf("free-text");
  const alone = words.map((one) => valuesOf(maskOf("free-text")(columnOf([one]), { firstRow: 0 }))[0]);
  for (const size of [words.length, 1000, 7]) {
    const texts = Array.from({ length: words.length / size }, (_, at) =>
      words.slice(at * size, (at + 1) * size).join(" "),
    );
    const masks = texts.flatMap((text) => valuesOf(mask(columnOf([text]), { firstRow: 0 }))[0]!.split(" "));
    expect(masks).toEqual(alone.slice(0, masks.length));
  }
}, 60_000);

test("rows of customers are masked as they always were, with the same number of values that stayed", () => {
  const masker = preparedTables(masked)("public.customer");
  const all = createHash("sha256");
  let unchanged: number[] = [];
  let first = 0;
  for (const chunk of customerRows(12_000)) {
    const result = masker.mask(new Uint8Array(chunk), first);
    all.update(result.bytes);
    first += result.rows;
    unchanged = result.unchanged.map((count, at) => count + (unchanged[at] ?? 0));
  }
  expect({ digest: all.digest("hex").slice(0, 16), rows: first, unchanged }).toEqual({
    digest: "30b5d80b2345633b",
    rows: 12_000,
    unchanged: [0, 0, 0, 0, 0],
  });
});
