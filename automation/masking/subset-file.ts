/**
 * Pure: what the file of a subset (`*.subset.yaml`) may say: a root table, a condition, and how far its rows reach. It
 * is a file beside the profile, and no part of a request: the condition may be a value itself, and requests, plans and
 * records are kept for long. They name the file and its digest; who approves can read the file.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import { readYamlMapping } from "../../components/standards/yaml-mapping";
import { ShipshapeError } from "../errors";
import { keysMax, sqlCharactersMax, subsetRowsDefault, subsetRowsMax } from "./limits";

const wanted = {
  version: "give 1: it is the only version",
  source: "give the database, by its identifier",
  root: "give the table whose rows are chosen, as schema.table",
  where: "give the condition for the rows of the root, as one SQL expression",
  down: "give a list of keys by their columns, such as public.orders(customer)",
  rowsMax: `give a whole number of rows, ${subsetRowsMax} at most`,
};

const subsetSchema = z.strictObject({
  version: z.literal(1).meta({ description: "the version of this format" }),
  source: z
    .string()
    .min(1)
    .max(63)
    .meta({ description: "the database, by its identifier, as its masking profile says" }),
  root: z.string().regex(/\./).meta({ description: "the table whose rows are chosen, as schema.table" }),
  where: z
    .string()
    .trim()
    .min(1)
    .max(sqlCharactersMax)
    .meta({ description: "the condition for the rows of the root: one SQL expression over its columns" }),
  down: z.array(z.string()).max(keysMax).optional().meta({
    description:
      "the keys over which rows that refer to a chosen one come too, such as public.orders(customer_id); by default those whose columns are all NOT NULL, but for those to the same table",
  }),
  rowsMax: z
    .number()
    .int()
    .min(1)
    .max(subsetRowsMax)
    .default(subsetRowsDefault)
    .meta({ description: "more rows of one table end the refresh before anything is copied" }),
});

/** For editors. */
export const subsetJsonSchema = () => z.toJSONSchema(subsetSchema, { target: "draft-7", io: "input" });
export type Subset = z.infer<typeof subsetSchema>;

/**
 * @param file its name, for messages
 * @throws subset-invalid, with lines and what is wanted there: never with what is there, which may be the condition
 */
export function parseSubset(text: string, file: string): Subset {
  const { values, problems, lineOf } = readYamlMapping(text, "a mapping");
  const invalid = (lines: { line: number; message: string }[]) =>
    new ShipshapeError("subset-invalid", {
      file,
      problems: lines.map(({ line, message }) => `\n  line ${line}: ${message}`).join(""),
    });
  if (values === undefined) throw invalid(problems.map(({ line }) => ({ line, message: "it cannot be read as YAML" })));
  const { data, error } = subsetSchema.safeParse(values);
  if (data) return data;
  throw invalid(
    error.issues.map(({ code, path: [name] }) => ({
      line: lineOf(...(name === undefined ? [] : [String(name)])),
      message:
        code === "unrecognized_keys"
          ? `there is a name that is not known; known: ${Object.keys(wanted).join(", ")}`
          : `${String(name)}: ${wanted[name as keyof typeof wanted]}`,
    })),
  );
}

/** What an approval is bound to, in place of the condition. */
export const subsetDigest = (subset: Subset): string =>
  createHash("sha256").update(canonicalize(subset)!).digest("hex");
