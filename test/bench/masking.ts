import { ByteWriter } from "../../automation/masking/byte-writer";
import { derivedKey } from "../../automation/masking/column-hash";
import { appendEscaped } from "../../automation/masking/copy-text";
import type { ColumnFacts } from "../../automation/masking/schema-facts";
import type { ByteColumn } from "../../automation/masking/transformer";
import { transformers } from "../../automation/masking/transformers";
import type { Measure, Taken } from "./measure";

const rowsOfBatch = 2000;
const batches = 100;

const facts = (type: string): ColumnFacts => ({
  ...{ table: "public.bench", name: type, type, declared: type },
  ...{ kind: "base", notNull: false, checks: [] },
});

/** Each with a column of values as they are in databases. */
const subjects: [use: string, type: string, given: unknown, value: (i: number) => string][] = [
  ["pseudonym", "text", {}, (i) => `customer-${i * 7919}`],
  ["pseudonym", "int8", {}, (i) => String(1 + i * 7919)],
  ["permutation", "text", {}, (i) => `AB${1_000_000 + i}`],
  ["email", "text", {}, (i) => `person.number${i}@mail.test`],
  ["name", "text", {}, (i) => `Ada${i} Lovelace`],
  ["phone", "text", {}, (i) => `+49 30 ${1_000_000 + i}`],
  ["address", "text", {}, (i) => `${i} Long Street, Springfield`],
  ["company", "text", {}, (i) => `Company ${i} Holding`],
  ["uuid", "uuid", {}, (i) => `6f9619ff-8b86-4011-b42d-${String(i).padStart(12, "0")}`],
  ["url", "text", {}, (i) => `https://site${i}.test/path`],
  ["ip", "inet", {}, (i) => `192.168.${i % 250}.${i % 200}`],
  ["card", "text", {}, (i) => `4539148803${String(i).padStart(6, "0")}`],
  ["iban", "text", {}, (i) => `DE8937040044${String(i).padStart(10, "0")}`],
  ["date-shift", "date", {}, (i) => `20${10 + (i % 10)}-0${1 + (i % 9)}-1${i % 10}`],
  ["noise", "numeric", { percent: 10 }, (i) => `${i}.25`],
  ["bucket", "date", { unit: "month" }, (i) => `20${10 + (i % 10)}-0${1 + (i % 9)}-1${i % 10}`],
  ["free-text", "text", {}, (i) => `Customer ${i} called on a Monday and asked for the invoice of last month`],
  [
    "json",
    "jsonb",
    { paths: { "$.mail": { use: "email" } } },
    (i) => `{"mail": "p${i}@mail.test", "note": "call back"}`,
  ],
  ["array", "_text", { use: "email" }, (i) => `{p${i}@mail.test,q${i}@mail.test}`],
  ["regex", "text", { pattern: "[A-Z]{2}-\\d+", use: "permutation", rest: "keep" }, (i) => `order AB-${i} is late`],
  ["partial", "text", { keepLast: 4 }, (i) => `4539148803${String(i).padStart(6, "0")}`],
  ["constant", "text", { value: "gone" }, (i) => `customer-${i}`],
  ["null", "text", {}, (i) => `customer-${i}`],
  ["shuffle", "text", {}, (i) => `customer-${i}`],
  ["sequence", "text", {}, (i) => `customer-${i}`],
];

/** The cost of each transformer for one value, beside copying the value's bytes to a chunk, which a copy does anyway. */
export const masking: Measure[] = subjects.map(([use, type, given, value]) => ({
  name: `masking: ${use}, ${type}`,
  ours: `${(rowsOfBatch * batches).toLocaleString("en")} values masked and written in batches of ${rowsOfBatch}`,
  floor: "the same values passed through: their bytes written, escapes looked for",
  runs: 5,
  async prepare() {
    const transformer = transformers.find(({ name }) => name === use)!;
    const parameters = transformer.parameters.parse(given);
    const keyOf = (name: string) => derivedKey(Buffer.alloc(32), name);
    const context = { column: facts(type), key: keyOf(use), keyOf, sourceWords: new Set<string>() };
    const mask = transformer.prepare(context, parameters);
    const columns = Array.from({ length: batches }, (_, batch) =>
      columnOf(Array.from({ length: rowsOfBatch }, (_row, row) => value(batch * rowsOfBatch + row))),
    );
    const chunk = Buffer.alloc(4 * 1024 * 1024);
    const write = ({ bytes, start, end, count }: ByteColumn) => {
      let at = 0;
      for (let i = 0; i < count; i++) if (start[i]! >= 0) at = appendEscaped(chunk, at, bytes, start[i]!, end[i]!);
    };
    return {
      ours: async () => timed(() => columns.forEach((column, i) => write(mask(column, { firstRow: i * rowsOfBatch })))),
      floor: async () => timed(() => columns.forEach(write)),
      after: async () => undefined,
    };
  },
}));

function columnOf(values: readonly string[]): ByteColumn {
  const writer = new ByteWriter();
  writer.reset(values.length, 0);
  for (const value of values) {
    const bytes = Buffer.from(value);
    writer.copy(bytes, 0, bytes.length);
  }
  return writer;
}

function timed(work: () => void): Taken {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}
