/** What the commands about masking print as JSON. */
import { z } from "zod";
import { anything } from "./parts";

const text = z.string();
const count = z.int().min(0);

export const maskingOutputs = {
  "masking draft": z.strictObject({
    database: text,
    profile: anything.describe("as its file has it: docs/masking-profile.schema.json"),
    counts: z.strictObject({ masked: count, kept: count, unclassified: count, emptied: count, definitions: count }),
    valuesUnread: z.array(text).describe("tables whose values the role may not read, or that were not looked at"),
    output: text.nullable(),
  }),
  "masking preview": z.strictObject({
    request: text,
    database: text,
    profile: text,
    profileDigest: text,
    tablesNotShown: count,
    tables: z.array(
      z.strictObject({
        table: text,
        kept: z.array(text).describe("columns that are copied as they are"),
        rows: z.array(
          z.array(
            z.strictObject({
              column: text,
              before: text.nullable().describe("the real value, or its beginning"),
              after: text.nullable(),
            }),
          ),
        ),
      }),
    ),
  }),
  "masking check": z.strictObject({
    profile: text,
    database: text,
    profileDigest: text,
    schemaDigest: text,
    subsets: z.array(text).describe("the files of the database's subsets beside the profile, which are checked, too"),
    covers: z.boolean(),
    problems: z.array(z.strictObject({ place: text, reason: text })),
  }),
} as const;
