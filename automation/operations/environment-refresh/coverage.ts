/** Pure: whether a refresh can do what a profile says of a schema as it is. */
import { checkProfile } from "../../masking/check";
import { rootOf } from "../../masking/key-classes";
import type { MaskingProfile, ProfileProblem } from "../../masking/profile";
import type { SchemaFacts } from "../../masking/schema-facts";
import { transformers } from "../../masking/transformers";

/** All of what `shipshape masking check` finds. */
export const coverageProblems = (profile: MaskingProfile, facts: SchemaFacts): ProfileProblem[] =>
  checkProfile(profile, facts, transformers);

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
