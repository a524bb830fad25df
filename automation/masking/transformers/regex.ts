import { z } from "zod";
import { isText } from "../mask-parts";
import { nestedMask, nestedRule, piecewise, unfitNested, type Lookup, type Piece } from "../nested";
import type { Transformer } from "../transformer";
import { scrubbed } from "./free-text";

const parameters = nestedRule.extend({
  pattern: z
    .string({ error: () => "give a regular expression" })
    .max(200)
    .refine(isRegular, { error: () => "this is no regular expression of JavaScript" })
    // It would take exponential time on some values.
    .refine((pattern) => !/\([^)]*[+*}][^)]*\)[+*{]/.test(pattern), {
      error: () => "a repeated group must not contain a repetition",
    }),
  /** What no match covers. */
  rest: z.enum(["scrub", "keep"], { error: () => "give scrub or keep" }).default("scrub"),
});

export const regex = (lookup: Lookup): Transformer<z.infer<typeof parameters>> => ({
  name: "regex",
  title:
    "each match of a regular expression in a text, by another transformer; the rest is scrubbed, or **stays as it is** with rest: keep",
  parameters,
  example: { pattern: String.raw`[A-Z]{2}-\d{6}`, use: "permutation", rest: "keep" },
  fits(column, { pattern: _, rest: _rest, ...rule }) {
    if (!isText(column)) return `it masks texts, and the column is ${column.declared}`;
    return unfitNested(rule, column, lookup);
  },
  uniqueness: () => "lossy",
  leaves: true,
  escapes: true,
  prepare(context, { pattern, rest, ...rule }) {
    const expression = new RegExp(pattern, "gu");
    const masks = [
      nestedMask(rule, context.column, context, lookup),
      scrubbed({ ...context, key: context.keyOf("free-text") }),
    ];
    const other = (text: string): Piece => (rest === "keep" ? text : { route: 1, value: text });
    return piecewise(
      masks,
      (text) => {
        const pieces: Piece[] = [];
        let at = 0;
        for (const { 0: match, index } of text.matchAll(expression)) {
          if (match === "") continue;
          if (index > at) pieces.push(other(text.slice(at, index)));
          pieces.push({ route: 0, value: match });
          at = index + match.length;
        }
        if (at < text.length) pieces.push(other(text.slice(at)));
        return pieces;
      },
      (masked) => masked ?? "",
    );
  },
});

function isRegular(pattern: string): boolean {
  try {
    return new RegExp(pattern, "gu") !== undefined;
  } catch {
    return false;
  }
}
