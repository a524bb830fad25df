/** Facts of small schemas, as `targets/schema-facts.ts` would read them. */
import type { MaskingProfile, Rule } from "../../../automation/masking/profile";
import type { ColumnFacts, SchemaFacts, TableFacts, UniqueFacts } from "../../../automation/masking/schema-facts";
import { column } from "./columns";

export const tableOf = (
  name: string,
  columns: Record<string, Partial<ColumnFacts>>,
  more: Partial<TableFacts> = {},
): TableFacts => ({
  name,
  kind: "table",
  rows: 100,
  columns: Object.entries(columns).map(([one, facts]) => column({ table: name, name: one, ...facts })),
  ...more,
});

export const factsOf = (tables: TableFacts[], more: Partial<SchemaFacts> = {}): SchemaFacts => ({
  serverVersion: 170_000,
  tables,
  uniques: [],
  foreignKeys: [],
  definitions: [],
  extensions: [],
  largeObjects: 0,
  ...more,
});

export const unique = (table: string, columns: string[], more: Partial<UniqueFacts> = {}): UniqueFacts => ({
  table,
  name: `${columns.join("_")}_key`,
  primary: false,
  parts: columns.map((one) => ({ column: one })),
  ...more,
});

export const profileOf = (
  tables: Record<string, Record<string, Rule> | "empty">,
  more: Partial<MaskingProfile> = {},
): MaskingProfile => ({
  version: 1,
  source: "orders",
  key: { secret: "shipshape/masking/orders" },
  tables: Object.fromEntries(
    Object.entries(tables).map(([name, columns]) => [name, columns === "empty" ? { empty: true } : { columns }]),
  ),
  definitions: {},
  virtualKeys: [],
  disarm: [],
  largeObjects: "refuse",
  sequences: "column",
  ...more,
});

export const keep: Rule = { keep: "a test" };
export const use = (name: string, given?: Extract<Rule, { use: string }>["with"], more: object = {}): Rule => ({
  use: name,
  ...(given && { with: given }),
  ...more,
});
