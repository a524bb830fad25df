/** Pure: which tables of a database a copy fills, and which keys that would break. The others are there, without rows. */
import { rootOf } from "./key-classes";
import type { MaskingProfile } from "./profile";
import { columnId, columnOfId, type SchemaFacts } from "./schema-facts";
import type { CopyScope } from "./scope";

/** A foreign key of the schema, or a virtual one of the profile, whose rows a copy carries. Tables by their roots. */
export interface CopiedKey {
  /** By its columns: `public.orders(customer)`. */
  id: string;
  /** The constraint; undefined for a virtual key. */
  constraint?: string;
  table: string;
  columns: string[];
  references: { table: string; columns: string[] };
  when?: { column: string; equals: string };
}

/** Tables of which the profile copies rows, by name; partitions are their root's. */
export const filledTables = (profile: MaskingProfile, { tables }: SchemaFacts): string[] =>
  tables
    .filter(({ kind, name }) => (kind === "table" || kind === "partitioned") && profile.tables[name]?.empty !== true)
    .map(({ name }) => name);

/** The keys whose columns the copy has as they are or masked: of those that become NULL nothing can break. */
export function copiedKeys({ tables, virtualKeys }: MaskingProfile, facts: SchemaFacts): CopiedKey[] {
  const root = rootOf(facts);
  const isNulled = (table: string, columns: readonly string[]) =>
    columns.some((column) => {
      const rule = tables[root(table)]?.columns?.[column];
      return rule !== undefined && "use" in rule && rule.use === "null";
    });
  const declared = facts.foreignKeys.map(({ name, ...key }): CopiedKey => ({ constraint: name, id: "", ...key }));
  const virtual = virtualKeys.map(({ columns, references, when }): CopiedKey => {
    const names = (ids: readonly string[]) => ids.map((id) => columnOfId(id).name);
    const tableOf = ([first = ""]: readonly string[]) => columnOfId(first).table;
    return {
      ...{ id: "", table: tableOf(columns), columns: names(columns) },
      references: { table: tableOf(references), columns: names(references) },
      ...(when && { when: { column: columnOfId(when.column).name, equals: when.equals } }),
    };
  });
  return [...declared, ...virtual]
    .filter(({ table, columns }) => !isNulled(table, columns))
    .map((key) => ({ ...key, id: keyId(key) }));
}

const keyId = ({ table, columns }: Pick<CopiedKey, "table" | "columns">): string =>
  `${table}(${columns.map((name) => columnId({ table: "", name }).slice(1)).join(", ")})`;

/** What is needed besides these tables: each key of theirs that refers to a table without rows. */
export function brokenKeys(chosen: readonly string[], profile: MaskingProfile, facts: SchemaFacts): CopiedKey[] {
  const root = rootOf(facts);
  return copiedKeys(profile, facts).filter(
    ({ table, references }) =>
      chosen.includes(root(table)) &&
      !chosen.includes(root(references.table)) &&
      // The profile itself leaves that one empty, and was checked for it.
      profile.tables[root(references.table)]?.empty !== true,
  );
}

/** These tables, and whatever their keys refer to, however far. */
export function withReferenced(chosen: readonly string[], profile: MaskingProfile, facts: SchemaFacts): string[] {
  const root = rootOf(facts);
  const all = new Set(chosen);
  for (let size = 0; size < all.size;) {
    size = all.size;
    for (const { references } of brokenKeys([...all], profile, facts)) all.add(root(references.table));
  }
  return [...all].sort();
}

/**
 * The profile of a copy that has rows of these tables only. The rules of the others stay: they decide which columns get
 * the same mask, so the same value has the same mask in a copy of a part as in one of all.
 */
export function scopedProfile(profile: MaskingProfile, scope: CopyScope | undefined): MaskingProfile {
  if (!scope) return profile;
  const isFilled = (name: string) => scope.kind !== "schema" && scope.tables.includes(name);
  const tables = Object.entries(profile.tables).map(([name, rules]) => [
    name,
    isFilled(name) ? rules : { ...rules, empty: true as const },
  ]);
  return { ...profile, tables: Object.fromEntries(tables) as MaskingProfile["tables"] };
}
