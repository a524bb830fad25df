/**
 * Pure: values that contain others: documents, arrays, texts with a pattern. Each value is split into pieces, the pieces
 * of one kind become a column of their own for another transformer, and what it returns takes their place.
 */
import { z } from "zod";
import { ByteWriter } from "./byte-writer";
import type { ColumnFacts } from "./schema-facts";
import type { ByteColumn, Mask, MaskContext, Transformer } from "./transformer";

/** A rule for what is inside of a value. */
export const nestedRule = z.strictObject({
  use: z.string({ error: () => "give the name of a transformer" }),
  with: z.record(z.string(), z.json()).optional(),
  class: z.string().optional(),
});
export type NestedRule = z.infer<typeof nestedRule>;

/** All transformers, asked for when they are needed: those that contain others are among them. */
export type Lookup = () => readonly Transformer[];

const notInside: ReadonlySet<string> = new Set(["shuffle", "sequence", "json", "array", "regex"]);

/** Why a rule does not fit what is inside of a column. */
export function unfitNested(
  { use, with: given = {} }: NestedRule,
  column: ColumnFacts,
  lookup: Lookup,
): string | undefined {
  const transformer = lookup().find(({ name }) => name === use);
  if (!transformer) return `there is no transformer "${use}"`;
  if (notInside.has(use)) return `${use} masks whole columns only`;
  const { data, error } = transformer.parameters.safeParse(given);
  if (error) return `${use}: ${error.issues[0]?.message}`;
  const unfit = transformer.fits(column, data);
  return unfit && `${use}: ${unfit}`;
}

/** The mask of a rule inside of a column: with the same key as a column of that class, so that both get the same mask. */
export function nestedMask(
  { use, with: given = {}, class: name }: NestedRule,
  column: ColumnFacts,
  context: MaskContext,
  lookup: Lookup,
): Mask {
  const transformer = lookup().find((one) => one.name === use)!;
  const parameters = transformer.parameters.parse(given);
  return transformer.prepare({ ...context, column, key: context.keyOf(name ?? use) }, parameters);
}

/** Text that stays as it is, or a value for the mask of a route. */
export type Piece = string | { route: number; value: string };

/** @param join how a masked value is written; null where the mask gave NULL */
export function piecewise(
  masks: readonly Mask[],
  split: (text: string) => Piece[],
  join: (masked: string | null, route: number) => string,
): Mask {
  const writer = new ByteWriter();
  return (values, batch) => {
    const { bytes, start, end, count } = values;
    const routed = masks.map((): string[] => []);
    const pieces: Piece[][] = [];
    for (let i = 0; i < count; i++) {
      const found = start[i]! < 0 ? [] : split(bytes.toString("utf8", start[i], end[i]));
      pieces.push(found);
      for (const piece of found) if (typeof piece !== "string") routed[piece.route]!.push(piece.value);
    }
    const results = masks.map((mask, route) => mask(columnOf(routed[route]!), { firstRow: batch.firstRow }));
    const next = masks.map(() => 0);
    writer.reset(count, bytes.length);
    for (let i = 0; i < count; i++) {
      if (start[i]! < 0) {
        writer.null();
        continue;
      }
      let text = "";
      for (const piece of pieces[i]!)
        text +=
          typeof piece === "string" ? piece : join(valueAt(results[piece.route]!, next[piece.route]!++), piece.route);
      const from = writer.at;
      writer.ensure(text.length * 3);
      writer.at += writer.bytes.write(text, from);
      writer.value(from);
    }
    return writer;
  };
}

function columnOf(texts: readonly string[]): ByteColumn {
  const bytes = Buffer.from(texts.join(""));
  const start = new Int32Array(texts.length);
  const end = new Int32Array(texts.length);
  let at = 0;
  texts.forEach((text, i) => {
    start[i] = at;
    end[i] = at += Buffer.byteLength(text);
  });
  return { bytes, start, end, count: texts.length };
}

const valueAt = ({ bytes, start, end }: ByteColumn, at: number): string | null =>
  start[at]! < 0 ? null : bytes.toString("utf8", start[at], end[at]);

const arrayToken = /"(?:[^"\\]|\\.)*"|[{},]|\[[-\d:[\]]+\]=|[^{},"]+/gsy;

/** PostgreSQL's text of an array: braces, commas, and elements in quotes where they need them. */
export function splitArray(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  arrayToken.lastIndex = 0;
  while (arrayToken.lastIndex < text.length) {
    const [found] = arrayToken.exec(text) ?? [];
    if (found === undefined) return undefined;
    if (/^[{},]$|^\[.*=$/.test(found) || found === "NULL") pieces.push(found);
    else
      pieces.push({ route: 0, value: found.startsWith('"') ? found.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : found });
  }
  return text.endsWith("}") ? pieces : undefined;
}
