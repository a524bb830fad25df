/**
 * Pure: what is generated: the part of docs/masking.md about transformers, and the schemas of a profile
 * and of a subset for editors.
 */
import { z } from "zod";
import { stringify } from "yaml";
import { profileJsonSchema } from "./profile";
import type { ColumnFacts } from "./schema-facts";
import { subsetJsonSchema } from "./subset-file";
import type { Transformer, Uniqueness } from "./transformer";
import { transformers } from "./transformers";

export const profileSchemaText = (): string =>
  `${JSON.stringify({ ...profileJsonSchema(), title: "A masking profile of Shipshape" }, undefined, 2)}\n`;

export const subsetSchemaText = (): string =>
  `${JSON.stringify({ ...subsetJsonSchema(), title: "A subset of Shipshape" }, undefined, 2)}\n`;

const [start, end] = ["<!-- transformers: written by `npm run pages` -->", "<!-- /transformers -->"];

/** `docs/masking.md` with the table of transformers; the surrounding prose is unchanged. */
export function withTransformers(page: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/masking.md must contain ${start} and, below it, ${end}`);
  const table = [
    "| `use` | gives | different values | `with` (default) | for example |",
    "|---|---|---|---|---|",
    ...transformers.map(row),
  ].join("\n");
  return `${page.slice(0, from + start.length)}\n\n${table}\n\n${page.slice(to)}`;
}

function row(transformer: Transformer): string {
  const { name, title, example } = transformer;
  const given = example === undefined ? "" : `\`${inline(example)}\``;
  return `| \`${name}\` | ${title} | ${kept(transformer)} | ${parametersOf(transformer)} | ${given} |`;
}

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: true }).trim();

const words: Record<Uniqueness, string> = {
  injective: "stay different",
  "collision-free-in-practice": "stay different in practice",
  lossy: "may become equal",
};

const columns: readonly Partial<ColumnFacts>[] = [{ type: "text" }, { type: "text", maxLength: 8 }, { type: "int4" }];

/** For the kinds of columns that it fits, with the default and with the parameters of its example. */
function kept({ parameters, uniqueness, fits, example }: Transformer): string {
  const found = new Set<string>();
  for (const given of [{}, example]) {
    const parsed = parameters.safeParse(given);
    if (!parsed.success) continue;
    const all = columns.map(
      (column) =>
        ({ table: "", name: "", declared: "", kind: "base", notNull: false, checks: [], ...column }) as ColumnFacts,
    );
    const fitting = all.filter((column) => fits(column, parsed.data) === undefined);
    for (const column of fitting.length > 0 ? fitting : all.slice(0, 1))
      found.add(words[uniqueness(column, parsed.data)]);
  }
  return [...found].join(", or ");
}

/** Each with its choices and its default, from the schema. */
function parametersOf({ parameters }: Transformer): string {
  const { properties = {} } = z.toJSONSchema(parameters, { io: "input", unrepresentable: "any" });
  return Object.entries(properties)
    .map(([name, schema]) => {
      const { enum: choices, default: by } = schema as { enum?: unknown[]; default?: unknown };
      const shown = choices ? choices.map(String).join(" \\| ") : "";
      return `\`${name}\`${shown && `: ${shown}`}${by === undefined || by === "" ? "" : ` (${String(by)})`}`;
    })
    .join(", ");
}
