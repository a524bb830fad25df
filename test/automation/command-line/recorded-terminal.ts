import { createTerminal, type Terminal } from "../../../automation/command-line/terminal";
import { printableLines } from "../../../automation/printable";

/** A terminal that keeps what it is given: the lines of results, and those of progress and errors. */
export function recordedTerminal(): { terminal: Terminal; results: string[]; messages: string[] } {
  const [results, messages]: [string[], string[]] = [[], []];
  const exact = (text: string) => void results.push(...printableLines(text).split("\n"));
  const terminal = {
    ...createTerminal("never"),
    columns: undefined,
    say: (lines = "") => exact(lines),
    exact,
    json: (value: unknown) => exact(JSON.stringify(value, undefined, 2)),
    progress: (line: string) => void messages.push(line),
    complain: (lines: string) => void messages.push(lines),
  };
  return { terminal, results, messages };
}
