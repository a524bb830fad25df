/**
 * Values of text columns, a sample of each, to tell what they look like. They stay in memory, and only what
 * `valueRates` makes of them leaves this file.
 */
import type { Client } from "pg";
import { columnId, type SchemaFacts, type TableFacts } from "../masking/schema-facts";
import { valueRates, type ValueRates } from "../masking/value-rates";
import { isText } from "../masking/mask-parts";
import { sampledCharactersMax, sampledRowsMax } from "./limits";

export interface Samples {
  rates: Map<string, ValueRates>;
  /** Tables that the role may not read. */
  unread: string[];
}

/** One query for each table that the role may read. */
export async function sampleValues(client: Client, { tables }: SchemaFacts): Promise<Samples> {
  const rates = new Map<string, ValueRates>();
  const unread: string[] = [];
  for (const table of tables.filter(({ kind }) => kind === "table" || kind === "partitioned")) {
    const columns = table.columns.filter((column) => isText(column));
    if (columns.length === 0) continue;
    const { name } = table;
    const { rows: allowed } = await client.query<{ read: boolean }>(
      "select pg_catalog.has_table_privilege($1, 'select') and not pg_catalog.row_security_active($1) as read",
      [name],
    );
    if (!allowed[0]?.read) {
      unread.push(table.name);
      continue;
    }
    const { rows } = await client.query<(string | null)[]>({
      text: `select ${columns.map((column) => `pg_catalog.left(${client.escapeIdentifier(column.name)}::pg_catalog.text, ${sampledCharactersMax})`).join(", ")} from ${name}${sampling(table)} limit ${sampledRowsMax}`,
      rowMode: "array",
    });
    columns.forEach((column, i) => rates.set(columnId(column), valueRates(rows.flatMap((row) => row[i] ?? []))));
  }
  return { rates, unread };
}

/** Whole pages from all over a large table: its first rows are its oldest. */
const sampling = ({ rows }: TableFacts): string =>
  rows > sampledRowsMax * 10 ? ` tablesample system (${Math.max(0.01, (sampledRowsMax * 300) / rows).toFixed(4)})` : "";
