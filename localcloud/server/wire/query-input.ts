import { z } from "zod";
import { limits } from "../limits";

/** Types of the Query protocol, where every leaf arrives as a string and an empty list as an empty string. */

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
  return z.preprocess((value) => (value === "" ? [] : value), z.array(entry)) as unknown as z.ZodType<
    z.output<Entry>[]
  >;
}

/** AWS's rules for tags (Tagging User Guide): letters, digits and spaces of any script, and `_ . : / = + - @`. */
const tagText = (lengthMin: number, lengthMax: number) =>
  z
    .string()
    .min(lengthMin, `must have ${lengthMin} to ${lengthMax} characters`)
    .max(lengthMax, `must have ${lengthMin} to ${lengthMax} characters`)
    .regex(/^[\p{L}\p{M}\p{Z}\p{N}_.:/=+\-@]*$/u, "may contain only letters, digits, spaces and _ . : / = + - @");
const tagKey = tagText(1, 128).refine((key) => !/^aws:/i.test(key), "must not begin with aws:, which AWS reserves");

export const tags = list(z.strictObject({ Key: tagKey, Value: tagText(0, 256).default("") }))
  .refine((given) => given.length <= limits.tagsPerResource, `a resource has at most ${limits.tagsPerResource} tags`)
  .refine((given) => new Set(given.map((tag) => tag.Key)).size === given.length, "the same key is given twice");

export const filters = list(z.strictObject({ Name: text, Values: list(text) }));
export type Filter = z.output<typeof filters>[number];

/** Parameters that every Describe action takes in addition to its own. */
export const paging = { Filters: filters.optional(), MaxRecords: integer.optional(), Marker: text.optional() };
