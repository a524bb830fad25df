/** The words of a source that no fake value may contain: those that invented ones, or a team's, could be equal to. */
import type { Client } from "pg";
import { transformersWith } from "../../masking/own/own-transformers";
import { inventedWord } from "../../masking/vocabulary";
import { ShipshapeError } from "../../errors";
import type { CopiedTable } from "./copied-tables";
import { sourceWordsMax } from "./limits";
import type { TableMasks } from "./table-masks";

const escaped = (word: string): string => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Of the columns that are masked, in a source that stands still. Errors: masking-value-unfit. */
export async function readSourceWords(
  source: Client,
  tables: readonly CopiedTable[],
  masks: Pick<TableMasks, "tables" | "own">,
): Promise<string[]> {
  const words = new Set<string>();
  const own = transformersWith(masks.own).flatMap(({ vocabulary = [] }) => vocabulary.map(escaped));
  const pattern = `\\m(${[inventedWord, ...own].join("|")})\\M`;
  for (const { name, columns } of tables) {
    const masked = (masks.tables[name]?.masked ?? []).map(({ position }) =>
      source.escapeIdentifier(columns[position]!),
    );
    if (masked.length === 0) continue;
    const { rows } = await source.query<{ word: string }>(
      `select distinct lower(m[1]) as word from only ${name} t,
         lateral regexp_matches(concat_ws(' ', ${masked.map((one) => `t.${one}::text`).join(", ")}), $1, 'gi') m limit $2`,
      [pattern, sourceWordsMax + 1],
    );
    for (const { word } of rows) words.add(word);
    if (words.size > sourceWordsMax)
      throw new ShipshapeError("masking-value-unfit", {
        column: name,
        reason: `it has more than ${sourceWordsMax} words that are like invented ones`,
      });
  }
  return [...words].sort();
}
