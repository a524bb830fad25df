/**
 * Pure: what a profile says of each column of a schema, ready for a copy: plain JSON, so that it goes to threads.
 * `checkProfile` has to have found no problem.
 */
import { ShipshapeError } from "../errors";
import { factsOfClass, keyClasses, rootOf } from "./key-classes";
import { derivedKey } from "./column-hash";
import type { MaskingProfile } from "./profile";
import { columnId, type ColumnFacts, type SchemaFacts, type TableFacts } from "./schema-facts";
import type { Mask, Transformer } from "./transformer";

export interface PlannedMask {
  use: string;
  with: unknown;
  class: string;
  perSubject?: string;
  /** What the mask has to fit: of a key class its narrowest column. */
  column: ColumnFacts;
}

export interface PlannedColumn {
  name: string;
  /** Undefined: kept. */
  mask?: PlannedMask;
}

export interface PlannedTable {
  name: string;
  /** What COPY names: the table's columns in order, without those that PostgreSQL computes. None where no row is copied. */
  columns: PlannedColumn[];
  empty?: true;
}

/** Tables whose rows a copy carries: not the partitioned ones themselves, no views, no foreign tables. */
const isCopied = ({ kind }: TableFacts) => kind === "table" || kind === "partition";

/** In the order of the facts. */
export function planMasks(profile: MaskingProfile, facts: SchemaFacts): PlannedTable[] {
  const root = rootOf(facts);
  const columnOf = new Map(facts.tables.flatMap(({ columns }) => columns.map((column) => [columnId(column), column])));
  const classOf = new Map(
    keyClasses(facts, profile).flatMap(({ name, columns }) =>
      columns.map((id) => [id, { name, column: factsOfClass(columns.flatMap((one) => columnOf.get(one) ?? [])) }]),
    ),
  );
  return facts.tables
    .filter((table) => isCopied(table))
    .map((table) => {
      const planned = ownOf(profile.tables, root(table.name));
      if (planned?.empty) return { name: table.name, columns: [], empty: true };
      const columns = table.columns
        .filter(({ generated }) => !generated)
        .map((column): PlannedColumn => {
          const rule = ownOf(planned?.columns, column.name);
          if (rule && "keep" in rule) return { name: column.name };
          if (!rule || "unclassified" in rule)
            throw new Error(`${columnId(column)} is not classified: check the profile first`);
          const inClass = classOf.get(columnId({ table: root(table.name), name: column.name }));
          const name = rule.class ?? inClass?.name ?? rule.use;
          const mask = { use: rule.use, with: rule.with ?? {}, class: name, column: inClass?.column ?? column };
          return { name: column.name, mask: { ...mask, ...(rule.perSubject && { perSubject: rule.perSubject }) } };
        });
      return { name: table.name, columns };
    });
}

/** Not what every object has: a column may be named `constructor`. */
const ownOf = <T>(record: Record<string, T> | undefined, name: string): T | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;

export interface MaskMaterial {
  /** Of the profile's secret. */
  secret: Buffer;
  sourceWords: ReadonlySet<string>;
  transformers: readonly Transformer[];
}

/** Once for each column and thread. Errors: masking-value-unfit. */
export function prepareMask({ use, with: given, class: name, column }: PlannedMask, material: MaskMaterial): Mask {
  const { secret, sourceWords, transformers } = material;
  const transformer = transformers.find((one) => one.name === use);
  if (!transformer)
    throw new ShipshapeError("masking-value-unfit", {
      column: columnId(column),
      reason: `there is no transformer ${use}`,
    });
  const parameters = transformer.parameters.parse(given);
  const keyOf = (one: string) => derivedKey(secret, `class ${one}`);
  return transformer.prepare({ column, key: keyOf(name), keyOf, sourceWords }, parameters);
}
