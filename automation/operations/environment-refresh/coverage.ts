/** Pure: whether a refresh can do what a profile says of a schema as it is. */
import { ShipshapeError } from "../../errors";
import { checkProfile } from "../../masking/check";
import { brokenKeys, filledTables, withReferenced } from "../../masking/copy-scope";
import type { CopyScope } from "../../masking/scope";
import { rootOf } from "../../masking/key-classes";
import { transformersWith } from "../../masking/own/own-transformers";
import type { MaskingProfile, ProfileProblem } from "../../masking/profile";
import type { SchemaFacts } from "../../masking/schema-facts";
import { planSubset, subsetProblems, type SubsetBasis } from "../../masking/subset";
import { subsetDigest, type Subset } from "../../masking/subset-file";
import { problemsNamedMax } from "./limits";
import { tablesIn, type EnvironmentRefreshRequest } from "./request";

/** All of what `shipshape masking check` finds. */
export const coverageProblems = (profile: MaskingProfile, facts: SchemaFacts): ProfileProblem[] =>
  checkProfile(profile, facts, transformersWith(profile.own));

/** Tables whose rows find their partition in the copy: masking changes what decides about it. */
export function throughRoot(profile: MaskingProfile, facts: SchemaFacts): string[] {
  const root = rootOf(facts);
  const moved = new Set(
    facts.tables
      .filter(({ name, columns }) =>
        columns.some((column) => {
          const rule = profile.tables[root(name)]?.columns?.[column.name];
          return column.partitionKey !== undefined && rule !== undefined && "use" in rule;
        }),
      )
      .map(({ name }) => root(name)),
  );
  return facts.tables.filter(({ kind, name }) => kind === "partition" && moved.has(root(name))).map(({ name }) => name);
}

/**
 * What of the source gets rows in the copy; undefined: all that the profile copies. Errors: refresh-tables-unknown,
 * refresh-tables-incomplete, refresh-subset-unfit.
 */
export function scopeOf(
  asked: EnvironmentRefreshRequest,
  { profile, facts, name, subset }: SubsetBasis & { name: string; subset?: Subset | undefined },
): CopyScope | undefined {
  if (asked.schemaOnly) return { kind: "schema" };
  if (subset) return subsetScope(asked, subset, { profile, facts });
  const chosen = tablesIn(asked);
  if (!chosen) return undefined;
  const known = filledTables(profile, facts);
  const unknown = chosen.filter((table) => !known.includes(table));
  if (unknown.length > 0)
    throw new ShipshapeError("refresh-tables-unknown", {
      ...{ profile: name, tables: unknown.join(", "), identifier: asked.database },
    });
  const broken = asked.withReferenced ? [] : brokenKeys(chosen, profile, facts);
  if (broken.length > 0)
    throw new ShipshapeError("refresh-tables-incomplete", {
      keys: shortened(broken.map(({ id, references }) => `${id} to ${references.table}`)),
    });
  return { kind: "tables", tables: withReferenced(chosen, profile, facts) };
}

function subsetScope(
  { database: identifier, subset: named = "" }: EnvironmentRefreshRequest,
  subset: Subset,
  basis: SubsetBasis,
): CopyScope {
  const problems = [
    ...(subset.source === identifier ? [] : [`it is for ${subset.source}`]),
    ...subsetProblems(subset, basis),
  ];
  if (problems.length > 0)
    throw new ShipshapeError("refresh-subset-unfit", { subset: named, identifier, problems: shortened(problems) });
  return planSubset(subset, { name: named, digest: subsetDigest(subset) }, basis);
}

export const shortened = (lines: string[]): string =>
  [
    ...lines.slice(0, problemsNamedMax),
    ...(lines.length > problemsNamedMax ? [`and ${lines.length - problemsNamedMax} more`] : []),
  ].join("; ");

/** What the profile says of the columns and tables of a schema: partitions count as the table that they are part of. */
export interface CoverageFigures {
  columnsMasked: number;
  /** As they are. */
  columnsKept: number;
  /** No row of them is copied. */
  tablesEmpty: number;
}

export function coverageFigures(profile: MaskingProfile, facts: SchemaFacts): CoverageFigures {
  const figures: CoverageFigures = { columnsMasked: 0, columnsKept: 0, tablesEmpty: 0 };
  for (const { name, kind, columns } of facts.tables) {
    if (kind !== "table" && kind !== "partitioned") continue;
    const rules = profile.tables[name];
    if (rules?.empty) figures.tablesEmpty++;
    else
      for (const { name: column, generated } of columns) {
        const rule = rules?.columns?.[column];
        if (generated || rule === undefined) continue;
        if ("use" in rule) figures.columnsMasked++;
        if ("keep" in rule) figures.columnsKept++;
      }
  }
  return figures;
}
