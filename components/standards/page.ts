/** What is generated from the schema and the floor: docs/standard.schema.json and the table in docs/standard.md. */
import { z } from "zod";
import { standardFile } from "./file-schema";
import { floors } from "./floor";

export function standardSchemaText(): string {
  const schema = z.toJSONSchema(standardFile, { target: "draft-7", io: "input" });
  return `${JSON.stringify({ ...schema, title: "A company's standard for Shipshape" }, undefined, 2)}\n`;
}

const [start, end] = ["<!-- floor: written by `npm run pages` -->", "<!-- /floor -->"];

/** `docs/standard.md` with the table of the floor; the surrounding prose is unchanged. */
export function withFloor(page: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/standard.md must contain ${start} and, below it, ${end}`);
  const rows = floors.map(
    ({ path, least, waivable, why }) => `| \`${path}\` | ${least} | ${waivable ? "yes" : "no"} | ${why} |`,
  );
  const table = ["| figure | floor | exceptions | why |", "|---|---|---|---|", ...rows].join("\n");
  return `${page.slice(0, from + start.length)}\n\n${table}\n\n${page.slice(to)}`;
}
