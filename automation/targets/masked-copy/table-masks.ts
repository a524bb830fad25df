/** Pure: how each table is masked, as plain data that a thread can be given. */
import { prepareMask, type PlannedMask, type PlannedTable } from "../../masking/mask-plan";
import { transformersWith, type CompiledTransformer } from "../../masking/own/own-transformers";
import { ChunkMasker } from "./chunk-masker";

/** One column's mask, before it is prepared. */
export interface ColumnRule {
  /** Which field of a row, from 0. */
  position: number;
  mask: PlannedMask;
  /** The field whose source value is the mask's subject. */
  subject?: number | undefined;
}

export interface TableMasks {
  /** Table → the fields of its rows, by their names, and those that are masked. One that is not here is not copied. */
  tables: Record<string, { columns: string[]; masked: ColumnRule[] }>;
  /** Tables of which no row is copied. */
  empty: string[];
  /** The profile's. It is in memory only, and ends with the threads. */
  secret: Uint8Array;
  /** No fake value contains one. */
  sourceWords: string[];
  /** Transformers of a team's own, which each thread loads. */
  own?: CompiledTransformer[] | undefined;
}

export function tableMasks(
  planned: readonly PlannedTable[],
  { secret, sourceWords, own }: Pick<TableMasks, "secret" | "sourceWords" | "own">,
): TableMasks {
  const tables: TableMasks["tables"] = {};
  for (const { name, columns, empty } of planned) {
    if (empty) continue;
    const masked = columns.flatMap(({ mask }, position): ColumnRule[] => {
      if (!mask) return [];
      const subject = columns.findIndex((one) => one.name === mask.perSubject);
      return [{ position, mask, ...(subject >= 0 && { subject }) }];
    });
    tables[name] = { columns: columns.map((column) => column.name), masked };
  }
  return { tables, empty: planned.filter(({ empty }) => empty).map(({ name }) => name), secret, sourceWords, own };
}

/** Prepares each table when its first chunk comes. Errors: masking-value-unfit. */
export function preparedTables({ tables, secret, sourceWords, own }: TableMasks): (table: string) => ChunkMasker {
  const prepared = new Map<string, ChunkMasker>();
  const transformers = transformersWith(own);
  const material = { secret: Buffer.from(secret), sourceWords: new Set(sourceWords), transformers };
  return (table) => {
    const known = prepared.get(table);
    if (known) return known;
    const rules = tables[table];
    if (!rules) throw new Error("a table that is not masked");
    const masked = rules.masked.map(({ position, mask, subject }) => ({
      ...{ position, subject },
      mask: prepareMask(mask, material),
      escapes: transformers.find(({ name }) => name === mask.use)?.escapes ?? true,
    }));
    const masker = new ChunkMasker(rules.columns.length, masked);
    prepared.set(table, masker);
    return masker;
  };
}
