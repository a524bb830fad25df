/**
 * Of columns of few different values: how often a mask left a value as it was, against what chance would do. Each
 * different value is counted once in either database, whatever its number of rows.
 */
import type { Client } from "pg";
import type { LeakScan } from "../../masking/leak-scan";
import { transformers } from "../../masking/transformers";
import type { CopiedTable } from "./copied-tables";
import type { CopiedRows } from "./copy-tables";
import { histogramRowsMax } from "./limits";
import { chosenFrom, type ChosenRows } from "./subset-rows";
import type { TableMasks } from "./table-masks";

/** A column, as the search knows it. */
interface Counted {
  id: string;
  table: CopiedTable;
  column: { name: string; type: string; isEnum: boolean; isArray: boolean };
  isCopied: boolean;
}

interface Counts {
  rows: number;
  /** Digest of a value → its rows. */
  counts: Record<string, number> | null;
}

export class PositionCounts {
  private readonly before = new Map<string, Counts>();
  private readonly after = new Map<string, Counts>();

  constructor(
    private readonly of: { masks: TableMasks; chosen?: ChosenRows | undefined; copied: Record<string, CopiedRows> },
  ) {}

  async countInSource(source: Client, columns: readonly Counted[]): Promise<void> {
    const { chosen } = this.of;
    for (const one of this.comparable(columns))
      this.before.set(one.id, await count(source, one, chosen ? chosenFrom(one.table.name, chosen) : allOf(one)));
  }

  /** Those that were not counted before. */
  async countInCopy(copy: Client, columns: readonly Counted[]): Promise<void> {
    for (const one of this.comparable(columns))
      if (!this.after.has(one.id)) this.after.set(one.id, await count(copy, one, allOf(one)));
  }

  /** After it was counted in both. */
  compare(scan: LeakScan, { id, table, column }: Counted): void {
    const [before, after] = [this.before.get(id), this.after.get(id)];
    if (!before || !after) return;
    const { unchanged = {} } = this.of.copied[table.name] ?? {};
    const together = Object.entries(before.counts ?? {}).reduce(
      (sum, [value, rows]) => sum + rows * (after.counts?.[value] ?? 0),
      0,
    );
    scan.comparePosition(id, unchanged[column.name] ?? 0, before.rows === 0 ? 0 : together / before.rows);
  }

  private comparable(columns: readonly Counted[]): Counted[] {
    return columns.filter(({ table, column, isCopied }) => isCopied && !mayLeave(this.of.masks, table, column.name));
  }
}

/** Equal values have the same text: so only different ones need to become texts, not each row's. */
const exact = new Set(["bool", "date", "time", "timestamp", "timestamptz", "int2", "int4", "char"]);

const allOf = ({ table }: Counted): string => `only ${table.name} t`;

async function count(client: Client, { column }: Counted, from: string): Promise<Counts> {
  const own = `t."${column.name.replaceAll('"', '""')}"`;
  const isExact = !column.isArray && (column.isEnum || exact.has(column.type));
  const { rows } = await client.query<Counts>(
    `with groups as (select ${isExact ? own : `${own}::text`} as v, count(*) as n from ${from} group by 1),
    each as (select v::text as value, n from groups),
    those as (select md5(value) as v, n from each where ${tells("value")})
    select coalesce(sum(n), 0)::float8 as rows, (select json_object_agg(v, n) from (
      select v, n from those order by n desc limit ${histogramRowsMax}) h) as counts from those`,
  );
  return rows[0]!;
}

/** Whether its mask leaves some values by design. */
function mayLeave({ tables }: TableMasks, table: CopiedTable, column: string): boolean {
  const at = table.columns.indexOf(column);
  const rule = tables[table.name]?.masked.find(({ position }) => position === at);
  return transformers.find(({ name }) => name === rule?.mask.use)?.leaves ?? false;
}

/** Of the values that chunk-masker.ts compares: those that say something. */
const tells = (text: string): string =>
  `${text} ~ '[[:alnum:]]|[^[:ascii:]]' and ${text} not in ('0', 'infinity', '-infinity', 'Infinity', '-Infinity', 'NaN')`;
