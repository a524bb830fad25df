/** What a transformer of a team's own is written with: `import { defineTransformer, z } from "shipshape/masking"`. */
import type { z } from "zod";
import type { ColumnFacts } from "../schema-facts";
import type { Uniqueness } from "../transformer";

export { z } from "zod";
export type { ColumnFacts, Uniqueness };

export interface OwnTransformer<P> {
  /** As profiles say it in `use`: the name of its file without `.transformer.ts`. */
  name: string;
  /** What it gives, in one sentence. */
  title: string;
  /** What profiles may say in `with`. */
  parameters: z.ZodType<P>;
  /** Why it does not fit a column; undefined if it does. */
  fits(column: ColumnFacts, parameters: P): string | undefined;
  /** Whether different values stay different. What it claims is watched in each copy. */
  uniqueness: Uniqueness;
  /** No mask has more characters: checked against the column before a copy, and of each mask. */
  charactersMax(column: ColumnFacts, parameters: P): number;
  /** Words that masks are made of. Those that the source contains are left out of `words`. @default none */
  vocabulary?: readonly string[];
  /** The mask of one value, as PostgreSQL writes it. NULL stays NULL, and is not asked about. */
  mask(value: string, tools: MaskTools, parameters: P): string;
}

export interface MaskTools {
  column: ColumnFacts;
  /**
   * 32 bytes, of the value and the profile's key: all that a mask may depend on, so that the same value gets the same
   * mask in every run. Spellings that PostgreSQL calls equal have the same. `of`: of another text instead.
   */
  hash(of?: string): Buffer;
  /** The vocabulary, without words of the source. */
  words: readonly string[];
}

/** So that the compiler checks it. */
export const defineTransformer = <P>(transformer: OwnTransformer<P>): OwnTransformer<P> => transformer;
