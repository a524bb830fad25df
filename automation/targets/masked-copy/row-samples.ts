/** A few rows of a table, before and after masking. */
import type { Client } from "pg";
import { unescapeInPlace } from "../../masking/copy-text";
import { ShipshapeError } from "../../errors";
import type { ChunkMasker } from "./chunk-masker";
import { copyOutStatement, readCopiedTables, type CopiedTable } from "./copied-tables";
import { showAllRows } from "./copy-database";
import { copyOut } from "./copy-out";
import { readRolesOf } from "./schema-load";

/** A value as COPY writes it; null is NULL. */
export type Field = string | null;

/** As the master of a restored copy: otherwise its policies would hide rows from the reader. Safe to repeat. */
export async function showHiddenRows(master: Client): Promise<void> {
  await showAllRows(master, await readCopiedTables(master), await readRolesOf(master));
}

/**
 * Rows from all over the table, the same ones each time in a copy that stands still. What goes wrong is told without a
 * value. Errors: masking-value-unfit.
 */
export async function sampleRows(
  client: Client,
  table: CopiedTable,
  masker: ChunkMasker,
  countMax: number,
): Promise<{ before: Field[]; after: Field[] }[]> {
  const from = await rowsOfAllOver(client, table.name, countMax);
  const chunks: Uint8Array[] = [];
  for await (const { bytes } of copyOut(client, copyOutStatement(table, from))) chunks.push(bytes);
  const bytes = Buffer.concat(chunks);
  const before = fieldsOf(bytes);
  // Masking uses up its chunk.
  const after = fieldsOf(Buffer.from(masked(table.name, masker, new Uint8Array(bytes))));
  return before.map((row, at) => ({ before: row, after: after[at] ?? [] }));
}

function masked(table: string, masker: ChunkMasker, chunk: Uint8Array<ArrayBuffer>): Uint8Array {
  try {
    return masker.mask(chunk, 0).bytes;
  } catch (error) {
    if (error instanceof ShipshapeError) throw error;
    const kind = error instanceof Error ? error.constructor.name : typeof error;
    const reason = `a mask failed with a ${kind}, whose message may quote a value`;
    throw new ShipshapeError("masking-value-unfit", { column: table, reason });
  }
}

/** One row from each of so many places, by the blocks of the table; of a small table, its first rows. */
async function rowsOfAllOver(client: Client, table: string, countMax: number): Promise<string> {
  const { rows } = await client.query<{ blocks: number }>(
    "select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::float8 as blocks",
    [table],
  );
  const blocks = rows[0]?.blocks ?? 0;
  if (blocks < 2 * countMax) return `(select * from only ${table} limit ${countMax}) t`;
  const places = Array.from({ length: countMax }, (_, at) => `'(${Math.floor((at * blocks) / countMax)},0)'`);
  return `only ${table} t where t.ctid = any (array(
    select (select x.ctid from only ${table} x where x.ctid >= place limit 1)
    from unnest(array[${places.join(", ")}]::tid[]) as place))`;
}

/** The fields of whole rows. */
export function fieldsOf(bytes: Buffer): Field[][] {
  const rows: Field[][] = [];
  for (let start = 0, row: Field[] = []; start < bytes.length;) {
    let end = start;
    while (end < bytes.length && bytes[end] !== 0x09 && bytes[end] !== 0x0a) end++;
    const isNull = end - start === 2 && bytes.toString("latin1", start, end) === "\\N";
    const isLast = bytes[end] !== 0x09;
    row.push(isNull ? null : bytes.toString("utf8", start, unescapeInPlace(bytes, start, end)));
    if (isLast) {
      rows.push(row);
      row = [];
    }
    start = end + 1;
  }
  return rows;
}
