import { z } from "zod";

/** Types of the Query protocol, where every leaf arrives as text and an empty list as an empty text. */

export const text = z.string();

export const integer = z
  .string()
  .regex(/^-?\d{1,15}$/, "must be a whole number")
  .transform(Number);

export const boolean = z
  .string()
  .regex(/^(true|false)$/i, "must be true or false")
  .transform((word) => word.toLowerCase() === "true");

export const timestamp = z
  .string()
  .refine((word) => !Number.isNaN(Date.parse(word)), "must be a time in ISO 8601, e.g. 2026-01-31T04:00:00Z")
  .transform((word) => new Date(word));

export function list<Entry extends z.ZodType>(entry: Entry): z.ZodType<z.output<Entry>[]> {
  return z.preprocess((value) => (value === "" ? [] : value), z.array(entry)) as unknown as z.ZodType<z.output<Entry>[]>;
}

export const tags = list(z.strictObject({ Key: text, Value: text.default("") }));

export const filters = list(z.strictObject({ Name: text, Values: list(text) }));
export type Filter = z.output<typeof filters>[number];

/** What every Describe action takes beside its own parameters. */
export const paging = { Filters: filters.optional(), MaxRecords: integer.optional(), Marker: text.optional() };
