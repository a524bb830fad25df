import { outputs } from "../../../automation/command-line/json/outputs";
import type { Printing } from "../../../automation/command-line/json/types";
import { createTerminal, type Terminal } from "../../../automation/command-line/terminal";
import { printableLines } from "../../../automation/printable";

/** A terminal that keeps what it is given: the lines of results, and those of progress and errors. */
export function recordedTerminal(columns?: number): { terminal: Terminal; results: string[]; messages: string[] } {
  const [results, messages]: [string[], string[]] = [[], []];
  const exact = (text: string) => void results.push(...printableLines(text).split("\n"));
  const terminal = {
    ...createTerminal("never"),
    columns,
    say: (lines = "") => exact(lines),
    screen: (lines: string[]) => exact(lines.join("\n")),
    exact,
    json: (command: Printing, value: unknown) => {
      const text = JSON.stringify(value, undefined, 2);
      outputs[command].parse(JSON.parse(text));
      exact(text);
    },
    progress: (line: string) => void messages.push(line),
    complain: (lines: string) => void messages.push(lines),
  };
  return { terminal, results, messages };
}
