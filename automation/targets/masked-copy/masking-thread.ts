/** A thread that masks the chunks it gets. It holds the keys of the masks, and forgets them with its end. */
import { parentPort, workerData } from "node:worker_threads";
import type { MaskedChunk } from "./chunk-masker";
import { preparedTables, type TableMasks } from "./table-masks";

export interface MaskingRequest {
  id: number;
  table: string;
  bytes: Uint8Array<ArrayBuffer>;
  firstRow: number;
}

export type MaskingAnswer =
  { id: number; masked: MaskedChunk } | { id: number; failed: { code: string; message: string } };

const maskers = preparedTables(workerData as TableMasks);

parentPort?.on("message", ({ id, table, bytes, firstRow }: MaskingRequest) => {
  try {
    const masked = maskers(table).mask(bytes, firstRow);
    parentPort?.postMessage({ id, masked } satisfies MaskingAnswer, [masked.bytes.buffer]);
  } catch (error) {
    const { code = "unexpected", message } = error as { code?: string; message: string };
    parentPort?.postMessage({ id, failed: { code, message } } satisfies MaskingAnswer);
  }
});
