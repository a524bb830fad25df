/** Pure: whether a refresh can do what a profile says of a schema as it is. */
import { checkProfile } from "../../masking/check";
import { rootOf } from "../../masking/key-classes";
import type { MaskingProfile, ProfileProblem } from "../../masking/profile";
import type { SchemaFacts } from "../../masking/schema-facts";
import { transformers } from "../../masking/transformers";
import type { KeptComment } from "../../targets/masked-copy/copy-settings";

/** All of what `shipshape masking check` finds. */
export const coverageProblems = (profile: MaskingProfile, facts: SchemaFacts): ProfileProblem[] =>
  checkProfile(profile, facts, transformers);

/** Comments never travel with the schema: these are written afterwards. */
export const keptComments = (profile: MaskingProfile, facts: SchemaFacts): KeptComment[] =>
  facts.definitions.flatMap(({ id, kind, text }) => {
    const rule = kind === "comment" ? profile.definitions[id] : undefined;
    if (!rule || !id.startsWith("comment on ")) return [];
    if ("keep" in rule) return [{ id, text }];
    return "replace" in rule ? [{ id, text: rule.replace }] : [];
  });

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
