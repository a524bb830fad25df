/** Columns as a copy hands them over, from values and back. */
import type { ColumnFacts } from "../../../automation/masking/schema-facts";
import { derivedKey } from "../../../automation/masking/column-hash";
import type { ByteColumn, Transformer } from "../../../automation/masking/transformer";
import { transformers } from "../../../automation/masking/transformers";

export function columnOf(values: readonly (string | Buffer | null)[]): ByteColumn {
  const buffers = values.map((value) => (value === null ? null : Buffer.from(value)));
  const start = new Int32Array(values.length);
  const end = new Int32Array(values.length);
  let at = 0;
  buffers.forEach((value, i) => {
    start[i] = value === null ? -1 : at;
    at += value?.length ?? 0;
    end[i] = value === null ? -1 : at;
  });
  return { bytes: Buffer.concat(buffers.flatMap((value) => value ?? [])), start, end, count: values.length };
}

export const valuesOf = ({ bytes, start, end, count }: ByteColumn): (string | null)[] =>
  Array.from({ length: count }, (_, i) => (start[i]! < 0 ? null : bytes.toString("utf8", start[i], end[i])));

export const column = (more: Partial<ColumnFacts> = {}): ColumnFacts => ({
  table: "public.customers",
  name: "it",
  type: "text",
  declared: more.type ?? "text",
  kind: "base",
  notNull: false,
  checks: [],
  ...more,
});

export const transformerNamed = (name: string): Transformer => {
  const found = transformers.find((one) => one.name === name);
  if (!found) throw new Error(`no transformer ${name}`);
  return found;
};

export interface Masking {
  use: string;
  with?: unknown;
  facts?: Partial<ColumnFacts>;
  key?: string;
  sourceWords?: ReadonlySet<string>;
  batch?: { firstRow?: number; subjects?: readonly (string | null)[] };
}

/** What a column becomes. */
export function masked(
  values: readonly (string | null)[],
  { use, with: given = {}, ...rest }: Masking,
): (string | null)[] {
  const { facts, key = "a key", sourceWords = new Set(), batch } = rest;
  const transformer = transformerNamed(use);
  const parameters = transformer.parameters.parse(given);
  const keyOf = (name: string) => derivedKey(Buffer.from(key), name);
  const context = { column: column(facts), key: keyOf("class"), keyOf, sourceWords };
  const mask = transformer.prepare(context, parameters);
  const { firstRow = 0, subjects } = batch ?? {};
  return valuesOf(mask(columnOf(values), { firstRow, ...(subjects && { subjects: columnOf(subjects) }) }));
}
