/**
 * Pure: which columns must get the same mask for the same value: those that foreign keys join, and virtual keys of the
 * profile, column by column, however long the chain; and those that a profile puts into one class.
 */
import type { MaskingProfile, Rule } from "./profile";
import { columnId, columnOfId, type ColumnFacts, type SchemaFacts } from "./schema-facts";
import { largestIn } from "./integer-mask";

export interface KeyClass {
  /** As a rule says it; else its first column, by name. */
  name: string;
  /** `schema.table.column`, sorted. Partitions are their root's columns. */
  columns: string[];
  /** Classes that the rules of its columns say: more than one is a mistake. */
  said: string[];
}

/** Only classes of two columns or more: a column alone is its own. */
export function keyClasses(facts: SchemaFacts, profile: MaskingProfile): KeyClass[] {
  const sets = new Map<string, string>();
  const find = (id: string): string => {
    const parent = sets.get(id) ?? id;
    if (parent === id) return id;
    const root = find(parent);
    sets.set(id, root);
    return root;
  };
  const join = (one: string, other: string) => {
    sets.set(find(other), find(one));
    sets.set(find(one), find(one));
  };
  const root = rootOf(facts);
  const idOf = (said: string) => columnId(columnOfId(said));
  const id = (table: string, name: string) => columnId({ table: root(table), name });
  for (const { table, columns, references } of facts.foreignKeys)
    columns.forEach((column, i) => join(id(references.table, references.columns[i]!), id(table, column)));
  for (const { columns, references } of profile.virtualKeys)
    columns.forEach((column, i) => join(idOf(references[i] ?? column), idOf(column)));
  const firstOf = new Map<string, string>();
  for (const { name: table, columns } of facts.tables)
    for (const { name } of columns) {
      const said = classSaid(ruleOf(profile, columnId({ table, name })));
      if (said === undefined) continue;
      const first = firstOf.get(said) ?? columnId({ table, name });
      firstOf.set(said, first);
      join(first, columnId({ table, name }));
    }
  return groups(sets, find).map((columns) => {
    const said = new Set(columns.flatMap((column) => classSaid(ruleOf(profile, column)) ?? []));
    return { name: [...said][0] ?? `key ${columns[0]}`, columns, said: [...said] };
  });
}

function groups(sets: Map<string, string>, find: (id: string) => string): string[][] {
  const grouped = new Map<string, string[]>();
  for (const id of [...sets.keys()].sort()) grouped.set(find(id), [...(grouped.get(find(id)) ?? []), id]);
  return [...grouped.values()].filter(({ length }) => length > 1);
}

const classSaid = (rule: Rule | undefined) => (rule && "use" in rule ? rule.class : undefined);

/** A partition's root; any other table is its own. A partition of a partition has a chain of them. */
export function rootOf({ tables }: SchemaFacts): (table: string) => string {
  const parents = new Map(
    tables.flatMap(({ name, kind, parents: [parent] = [] }) =>
      kind === "partition" && parent ? [[name, parent] as const] : [],
    ),
  );
  return (table) => {
    let at = table;
    for (let next = parents.get(at); next !== undefined; next = parents.get(at)) at = next;
    return at;
  };
}

/** The rule of a column, by its id. */
export function ruleOf({ tables }: MaskingProfile, id: string): Rule | undefined {
  const { table, name } = columnOfId(id);
  return tables[table]?.columns?.[name];
}

/** The column with the least room: what fits there fits everywhere. */
const narrowest = (columns: readonly ColumnFacts[]): ColumnFacts =>
  columns.reduce((least, column) => (roomIn(column) < roomIn(least) ? column : least));

/**
 * What the mask of all columns of a class is made for: then it is the same in each. What one of them calls equal, is
 * equal in all: spellings of a citext, blanks at the end of a `char(n)`.
 */
export function factsOfClass(columns: readonly ColumnFacts[]): ColumnFacts {
  const least = narrowest(columns);
  const isPadded = columns.some(({ type }) => type === "bpchar");
  const ignoresCase = columns.some((column) => column.ignoresCase);
  return { ...least, ...(isPadded && { type: "bpchar" }), ...(ignoresCase && { ignoresCase }) };
}

const roomIn = (column: ColumnFacts): number =>
  column.maxLength ?? largestIn(column) ?? (column.type === "int8" ? 2 ** 63 : Number.POSITIVE_INFINITY);
