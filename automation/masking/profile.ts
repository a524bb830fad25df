/**
 * Pure: what a masking profile (`*.masking.yaml`) may say. It is an allow-list: a column or a definition that it does
 * not name refuses the refresh. Its digest is part of what people approve.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { CompiledTransformer } from "./own/own-transformers";
import { keysMax, reasonCharactersMax, rulesMax, sqlCharactersMax } from "./limits";

const reason = (what: string) =>
  z
    .string({ error: () => `give ${what}, as text` })
    .trim()
    .min(1, { error: () => `give ${what}` })
    .max(reasonCharactersMax, { error: () => `say it in ${reasonCharactersMax} characters` });

const qualified = (parts: number, what: string) =>
  z.string({ error: () => `give ${what}` }).refine((name) => name.split(".").length >= parts, {
    error: () => `give ${what}`,
  });
const columnName = qualified(3, "a column as schema.table.column");
const tableName = qualified(2, "the table as schema.table");

const keep = z.strictObject({ keep: reason("the reason why its values may be copied as they are") });
/** What a draft writes where it has no verdict: it refuses, and says why there is none. */
const unclassified = z.strictObject({ unclassified: z.string() });
const use = z.strictObject({
  use: z.string({ error: () => "give the name of a transformer: docs/masking.md lists them" }),
  with: z.record(z.string(), z.json()).optional(),
  /** Columns of one class get the same mask for the same value, in every database whose profile has the same key. */
  class: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, { error: () => "give a name in lower case, such as customer-id" })
    .optional(),
  /** A column of the same table: rows with the same value of it are moved by the same amount. */
  perSubject: z.string({ error: () => "give a column of the same table" }).optional(),
  reason: z.string().optional(),
});

/** A union's own message would list every branch: this names what is wanted. */
const ruleSchema = z.union([keep, use, unclassified], {
  error: () => "give {use: <transformer>} or {keep: <reason>}",
});
export type Rule = z.infer<typeof ruleSchema>;

const table = z
  .strictObject({
    columns: z.record(z.string(), ruleSchema, { error: () => "give a rule for each column" }).optional(),
    /** No row of it is copied. */
    empty: z.literal(true, { error: () => "give true, or leave it out" }).optional(),
    reason: reason("why no row of it is copied").optional(),
    /** A subset takes all of its rows. */
    whole: z.literal(true, { error: () => "give true, or leave it out" }).optional(),
  })
  .refine(({ columns, empty }) => columns !== undefined || empty === true, {
    error: () => "give columns, or empty: true",
  });

const definition = z.union(
  [
    keep,
    unclassified,
    z.strictObject({ drop: z.literal(true) }),
    z.strictObject({ replace: z.string().max(sqlCharactersMax) }),
  ],
  { error: () => "give {keep: <reason>}, {drop: true} or {replace: <text>}" },
);
export type DefinitionRule = z.infer<typeof definition>;

/** A reference that no foreign key enforces. */
const virtualKey = z.strictObject({
  columns: z.array(columnName).min(1),
  references: z.array(columnName).min(1),
  /** The rows that it is about, where the same column refers to several tables. */
  when: z.strictObject({ column: columnName, equals: z.string() }).optional(),
  reason: reason("why it is one"),
});

const disarming = z.strictObject({
  sql: z
    .string({ error: () => "give one SQL statement" })
    .min(1)
    .max(sqlCharactersMax),
  reason: reason("what it keeps the copy from doing"),
});

export const profileSchema = z.strictObject({
  version: z.literal(1, { error: () => "give 1: it is the only version" }),
  source: reason("the database, by its identifier"),
  key: z.strictObject({
    secret: reason("the name or ARN of the secret in Secrets Manager that has the key"),
  }),
  tables: z
    .record(tableName, table, { error: () => "give a rule for each table" })
    .refine((tables) => Object.keys(tables).length <= rulesMax, { error: () => `give ${rulesMax} tables at most` }),
  definitions: z.record(z.string(), definition).default({}),
  virtualKeys: z.array(virtualKey).max(keysMax).default([]),
  disarm: z.array(disarming).max(keysMax).default([]),
  largeObjects: z.enum(["refuse", "drop"], { error: () => "give refuse or drop" }).default("refuse"),
  sequences: z
    .enum(["source", "column"], {
      error: () => "give column (after the largest value that was copied) or source (where the source's sequence is)",
    })
    .default("column"),
});
export type MaskingProfile = z.infer<typeof profileSchema> & {
  /** Transformers of a team's own that its rules use, from files beside it. */
  own?: CompiledTransformer[];
};

/** What keeps a copy by a profile from being complete, whole or allowed. */
export interface ProfileProblem {
  /** `public.customers.email`, `comment on table public.customers`. */
  place: string;
  reason: string;
}

/**
 * Of what it means: comments, order and defaults that are written out make no difference. The text of a team's own
 * transformers counts, with all that is in it.
 */
export function profileDigest({ own, ...profile }: MaskingProfile): string {
  const meaning = own ? { ...profile, own: own.map(({ name, source }) => ({ name, source })) } : profile;
  return createHash("sha256").update(canonicalize(meaning)!).digest("hex");
}

/** For editors: `# yaml-language-server: $schema=…`. */
export const profileJsonSchema = () =>
  z.toJSONSchema(profileSchema, { target: "draft-7", io: "input", unrepresentable: "any" });
