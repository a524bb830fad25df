/**
 * Pure: which columns refer to rows of another table by their name alone: `user_id` beside `users`, where no foreign key
 * says so. Large schemas do without many: between databases, partitions, for speed.
 */
import { rootOf } from "./key-classes";
import { isInteger } from "./mask-parts";
import { nameWords } from "./name-words";
import { columnId, columnOfId, type ColumnFacts, type SchemaFacts, type TableFacts } from "./schema-facts";

export interface NamedReference {
  /** By their ids: `public.orders.user_id`, `public.users.id`. */
  column: string;
  references: string;
}

/** Of whole numbers and uuids, to a primary key of one column; never where a name could mean several tables. */
export function namedReferences(facts: SchemaFacts): NamedReference[] {
  const root = rootOf(facts);
  const roots = facts.tables.filter(({ name, kind }) => kind !== "materialized-view" && root(name) === name);
  const keys = new Map(roots.flatMap((table) => keyOf(table, facts).map((key) => [table.name, key] as const)));
  const declared = new Set(
    facts.foreignKeys.flatMap(({ table, columns }) => columns.map((name) => columnId({ table: root(table), name }))),
  );
  const named = new Map<string, TableFacts[]>();
  for (const table of roots)
    if (keys.has(table.name)) named.set(wordsOf(table), [...(named.get(wordsOf(table)) ?? []), table]);
  return roots.flatMap((table) =>
    table.columns.flatMap((column): NamedReference[] => {
      const id = columnId(column);
      const words = nameWords(column.name);
      if (declared.has(id) || column.generated || words.length < 2 || words.at(-1) !== "id") return [];
      const target = targetOf(words.slice(0, -1), table, named);
      const key = target && keys.get(target.name);
      return key && kindOf(key) !== undefined && kindOf(key) === kindOf(column)
        ? [{ column: id, references: columnId(key) }]
        : [];
    }),
  );
}

/** `created_by_user_id` is a user's: the longest end of its words that is a table's name, in its own schema first. */
function targetOf(
  words: readonly string[],
  { name }: TableFacts,
  named: ReadonlyMap<string, TableFacts[]>,
): TableFacts | undefined {
  for (let from = 0; from < words.length; from++) {
    const tables = named.get(words.slice(from).join(" "));
    if (!tables) continue;
    const near = tables.filter((one) => columnOfId(one.name).table === columnOfId(name).table);
    const [only, ...others] = near.length > 0 ? near : tables;
    return others.length > 0 || only?.name === name ? undefined : only;
  }
  return undefined;
}

const wordsOf = ({ name }: TableFacts): string => nameWords(columnOfId(name).name).join(" ");

function keyOf({ name, columns }: TableFacts, { uniques }: SchemaFacts): ColumnFacts[] {
  const primary = uniques.find((unique) => unique.primary && unique.table === name);
  const key = primary?.parts.length === 1 && columns.find((column) => column.name === primary.parts[0]?.column);
  return key ? [key] : [];
}

const kindOf = (column: ColumnFacts): string | undefined =>
  isInteger(column) ? "number" : column.type === "uuid" ? "uuid" : undefined;
