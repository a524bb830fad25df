/**
 * Pure: does a profile cover a schema as it is, and would a copy by it be whole? Every problem is found before anything
 * runs, each with its place and its reason.
 */
import { checkKeys } from "./check-keys";
import { unchangeable, verdictNeededFor } from "./definitions";
import { rootOf } from "./key-classes";
import type { MaskingProfile, ProfileProblem, Rule } from "./profile";
import { columnId, type ColumnFacts, type SchemaFacts, type TableFacts } from "./schema-facts";
import { brokenCheck } from "./table-checks";
import type { Transformer } from "./transformer";

export function checkProfile(
  profile: MaskingProfile,
  facts: SchemaFacts,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  return [
    ...facts.tables.flatMap((table) => tableProblems(table, profile, facts, transformers)),
    ...goneTables(profile, facts),
    ...definitionProblems(profile, facts),
    ...checkKeys(profile, facts, transformers),
    ...(profile.largeObjects === "refuse" && facts.largeObjects > 0
      ? [
          {
            place: "largeObjects",
            reason: `there are ${facts.largeObjects} large objects, and the profile refuses them`,
          },
        ]
      : []),
  ];
}

/** A partition is its root's, and a materialized view is filled from what was masked. */
function tableProblems(
  table: TableFacts,
  profile: MaskingProfile,
  facts: SchemaFacts,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  const { name, kind, columns } = table;
  if (kind === "materialized-view") return [];
  if (kind === "partition" && rootOf(facts)(name) !== name) return [];
  const planned = profile.tables[name];
  if (!planned)
    return [{ place: name, reason: `the profile does not have this table, with ${columns.length} columns` }];
  if (planned.empty) return [];
  if (kind === "foreign")
    return [{ place: name, reason: "its rows are on another server, and no copy takes them: say empty: true" }];
  const rules = planned.columns ?? {};
  return [
    ...columns.flatMap((column) => columnProblems(column, rules[column.name], rules, transformers)),
    ...Object.keys(rules)
      .filter((column) => !columns.some((one) => one.name === column))
      .map((column) => ({ place: `${name}.${column}`, reason: "the schema has no such column: remove it" })),
  ];
}

function columnProblems(
  column: ColumnFacts,
  rule: Rule | undefined,
  rules: Record<string, Rule>,
  transformers: readonly Transformer[],
): ProfileProblem[] {
  const place = columnId(column);
  const problem = (reason: string) => [{ place, reason }];
  if (column.generated)
    return rule && "use" in rule
      ? problem("PostgreSQL computes it from other columns, which are masked: leave it out, or keep it")
      : [];
  if (!rule) return problem(`the profile does not classify this column (${column.declared})`);
  if ("unclassified" in rule) return problem(`it is not classified: ${rule.unclassified}`);
  if ("keep" in rule) return [];
  const transformer = transformers.find(({ name }) => name === rule.use);
  if (!transformer) return problem(`there is no transformer "${rule.use}"`);
  const parsed = transformer.parameters.safeParse(rule.with ?? {});
  if (!parsed.success) return problem(`${rule.use}: ${parsed.error.issues[0]?.message}`);
  const unfit = transformer.fits(column, parsed.data);
  if (unfit !== undefined) return problem(`${rule.use} does not fit: ${unfit}`);
  const broken = brokenCheck(column, transformer, parsed.data);
  if (broken !== undefined) return problem(`${rule.use} does not fit: what it gives breaks a check of the column`);
  if (rule.perSubject !== undefined && !Object.hasOwn(rules, rule.perSubject))
    return problem(`perSubject names ${rule.perSubject}, which is no column of the table`);
  if (column.partitionKey && column.partitionKey !== "hash")
    return problem(`the table is partitioned by it (${column.partitionKey}): a masked row may belong to no partition`);
  return [];
}

const goneTables = (profile: MaskingProfile, { tables }: SchemaFacts): ProfileProblem[] =>
  Object.keys(profile.tables)
    .filter((name) => !tables.some((table) => table.name === name))
    .map((place) => ({ place, reason: "the schema has no such table: remove it" }));

function definitionProblems({ definitions }: MaskingProfile, facts: SchemaFacts): ProfileProblem[] {
  const known = new Set(facts.definitions.map(({ id }) => id));
  return [
    ...facts.definitions.flatMap((definition) => {
      const rule = definitions[definition.id];
      if (rule !== undefined) {
        const why =
          "unclassified" in rule ? `it is not classified: ${rule.unclassified}` : unchangeable(definition, rule);
        return why === undefined ? [] : [{ place: definition.id, reason: why }];
      }
      const needed = verdictNeededFor(definition);
      return needed === undefined
        ? []
        : [{ place: definition.id, reason: `the profile does not classify this definition: ${needed}` }];
    }),
    ...Object.keys(definitions)
      .filter((id) => !known.has(id))
      .map((place) => ({ place, reason: "the schema has no such definition: remove it" })),
  ];
}
