/** A thread that masks the chunks it gets. It holds the keys of the masks, and forgets them with its end. */
import { parentPort, workerData } from "node:worker_threads";
import { ShipshapeError } from "../../errors";
import type { MaskedChunk } from "./chunk-masker";
import { preparedTables, type TableMasks } from "./table-masks";

export interface MaskingRequest {
  id: number;
  table: string;
  bytes: Uint8Array<ArrayBuffer>;
  firstRow: number;
}

export type MaskingAnswer =
  { id: number; masked: MaskedChunk } | { id: number; failed: { code: string; message: string; hint?: string } };

/** A message of ours names columns; one of JavaScript may quote what it could not parse. */
const withoutValues = (error: unknown): { code: string; message: string; hint?: string } => {
  if (error instanceof ShipshapeError) return { code: error.code, message: error.message, hint: error.hint };
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return { code: "unexpected", message: `a mask failed with a ${kind}, whose message may quote a value` };
};

const maskers = preparedTables(workerData as TableMasks);

parentPort?.on("message", ({ id, table, bytes, firstRow }: MaskingRequest) => {
  try {
    const masked = maskers(table).mask(bytes, firstRow);
    parentPort?.postMessage({ id, masked } satisfies MaskingAnswer, [masked.bytes.buffer]);
  } catch (error) {
    parentPort?.postMessage({ id, failed: withoutValues(error) } satisfies MaskingAnswer);
  }
});
