import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import { ShipshapeError } from "../errors";
import { printableLines } from "../printable";
import { outputColumns } from "./limits";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * The output of a command. Results go to standard output, so that they can be piped; progress and errors go to standard
 * error. Colours appear on a terminal only.
 */
export interface Terminal {
  /** A line of the result. */
  say(line?: string): void;
  /** A line of progress. */
  progress(line: string): void;
  /** On a terminal: the last line of progress, which each call replaces. Elsewhere nothing. */
  live(line: string): void;
  style(style: Style, text: string): string;
  /** Asks for confirmation. Without a terminal that is an error (`confirmation-needed`), not a no. */
  confirm(action: string, question: string): Promise<boolean>;
}

export function createTerminal(colours: "auto" | "never"): Terminal {
  const coloured = colours === "auto" && process.stdout.isTTY === true;
  const style = (name: Style, text: string) => (coloured ? styleText(name, text) : text);
  let replaced = "";
  const live = (line: string) => {
    if (process.stderr.isTTY !== true || line === replaced) return;
    replaced = line;
    // One that wraps could not be replaced.
    const text = shown(line, false).slice(0, (process.stderr.columns || outputColumns) - 1);
    process.stderr.write(`\r\u001b[2K${coloured && text !== "" ? styleText("dim", text) : text}`);
  };
  return {
    say: (line = "") => (live(""), void process.stdout.write(`${shown(line, coloured)}\n`)),
    progress: (line) => {
      live("");
      const text = shown(line, coloured && process.stderr.isTTY);
      process.stderr.write(`${process.stderr.isTTY && coloured ? styleText("dim", text) : text}\n`);
    },
    live,
    style,
    async confirm(action, question) {
      if (process.stdin.isTTY !== true) throw new ShipshapeError("confirmation-needed", { action });
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
      } finally {
        reader.close();
      }
    },
  };
}

/** Of all control characters in a line, only our own colours reach the terminal. */
const shown = (line: string, coloured: boolean): string =>
  line
    .split(colour)
    .map((part, i) => (i % 2 === 1 && coloured ? part : printableLines(part)))
    .join("");
const colour = new RegExp(String.raw`(\u001b\[\d{1,2}m)`);

/** Columns as wide as their widest cell; the last one is not padded, so that lines have no trailing spaces. */
export function table(headings: string[], rows: string[][]): string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)];
}

/** A text in lines as wide as the output, the first after `begin`; commands stay whole, so that they can be copied. */
export function wrapped(begin: string, text: string, indent: string): string[] {
  const lines = [begin];
  for (const [word] of text.matchAll(/(?:`[^`]*`|\S)+/g)) {
    const last = lines.at(-1) ?? "";
    if (last.length + 1 + word.length <= outputColumns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

/**
 * Entries of two lines or more, for texts that no column of a terminal has room for: the cells, which end with the name,
 * and below them the text.
 */
export function entries(headings: string[], ones: { cells: string[]; name: string; text: string }[]): string[] {
  const columns = outputColumns - headings.slice(0, -1).reduce((sum, heading) => sum + heading.length + 2, 0);
  const [first = "", ...rows] = table(
    headings,
    ones.map(({ cells, name }) => [...cells, shortened(name, columns)]),
  );
  return [first, ...ones.flatMap(({ text }, at) => [rows[at] ?? "", ...wrapped(" ", text, "  ")])];
}

/** A name in at most so many columns: its beginning and its end. */
function shortened(name: string, columns: number): string {
  if (name.length <= columns) return name;
  const begin = Math.ceil((columns - 1) / 2);
  return `${name.slice(0, begin)}…${name.slice(name.length - (columns - 1 - begin))}`;
}
