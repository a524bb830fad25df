/** A thread that learns values, or searches rows for them. It keeps fingerprints only, and forgets them with its end. */
import type { FieldForm } from "../../masking/leak-pieces";
import { LeakScan, type Found, type Learnt } from "../../masking/leak-scan";
import { answerQuestions } from "./asked-thread";

/** A column whose values must not be found. */
export interface ScannedColumn {
  name: string;
  isShort: boolean;
  form: FieldForm;
}

export type ScanningQuestion =
  | { kind: "columns"; columns: ScannedColumn[] }
  /** The number of each field's column. */
  | { kind: "learn"; fields: number[]; bytes: Uint8Array }
  | { kind: "end learning" }
  /** What another thread has learnt. */
  | { kind: "use"; learnt: Learnt }
  | { kind: "search"; places: string[]; plain: boolean[]; bytes: Uint8Array }
  | { kind: "found" };

export type ScanningAnswer = Learnt | Found | undefined;

let scan = new LeakScan();

answerQuestions<ScanningQuestion, ScanningAnswer>("a leak scan", (question) => ({ answer: answerTo(question) }));

function answerTo(question: ScanningQuestion): ScanningAnswer {
  switch (question.kind) {
    case "columns":
      for (const { name, isShort, form } of question.columns) scan.addColumn(name, isShort, form);
      return undefined;
    case "learn":
      scan.learn(question.fields, question.bytes);
      return undefined;
    case "end learning":
      return scan.endLearning();
    case "use":
      scan = new LeakScan(question.learnt);
      return undefined;
    case "search":
      scan.searchRows(question.places, question.plain, question.bytes);
      return undefined;
    case "found":
      return scan.found();
  }
}
