// Random schemas with random rows, masked by the plan of a profile as a copy does it: what must hold of all of them.
import fc from "fast-check";
import { checkProfile } from "../../../automation/masking/check";
import { planMasks } from "../../../automation/masking/mask-plan";
import type { Rule } from "../../../automation/masking/profile";
import type { ColumnFacts, ForeignKeyFacts } from "../../../automation/masking/schema-facts";
import { transformers } from "../../../automation/masking/transformers";
import { preparedTables, tableMasks } from "../../../automation/targets/masked-copy/table-masks";
import { factsOf, profileOf, tableOf, unique, use } from "./schemas";

type Cell = string | null;
interface Table {
  name: string;
  /** Of its key and of what refers to it: types may differ in width. */
  key: Partial<ColumnFacts>;
  keys: string[];
  references: { to: number; wider: boolean; picks: number[] }[];
  payload: { rule: Rule; values: Cell[] }[];
}

const kinds: [Partial<ColumnFacts>, Partial<ColumnFacts>, fc.Arbitrary<string>][] = [
  [{ type: "int4" }, { type: "int8" }, fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(String)],
  [{ type: "int8" }, { type: "numeric" }, fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String)],
  [{ type: "uuid" }, { type: "uuid" }, fc.uuid()],
  [{ type: "varchar", maxLength: 10 }, { type: "text" }, fc.stringMatching(/^[A-Z]{2}[0-9]{6,8}$/)],
  [{ type: "text" }, { type: "varchar", maxLength: 40 }, fc.stringMatching(/^[a-zé\\\t ]{1,10}[0-9]{6}$/u)],
];
const rules = ["email", "name", "free-text", "phone", "company", "address"];
const cell = fc.option(fc.stringMatching(/^Qz[a-z]{6}[\\\t\n'"@ é]?[a-z]{8}[0-9]{4}$/u), { freq: 8 });

const rowsMax = 12;
const table = (at: number, count: number) =>
  fc.integer({ min: 0, max: kinds.length - 1 }).chain((kind) =>
    fc.record({
      name: fc.constantFrom(`public.t${at}`, `public."T ${at}"`),
      kind: fc.constant(kind),
      keys: fc.uniqueArray(kinds[kind]![2], { minLength: 1, maxLength: rowsMax }),
      references: fc.array(
        fc.record({
          to: fc.integer({ min: 0, max: count - 1 }),
          wider: fc.boolean(),
          picks: fc.array(fc.nat(), { minLength: rowsMax, maxLength: rowsMax }),
        }),
        { maxLength: 3 },
      ),
      payload: fc.array(
        fc.record({
          rule: fc.constantFrom(...rules).map((name) => use(name)),
          values: fc.array(cell, { minLength: rowsMax, maxLength: rowsMax }),
        }),
        { maxLength: 3 },
      ),
    }),
  );
const schemas = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => table(at, count))))
  .map((tables) =>
    tables.map(({ kind, ...one }): Table & { kind: number } => ({ ...one, kind, key: kinds[kind]![0] })),
  );
type Schema = (Table & { kind: number })[];

/** Each table's columns: the key, the references, the rest. */
const columnsOf = (schema: Schema, { key, references, payload }: Table) => ({
  id: { ...key, notNull: true },
  ...Object.fromEntries(references.map(({ to, wider }, at) => [`ref${at}`, kinds[schema[to]!.kind]![wider ? 1 : 0]])),
  ...Object.fromEntries(payload.map((_, at) => [`p${at}`, {}])),
});

const rowsOf = (schema: Schema, { keys, references, payload }: Table): Cell[][] =>
  keys.map((id, row) => [
    id,
    ...references.map(({ to, picks }) => {
      const others = schema[to]!.keys;
      const pick = picks[row]! % (others.length + 1);
      return others[pick] ?? null;
    }),
    ...payload.map(({ values }) => values[row]!),
  ]);

const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n" };
const letters: Record<string, string> = { t: "\t", n: "\n", "\\": "\\" };
const written = (value: Cell) => (value === null ? "\\N" : value.replaceAll(/[\\\t\n]/g, (one) => escapes[one]!));
const read = (field: string): Cell =>
  field === "\\N" ? null : field.replaceAll(/\\(.)/g, (_, one: string) => letters[one] ?? one);

