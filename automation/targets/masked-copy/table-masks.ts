/** Pure: how each table is masked, as plain data that a thread can be given. */
import { ByteWriter } from "../../masking/byte-writer";
import type { Mask } from "../../masking/transformer";
import { ChunkMasker } from "./chunk-masker";

/** One column's mask, before it is prepared. */
export interface ColumnRule {
  position: number;
  use: "constant";
  with: { value: string | null };
  subject?: number | undefined;
}

/** Table → its columns and those that are masked. A table that is not here is copied as it is. */
export interface TableMasks {
  tables: Record<string, { columns: number; masked: ColumnRule[] }>;
}

/** Prepares each table when its first chunk comes. */
export function preparedTables({ tables }: TableMasks): (table: string) => ChunkMasker {
  const prepared = new Map<string, ChunkMasker>();
  return (table) => {
    const known = prepared.get(table);
    if (known) return known;
    const rules = tables[table];
    if (!rules) throw new Error("a table that is not masked");
    const masker = new ChunkMasker(
      rules.columns,
      rules.masked.map((rule) => ({
        position: rule.position,
        subject: rule.subject,
        mask: constant(rule.with.value),
        escapes: true,
      })),
    );
    prepared.set(table, masker);
    return masker;
  };
}

function constant(value: string | null): Mask {
  const writer = new ByteWriter();
  const bytes = Buffer.from(value ?? "");
  return ({ count, start }) => {
    writer.reset(count, bytes.length);
    for (let row = 0; row < count; row++)
      if (start[row]! < 0 || value === null) writer.null();
      else writer.copy(bytes, 0, bytes.length);
    return writer;
  };
}
