/** HTML in which every inserted text is escaped: what a statement says can add no element, attribute or script. */
import { printable } from "../printable";

export class Html {
  constructor(readonly source: string) {}
}

type Inserted = string | number | Html | readonly Html[];

/** A template whose values are escaped, unless they are HTML: inside elements and in quoted attributes only. */
export function markup(parts: TemplateStringsArray, ...values: Inserted[]): Html {
  return new Html(parts.map((part, at) => part + (at < values.length ? inserted(values[at]!) : "")).join(""));
}

function inserted(value: Inserted): string {
  if (value instanceof Html) return value.source;
  if (typeof value === "object") return value.map((one) => one.source).join("\n");
  return printable(String(value)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
