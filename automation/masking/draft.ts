/**
 * Pure: a first profile for a schema. Each guess has its reason, and none has a value of a row. What has no verdict
 * stays `unclassified`, which refuses: a wrong `keep` would cost more than a question.
 */
import { checkProfile } from "./check";
import { draftedDefinition } from "./draft-definitions";
import { guessOf } from "./draft-guess";
import { keyClasses, rootOf, ruleOf } from "./key-classes";
import { keysMax } from "./limits";
import { passingWord } from "./name-words";
import { namedReferences } from "./named-references";
import type { MaskingProfile, Rule } from "./profile";
import { columnId, columnOfId, type ColumnFacts, type SchemaFacts, type TableFacts } from "./schema-facts";
import { brokenCheck } from "./table-checks";
import type { Transformer } from "./transformer";
import type { ValueRates } from "./value-rates";

/** @param rates of columns whose values were looked at, by `schema.table.column` */
export function draftProfile(
  source: string,
  facts: SchemaFacts,
  rates: ReadonlyMap<string, ValueRates>,
  transformers: readonly Transformer[],
): MaskingProfile {
  const keys = keysOf(facts);
  const emptied = emptiedTables(facts);
  const profile: MaskingProfile = {
    version: 1,
    source,
    key: { secret: `shipshape/masking/${source}` },
    tables: {},
    definitions: Object.fromEntries(
      facts.definitions.flatMap((definition) => {
        const rule = draftedDefinition(definition);
        return rule ? [[definition.id, rule]] : [];
      }),
    ),
    virtualKeys: [],
    disarm: [],
    largeObjects: "refuse",
    sequences: "column",
  };
  for (const table of draftedTables(facts))
    profile.tables[table.name] = emptied.has(table.name)
      ? { empty: true, reason: emptied.get(table.name)! }
      : {
          columns: Object.fromEntries(
            table.columns
              .filter(({ generated }) => !generated)
              .map((column) => {
                const id = columnId(column);
                const guess = guessOf({ table, column, rates: rates.get(id), ...keys(column) });
                return [column.name, fitting(guess, column, keys(column).isUnique, transformers)];
              }),
          ),
        };
  followNames(profile, facts);
  agreeOnKeys(profile, facts, transformers);
  withdrawRefused(profile, facts, transformers);
  return profile;
}

/** A draft proposes nothing that the check of it refuses: an exclusion constraint, or an index of an expression. */
function withdrawRefused(profile: MaskingProfile, facts: SchemaFacts, transformers: readonly Transformer[]): void {
  for (const { place, reason } of checkProfile(profile, facts, transformers)) {
    const rule = ruleOf(profile, place);
    if (rule && "use" in rule)
      setRule(profile, place, { unclassified: `${rule.reason}; ${rule.use} does not fit: ${reason}` });
  }
}

/** Tables of which no row is copied: what they have would act on the world, or let people in. */
function emptiedTables(facts: SchemaFacts): Map<string, string> {
  const emptied = new Map(
    facts.tables.flatMap(({ name, kind }) => {
      const word = passingWord(name);
      const reason =
        kind === "foreign"
          ? "its rows are on another server"
          : word && `its name says ${word}: such rows pass, act on the world or let people in`;
      return reason ? [[name, reason] as const] : [];
    }),
  );
  // Rows that others refer to are needed.
  for (let before = -1; before !== emptied.size;) {
    before = emptied.size;
    for (const { table, references } of facts.foreignKeys) if (!emptied.has(table)) emptied.delete(references.table);
  }
  return emptied;
}

function draftedTables(facts: SchemaFacts): TableFacts[] {
  const root = rootOf(facts);
  return facts.tables.filter(({ name, kind }) => kind !== "materialized-view" && root(name) === name);
}

