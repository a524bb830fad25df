/** How results are laid out in the columns that there are; without a limit, as in a pipe, lines stay whole for `grep`. */
import { stripVTControlCharacters } from "node:util";
import { outputColumns, tableTextColumnsMin } from "./limits";

/** How many columns a text takes on a terminal: colours none, and signs of East Asian scripts and emoji two. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of (signs ??= new Intl.Segmenter()).segment(plain)) width += wide.test(segment) ? 2 : 1;
  return width;
}
let signs: Intl.Segmenter | undefined;
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

/** The beginning of a text that takes so many columns at most. */
export function cut(text: string, columns: number): string {
  let end = text.length;
  while (widthOf(text.slice(0, end)) > columns) end--;
  return text.slice(0, end);
}

export const padded = (text: string, columns: number, sign = " "): string =>
  text + sign.repeat(Math.max(0, columns - widthOf(text)));

/**
 * Columns as wide as their widest cell; the last one is not padded, so that lines have no trailing spaces. Where that
 * is too wide, the texts of the last column continue on further lines; where that is too narrow for them, each row
 * becomes an entry of its own, with the names of the columns.
 */
export function table(headings: string[], rows: string[][], columns = Infinity): string[] {
  const widths = headings.map((heading, at) =>
    Math.max(widthOf(heading), ...rows.map((row) => widthOf(row[at] ?? ""))),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, at) => (at === cells.length - 1 ? cell : padded(cell, widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  const lines = [line(headings), ...rows.map(line)];
  if (lines.every((one) => widthOf(one) <= columns)) return lines;
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const wordsMax = Math.max(...rows.flatMap((row) => (row.at(-1) ?? "").split(" ").map(widthOf)));
  if (columns - before < Math.max(tableTextColumnsMin, wordsMax))
    return rows.flatMap((row) => stacked(headings, row, columns));
  return [
    line(headings),
    ...rows.flatMap((row) =>
      wrapped(line([...row.slice(0, -1), "x"]).slice(0, -2), row.at(-1) ?? "", " ".repeat(before), columns),
    ),
  ];
}

/** A row of a table for which there is no room: its first cell, and below that the others with their headings. */
function stacked(headings: string[], row: string[], columns: number): string[] {
  const others = row
    .slice(1)
    .flatMap((cell, at) => (/^-? *$/.test(cell) ? [] : [`${headings[at + 1]?.toLowerCase()} ${cell.trim()}`]));
  return [...fitted(row[0] ?? "", columns), ...wrapped(" ", others.join(", "), "  ", columns)];
}

/** A line in as many as it takes; what is indented stays so, and what continues it is indented further. */
export function fitted(line: string, columns = Infinity): string[] {
  if (widthOf(line) <= columns) return [line];
  const [begin = ""] = /^ */.exec(line) ?? [];
  return laidOut(begin, line.slice(begin.length), columns, `${begin}  `);
}

/** A text in lines, the first after `begin`. Without a terminal they are as wide as the narrowest in common use. */
export const wrapped = (begin: string, text: string, indent: string, columns = outputColumns): string[] =>
  laidOut(begin === "" ? "" : `${begin} `, text, columns, indent);

/** A command in lines that can be copied and run as they are. */
export function commandLines(begin: string, command: string, columns = Infinity): string[] {
  if (widthOf(begin + command) <= columns) return [begin + command];
  const [first = "", ...parts] = command.match(/(?:--[\w-]+ (?=[^-|\s]))?(?:"[^"]*"|'[^']*'|\S)+/g) ?? [];
  const lines = [begin + first];
  for (const part of parts) {
    const last = lines.pop() ?? "";
    if (widthOf(`${last} ${part} \\`) <= columns) lines.push(`${last} ${part}`);
    else lines.push(`${last} \\`, `${" ".repeat(widthOf(begin) + 2)}${part}`);
  }
  return lines;
}

/**
 * No word is broken. Nor is a command in backticks, unless no line has room for it: then its lines still can be copied.
 * A path, an ARN or an address that no line has room for begins a line, and continues after one of its separators.
 */
function laidOut(begin: string, text: string, columns: number, indent: string): string[] {
  const lines = [begin];
  let isEmpty = true;
  for (const [whole, word = ""] of text.matchAll(/\s*((?:`[^`]*`|\S)+)/g)) {
    const last = lines.at(-1) ?? "";
    const longer = last + (isEmpty ? word : whole);
    if (widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else if (!isEmpty && widthOf(indent + word) <= columns) lines.push(indent + word);
    else {
      if (isEmpty) lines.pop();
      lines.push(...(word.includes(" ") ? commandLines : nameLines)(isEmpty ? begin : indent, word, columns));
    }
    isEmpty = false;
  }
  return lines.map((line) => line.trimEnd());
}

function nameLines(begin: string, name: string, columns: number): string[] {
  const [first = "", ...parts] = name.match(/[^/:@,=]*[/:@,=]*/g) ?? [];
  const lines = [begin + first];
  for (const part of parts) {
    const last = lines.at(-1) ?? "";
    if (widthOf(last + part) <= columns) lines[lines.length - 1] = last + part;
    else lines.push(" ".repeat(widthOf(begin)) + part);
  }
  return lines;
}

/**
 * Entries of two lines or more, for texts that no column of a terminal has room for: the cells, which end with the
 * name, and below them the text. A name that does not fit begins the text.
 */
export function entries(
  headings: string[],
  ones: { cells: string[]; name: string; text: string }[],
  columns = outputColumns,
): string[] {
  const before = headings.slice(0, -1).reduce((sum, heading) => sum + widthOf(heading) + 2, 0);
  const fits = ({ name }: { name: string }) => before + widthOf(name) <= columns;
  const [first = "", ...rows] = table(
    headings,
    ones.map((one) => [...one.cells, fits(one) ? one.name : ""]),
  );
  return [
    first,
    ...ones.flatMap((one, at) => [
      rows[at] ?? "",
      ...(fits(one) ? [] : [`  ${one.name}`]),
      ...wrapped(" ", one.text, "  ", columns),
    ]),
  ];
}
