/**
 * Pure: what a transformer is, and how a copy calls one.
 *
 * It works on a chunk's whole column, never on single values, and on bytes, never on strings: that makes a keyed
 * pseudonym cost little more than copying. For each worker and column:
 *
 * 1. Once: `prepareMask(column.mask, material)` (mask-plan.ts) gives the `Mask` of a column that `planMasks` masks. It
 *    holds ciphers and buffers of its own: each thread prepares its own, from the plan, which is plain JSON.
 * 2. For each chunk of whole rows of COPY text: find the fields; for each masked column fill a `ByteColumn` whose
 *    `bytes` are the chunk itself. A field that contains a backslash is unescaped in place first (`unescapeInPlace`,
 *    copy-text.ts: the result is never longer), and `\N` becomes start −1.
 * 3. `mask(values, { firstRow, subjects })` returns a column of as many values, in a buffer of the mask's own, valid
 *    until its next call. It changes nothing in `values`. NULL stays NULL, except where a transformer says otherwise.
 * 4. Write it with `appendEscaped` (copy-text.ts) where `escapes` is true; with a plain copy where it is false.
 *
 * A mask throws `masking-value-unfit` for a value that it cannot mask: table and column, never the value.
 */
import type { z } from "zod";
import type { ColumnFacts } from "./schema-facts";

/** The values of one column of a chunk: value i is `bytes[start[i]]` to `bytes[end[i] - 1]`, unescaped. */
export interface ByteColumn {
  bytes: Buffer;
  /** −1: NULL. */
  start: Int32Array;
  end: Int32Array;
  /** How many values: the arrays may be longer. */
  count: number;
}

export interface Batch {
  /** The number of the chunk's first row in its table, from 0. Only transformers with `needs: "row-number"` read it. */
  firstRow: number;
  /** The source's values of the column that the rule names in `perSubject`. */
  subjects?: ByteColumn;
}

export type Mask = (values: ByteColumn, batch: Batch) => ByteColumn;

/**
 * Whether different values stay different: `injective` by construction; `collision-free-in-practice`: at 10⁷ values
 * with a probability below 10⁻⁶; `lossy`: no.
 */
export type Uniqueness = "injective" | "collision-free-in-practice" | "lossy";

/** What a mask is made of, once for each column and thread. */
export interface MaskContext {
  /** Of a column in a key class: the narrowest of the class, so that all of them get the same mask. */
  column: ColumnFacts;
  /** 32 bytes, of the profile's secret and the rule's class: the same class gives the same mask everywhere. */
  key: Buffer;
  /** The same for another class, for what is inside of a value. */
  keyOf(name: string): Buffer;
  /** Words of the source: no fake value contains one. */
  sourceWords: ReadonlySet<string>;
}

export interface Transformer<P = unknown> {
  name: string;
  /** For the page: what it does, in one sentence, and when to use it. */
  title: string;
  parameters: z.ZodType<P>;
  /** Parameters, as YAML would have them, of the example in the page. */
  example?: unknown;
  /** Why it does not fit the column; undefined if it does. */
  fits(column: ColumnFacts, parameters: P): string | undefined;
  uniqueness(column: ColumnFacts, parameters: P): Uniqueness;
  /** May two masks that are different be the same but for case? Then no index of `lower(…)` can be unique. @default no */
  differsInCaseOnly?(column: ColumnFacts, parameters: P): boolean;
  /**
   * Does it leave some values as they were, by design? Then it is no evidence that a value is where it was.
   *
   * @default false
   */
  leaves?: true;
  /** Words that the masks of a team's own are made of: which of them the source has is read before the copy. */
  vocabulary?: readonly string[];
  /** May its output contain what COPY must escape (backslash, tab, newline and the like)? */
  escapes: boolean;
  /**
   * What it needs of a `Batch`. `order`: its result depends on which rows a chunk has, so the same value does not get
   * the same mask.
   */
  needs?: "row-number" | "subject" | "order";
  prepare(context: MaskContext, parameters: P): Mask;
}
