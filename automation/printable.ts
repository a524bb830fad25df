/**
 * Text that others wrote (a reason, a name, a message of a server, a file of an unknown sender) as one line that is
 * safe to show: characters that move the cursor, break the line, or turn or hide what is read are written as `\u001b`.
 * The same form is legal inside JSON.
 */
export const printable = (text: string): string => text.replace(hidden, escaped);

/** The same for text that we laid out ourselves: its line breaks stay. */
export const printableLines = (text: string): string => text.replace(hiddenButBreaks, escaped);

/** As part of a line of Markdown: nothing in it is taken for emphasis, a cell, a link, a heading or HTML. */
export const printableMarkdown = (text: string): string => printable(text).replace(/[\\`*_{}[\]<>|~&#]/g, "\\$&");

// Controls, format characters (bidirectional marks, zero width), line and paragraph separators, and halves of surrogate
// pairs.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const hiddenButBreaks = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const escaped = (character: string): string =>
  [...Array(character.length).keys()].map((i) => unit(character.charCodeAt(i))).join("");
const unit = (code: number) => `\\u${code.toString(16).padStart(4, "0")}`;