function keysOf({ tables, uniques, foreignKeys }: SchemaFacts) {
  const keys = new Set<string>();
  const unique = new Set<string>();
  const alone = new Set<string>();
  for (const { table, parts, primary, exclusion } of uniques)
    for (const { column, columns = [] } of parts) {
      if (exclusion) continue;
      const ids = (column ? [column] : columns).map((name) => columnId({ table, name }));
      for (const id of ids) {
        if (primary) keys.add(id);
        unique.add(id);
        if (parts.length === 1 && ids.length === 1) alone.add(id);
      }
    }
  for (const { table, columns, references } of foreignKeys) {
    for (const name of columns) keys.add(columnId({ table, name }));
    for (const name of references.columns) keys.add(columnId({ table: references.table, name }));
  }
  const made = new Set(tables.flatMap(({ columns }) => columns.filter((column) => column.made).map(columnId)));
  // What refers to a made key is made, too.
  for (let before = -1; before !== made.size;) {
    before = made.size;
    for (const { table, columns, references } of foreignKeys)
      columns.forEach((name, i) => {
        const referenced = columnId({ table: references.table, name: references.columns[i]! });
        if (made.has(referenced)) made.add(columnId({ table, name }));
      });
  }
  return (column: ColumnFacts) => {
    const id = columnId(column);
    return { isKey: keys.has(id), isUnique: unique.has(id), isUniqueAlone: alone.has(id), isMade: made.has(id) };
  };
}

/** What a guess becomes where its transformer does not fit, or would make unique values equal. */
function fitting(rule: Rule, column: ColumnFacts, isUnique: boolean, transformers: readonly Transformer[]): Rule {
  if (!("use" in rule)) return rule;
  const why = unfitness(rule, column, isUnique, transformers);
  if (why === undefined) return rule;
  const instead: Rule = { use: "pseudonym", reason: `${rule.reason}; ${rule.use} does not fit: ${why}` };
  return unfitness(instead, column, isUnique, transformers) === undefined
    ? instead
    : { unclassified: `${rule.reason}; ${rule.use} does not fit: ${why}` };
}

function unfitness(
  rule: Extract<Rule, { use: string }>,
  column: ColumnFacts,
  isUnique: boolean,
  transformers: readonly Transformer[],
): string | undefined {
  const transformer = transformers.find(({ name }) => name === rule.use);
  if (!transformer) return "there is no such transformer";
  const parsed = transformer.parameters.safeParse(rule.with ?? {});
  if (!parsed.success) return "its parameters do not fit";
  const unfit = transformer.fits(column, parsed.data);
  if (unfit !== undefined) return unfit;
  if (brokenCheck(column, transformer, parsed.data) !== undefined) return "what it gives breaks a check of the column";
  if (column.partitionKey && column.partitionKey !== "hash") return "the table is partitioned by it";
  return isUnique && transformer.uniqueness(column, parsed.data) === "lossy" ? "its values are unique" : undefined;
}

/**
 * What refers to rows by its name alone is kept with the key that it refers to; where that key is masked, a virtual key
 * gives both the same mask.
 */
function followNames(profile: MaskingProfile, facts: SchemaFacts): void {
  for (const { column, references } of namedReferences(facts)) {
    const [own, key] = [ruleOf(profile, column), ruleOf(profile, references)];
    if (!own || !key || "unclassified" in own) continue;
    if ("keep" in key && "use" in own && own.use === "pseudonym")
      setRule(profile, column, { keep: `its name refers to ${references}, which is kept` });
    if ("use" in key && profile.virtualKeys.length < keysMax)
      profile.virtualKeys.push({
        columns: [column],
        references: [references],
        reason: "its name says so, and no foreign key does",
      });
  }
}

/** Both sides of a key get one rule: that of a side that masks, if one does. */
function agreeOnKeys(profile: MaskingProfile, facts: SchemaFacts, transformers: readonly Transformer[]): void {
  const columns = new Map(facts.tables.flatMap((table) => table.columns.map((column) => [columnId(column), column])));
  for (const { columns: members } of keyClasses(facts, profile)) {
    const rules = members.flatMap((id) => ruleOf(profile, id) ?? []);
    const masked = rules.find((rule) => "use" in rule);
    const kept = rules.find((rule) => "keep" in rule);
    const fits = (rule: Rule) =>
      "use" in rule &&
      members.every(
        (id) => columns.get(id) === undefined || unfitness(rule, columns.get(id)!, true, transformers) === undefined,
      );
    const pseudonym: Rule = { use: "pseudonym", reason: "keys join it with other columns" };
    const common = !masked
      ? kept
      : fits(masked)
        ? masked
        : fits(pseudonym)
          ? pseudonym
          : { unclassified: "keys join it with columns that no one transformer fits" };
    if (common) for (const id of members) setRule(profile, id, common);
  }
}

function setRule({ tables }: MaskingProfile, id: string, rule: Rule): void {
  const { table, name } = columnOfId(id);
  const columns = tables[table]?.columns;
  if (columns && Object.hasOwn(columns, name)) columns[name] = rule;
}
