/**
 * Pure: how far a subset reaches. **Up** every key from any chosen row to the row that it refers to, always: else keys
 * would break. **Down**, to the rows that refer to a chosen one, only from rows of the root and those reached down, and
 * only over some keys: else a country would bring all of its customers.
 */
import { copiedKeys, filledTables, withReferenced, type CopiedKey } from "./copy-scope";
import { rootOf } from "./key-classes";
import type { MaskingProfile } from "./profile";
import type { SchemaFacts } from "./schema-facts";
import type { SubsetScope } from "./scope";
import type { Subset } from "./subset-file";

export interface SubsetBasis {
  profile: MaskingProfile;
  facts: SchemaFacts;
}

/** What keeps it from being chosen, in words. */
export function subsetProblems({ root, down = [] }: Subset, basis: SubsetBasis): string[] {
  const known = keysOf(basis).map(({ id }) => id);
  return [
    ...(filledTables(basis.profile, basis.facts).includes(root)
      ? []
      : [`the profile copies no row of the root ${root}`]),
    ...down.filter((id) => !known.includes(id)).map((id) => `there is no key ${id} between tables that are copied`),
  ];
}

/** Between tables that the profile copies. */
export function keysOf({ profile, facts }: SubsetBasis): CopiedKey[] {
  const filled = filledTables(profile, facts);
  const root = rootOf(facts);
  return copiedKeys(profile, facts).filter(
    ({ table, references }) => filled.includes(root(table)) && filled.includes(root(references.table)),
  );
}

/**
 * Those by which a row belongs to another, as far as a schema can say it: declared ones that always refer to a row, but
 * not to one of the same table.
 */
export function ownershipKeys(basis: SubsetBasis): CopiedKey[] {
  const root = rootOf(basis.facts);
  const columns = new Map(
    basis.facts.tables.map((table) => [table.name, new Map(table.columns.map((one) => [one.name, one]))]),
  );
  return keysOf(basis).filter(
    ({ constraint, table, columns: names, references }) =>
      constraint !== undefined &&
      root(table) !== root(references.table) &&
      names.every((name) => columns.get(table)?.get(name)?.notNull === true),
  );
}

/** `subsetProblems` has to have found none. */
export function planSubset(
  subset: Subset,
  named: Pick<SubsetScope, "name" | "digest">,
  basis: SubsetBasis,
): SubsetScope {
  const { profile, facts } = basis;
  const ids = subset.down ?? ownershipKeys(basis).map(({ id }) => id);
  const root = rootOf(facts);
  const perRootRow = new Map([[subset.root, 1]]);
  const followed = new Set<string>();
  const rows = rowsByTable(facts);
  const keys = keysOf(basis).filter(({ id }) => ids.includes(id));
  for (let size = -1; size < perRootRow.size;) {
    size = perRootRow.size;
    for (const { id, table, references } of keys) {
      const [child, parent] = [root(table), root(references.table)];
      const above = perRootRow.get(parent);
      if (above === undefined) continue;
      followed.add(id);
      if (perRootRow.has(child)) continue;
      const share = (rows.get(child) ?? 0) / Math.max(1, rows.get(parent) ?? 0);
      perRootRow.set(child, Math.round(above * share * 100) / 100);
    }
  }
  const whole = filledTables(profile, facts).filter((name) => profile.tables[name]?.whole);
  const tables = withReferenced([...perRootRow.keys(), ...whole], profile, facts);
  return {
    ...{ kind: "subset" as const, ...named, root: subset.root, down: [...followed].sort(), whole, tables },
    rowsMax: subset.rowsMax,
    estimate: Object.fromEntries(
      tables.map((name) => {
        const brought = perRootRow.get(name);
        return [name, { rowsInSource: rows.get(name) ?? 0, ...(brought !== undefined && { perRootRow: brought }) }];
      }),
    ),
  };
}

/** Statistics count the rows of partitions, not of what is partitioned. */
function rowsByTable(facts: SchemaFacts): Map<string, number> {
  const root = rootOf(facts);
  const rows = new Map<string, number>();
  for (const { name, kind, rows: count } of facts.tables)
    if (kind === "table" || kind === "partition") rows.set(root(name), (rows.get(root(name)) ?? 0) + count);
  return rows;
}
