/** Pure: the single values inside of a masked field, each of which must not be found. */
import { splitArray } from "./nested";

export type FieldForm = "value" | "array" | "document" | "array of documents";

/** The field's text itself, if it is not of the form that its type says. */
export function piecesOf(form: FieldForm, text: string): string[] {
  if (form === "value") return [text];
  if (form === "document") return leavesOf(text);
  const elements = splitArray(text)?.flatMap((piece) => (typeof piece === "string" ? [] : [piece.value])) ?? [text];
  return form === "array" ? elements : elements.flatMap(leavesOf);
}

const token = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gs;

/** Texts and numbers of a document. Keys stay as they are when it is masked, and are none of them. */
function leavesOf(document: string): string[] {
  return [...document.matchAll(token)].flatMap(([found, colon]) =>
    colon === undefined ? [found.startsWith('"') ? textOf(found) : found] : [],
  );
}

/** PostgreSQL's json takes escapes that JavaScript's does not. */
function textOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
