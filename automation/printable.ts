/**
 * Text from outside (a reason, a name, a server's message, a file from an unknown sender) as one line that is safe to
 * show: characters that move the cursor, break the line, or reverse or hide text are written as `\u001b`, which is also
 * legal in JSON.
 */
export const printable = (text: string): string => text.replace(hidden, escaped);

/** The same for text that we formatted ourselves: its line breaks stay. */
export const printableLines = (text: string): string => text.replace(hiddenButBreaks, escaped);

/** As part of a line of Markdown: nothing in it is interpreted as emphasis, a cell, a link, a heading or HTML. */
export const printableMarkdown = (text: string): string => printable(text).replace(/[\\`*_{}[\]<>|~&#]/g, "\\$&");

/** No longer than that, with an ellipsis where something is missing. */
export const shortened = (text: string, charactersMax: number): string =>
  text.length > charactersMax ? `${text.slice(0, charactersMax - 1)}…` : text;

// Controls, format characters (bidirectional marks, zero width), line and paragraph separators, and lone surrogates.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const hiddenButBreaks = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const escaped = (character: string): string =>
  [...Array(character.length).keys()].map((i) => unit(character.charCodeAt(i))).join("");
const unit = (code: number) => `\\u${code.toString(16).padStart(4, "0")}`;
