import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
import { ShipshapeError } from "../errors";
import { printableLines } from "../printable";
import { cut, fitted } from "./layout";
import type { Printed, Printing } from "./json/types";
import { outputColumns } from "./limits";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * The output of a command. Results go to standard output, so that they can be piped; progress and errors go to standard
 * error. On a terminal there are colours, and lines for people are as wide as it is.
 */
export interface Terminal {
  /** The width that lines of the result may have. @default any */
  readonly columns: number | undefined;
  /** Lines of the result, for people. */
  say(lines?: string): void;
  /** Lines of the result that take the place of earlier ones on a terminal. Elsewhere they follow them. */
  screen(lines: string[]): void;
  /** The result for programs, or to be copied: no line is broken. */
  exact(text: string): void;
  /** The result of a command as JSON, as `json/outputs.ts` has it. */
  json<Command extends Printing>(command: Command, value: Printed<Command>): void;
  /** A line of progress. */
  progress(line: string): void;
  /** From now on nothing but results and what went wrong: `--quiet`. */
  silence(): void;
  /** What went wrong. */
  complain(lines: string): void;
  /** On a terminal: the last line of progress, which each call replaces. Elsewhere nothing. */
  live(line: string): void;
  style(style: Style, text: string): string;
  /** Asks for confirmation. Without a terminal that is an error (`confirmation-needed`), not a no. */
  confirm(action: string, question: string): Promise<boolean>;
}

/** Without a terminal, results are as wide as `columns`. */
export function createTerminal(colours: "auto" | "never", columns?: number): Terminal {
  const coloured = colours === "auto" && process.stdout.isTTY === true;
  const style = (name: Style, text: string) => (coloured ? styleText(name, text) : text);
  let silent = false;
  let replaced = "";
  const live = (line: string) => {
    if (silent || process.stderr.isTTY !== true || line === replaced) return;
    replaced = line;
    // One that wraps could not be replaced.
    const text = cut(shown(line, false), (columnsOf(process.stderr) ?? outputColumns) - 1);
    process.stderr.write(`\r\u001b[2K${coloured && text !== "" ? styleText("dim", text) : text}`);
  };
  const width = () => columnsOf(process.stdout) ?? columns;
  const exact = (text: string) => (live(""), void process.stdout.write(`${shown(text, coloured)}\n`));
  const onError = (lines: string, dim: boolean) => {
    live("");
    const isColoured = coloured && process.stderr.isTTY;
    const text = laidOut(shown(lines, isColoured), columnsOf(process.stderr));
    process.stderr.write(`${dim && isColoured ? styleText("dim", text) : text}\n`);
  };
  return {
    get columns() {
      return width();
    },
    say: (lines = "") => exact(laidOut(lines, width())),
    screen(lines) {
      if (process.stdout.isTTY) process.stdout.write("\u001b[H\u001b[2J\u001b[3J");
      this.say(lines.join("\n"));
    },
    exact,
    json: (_, value) => exact(JSON.stringify(value, undefined, 2)),
    progress: (line) => (silent ? undefined : onError(line, true)),
    silence: () => void (silent = true),
    complain: (lines) => onError(lines, false),
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

/** A terminal that does not know its width says 0. */
const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream): number | undefined =>
  isTTY ? columns || outputColumns : undefined;

const laidOut = (lines: string, columns: number | undefined): string =>
  lines
    .split("\n")
    .flatMap((line) => fitted(line, columns))
    .join("\n");

/** Of all control characters in a line, only our own colours reach the terminal. */
const shown = (line: string, coloured: boolean): string =>
  line
    .split(colour)
    .map((part, i) => (i % 2 === 1 && coloured ? part : printableLines(part)))
    .join("");
const colour = new RegExp(String.raw`(\u001b\[\d{1,2}m)`);