function plan(schema: Schema) {
  const foreignKeys = schema.flatMap(({ name, references }): ForeignKeyFacts[] =>
    references.map(({ to }, at) => ({
      ...{ name: `fk${at}`, table: name, columns: [`ref${at}`] },
      references: { table: schema[to]!.name, columns: ["id"] },
    })),
  );
  const facts = factsOf(
    schema.map((one) => tableOf(one.name, columnsOf(schema, one))),
    { foreignKeys, uniques: schema.map(({ name }) => unique(name, ["id"], { primary: true })) },
  );
  const profile = profileOf(
    Object.fromEntries(
      schema.map((one) => [
        one.name,
        Object.fromEntries(
          Object.keys(columnsOf(schema, one)).map((name) => [
            name,
            name.startsWith("p") ? one.payload[Number(name.slice(1))]!.rule : use("pseudonym"),
          ]),
        ),
      ]),
    ),
  );
  expect(checkProfile(profile, facts, transformers)).toEqual([]);
  return planMasks(profile, facts);
}

/** Every table masked, in chunks of so many rows. */
function maskedRows(schema: Schema, secret: number, chunk = rowsMax): Cell[][][] {
  const masks = tableMasks(plan(schema), { secret: Buffer.alloc(32, secret), sourceWords: [] });
  const maskers = preparedTables(masks);
  return schema.map((one) => {
    const rows = rowsOf(schema, one);
    const found: Cell[][] = [];
    for (let at = 0; at < rows.length; at += chunk) {
      const lines = rows.slice(at, at + chunk).map((row) => `${row.map(written).join("\t")}\n`);
      const { bytes } = maskers(one.name).mask(new Uint8Array(Buffer.from(lines.join(""))), at);
      const text = Buffer.from(bytes).toString();
      found.push(
        ...text
          .split("\n")
          .slice(0, -1)
          .map((line) => line.split("\t").map(read)),
      );
    }
    return found;
  });
}

const holds = (property: (schema: Schema) => void) => fc.assert(fc.property(schemas, property), { numRuns: 60 });

test("every reference finds its row, every key stays unique, and NULL stays NULL", () =>
  holds((schema) => {
    const after = maskedRows(schema, 1);
    schema.forEach((one, at) => {
      expect(new Set(after[at]!.map(([id]) => id)).size).toBe(one.keys.length);
      rowsOf(schema, one).forEach((row, line) =>
        row.forEach((value, field) => expect(after[at]![line]![field] === null).toBe(value === null)),
      );
      one.references.forEach(({ to }, reference) => {
        const before = rowsOf(schema, one).map((row) => row[1 + reference]!);
        const masked = new Map(schema[to]!.keys.map((key, row) => [key, after[to]![row]![0]]));
        before.forEach((key, row) => {
          if (key !== null) expect(after[at]![row]![1 + reference]).toBe(masked.get(key));
        });
      });
    });
  }));

test("the same key gives the same rows, in chunks of any size, and another key gives others", () =>
  holds((schema) => {
    const once = maskedRows(schema, 1);
    expect(maskedRows(schema, 1, 1)).toEqual(once);
    const other = maskedRows(schema, 2);
    const long = (value: Cell | undefined) => typeof value === "string" && value.length >= 12;
    once.forEach((rows, at) =>
      rows.forEach((row, line) =>
        row.forEach((value, field) => {
          if (long(value)) expect(other[at]![line]![field]).not.toBe(value);
        }),
      ),
    );
  }));

test("no value of the source is anywhere in the copy", () =>
  holds((schema) => {
    const text = JSON.stringify(maskedRows(schema, 1)).toLowerCase();
    const sources = schema.flatMap((one) => rowsOf(schema, one)).flat();
    for (const value of sources)
      if (value !== null && value.length >= 12)
        expect(text.includes(JSON.stringify(value).slice(1, -1).toLowerCase())).toBe(false);
  }));
