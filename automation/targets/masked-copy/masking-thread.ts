/** A thread that masks the chunks it gets. It holds the keys of the masks, and forgets them with its end. */
import { workerData } from "node:worker_threads";
import { answerQuestions } from "./asked-thread";
import type { MaskedChunk } from "./chunk-masker";
import { preparedTables, type TableMasks } from "./table-masks";

export interface MaskingQuestion {
  table: string;
  bytes: Uint8Array<ArrayBuffer>;
  firstRow: number;
}

const maskers = preparedTables(workerData as TableMasks);

answerQuestions<MaskingQuestion, MaskedChunk>("a mask", ({ table, bytes, firstRow }) => {
  const answer = maskers(table).mask(bytes, firstRow);
  return { answer, given: [answer.bytes.buffer] };
});
