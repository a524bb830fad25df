import { commandLines, cut, padded, wrapped } from "../automation/command-line/layout";
import { outputColumns } from "../automation/command-line/limits";
import { createTerminal, type Terminal } from "../automation/command-line/terminal";

/** The demo's output: prose, commands and their results, each in its own style. */
export class Stage {
  private readonly terminal: Terminal;
  private readonly rewrites: boolean;

  constructor(colours: "auto" | "never", columns: number | undefined) {
    this.terminal = createTerminal(colours, columns);
    this.rewrites = process.stdout.isTTY === true;
  }

  private get columns(): number {
    return this.terminal.columns ?? outputColumns;
  }

  /** The width of a result, which is indented. */
  get resultColumns(): number {
    return this.columns - 4;
  }

  title(number: number, count: number, text: string): void {
    this.line();
    this.line(this.terminal.style("bold", padded(`── ${number}/${count} ${text} `, this.columns, "─")));
  }

  /** Prose. */
  say(text: string): void {
    for (const line of wrapped("", text, "", this.columns)) this.line(line);
  }

  /** The command a reader would type to get the same. */
  command(text: string): void {
    this.line();
    const [first = "", ...more] = commandLines("    ", text, this.terminal.columns);
    this.line(`  ${this.terminal.style("cyan", "$")} ${this.terminal.style("bold", first.slice(4))}`);
    for (const line of more) this.line(this.terminal.style("bold", line));
  }

  /** The output of a command. */
  result(lines: string | string[]): void {
    for (const line of [lines].flat()) this.line(`    ${line}`);
  }

  good(text: string): void {
    this.line(`  ${this.terminal.style("green", "✓")} ${text}`);
  }

  bad(text: string): void {
    this.line(`  ${this.terminal.style("yellow", "!")} ${text}`);
  }

  error(text: string, hint: string): void {
    this.line();
    this.line(`${this.terminal.style("red", "error:")} ${text}`);
    this.line(`${this.terminal.style("dim", "hint:")}  ${hint}`);
  }

  /** The current progress: one line, rewritten in place on a terminal and left out of logs. */
  progress(text: string): void {
    if (this.rewrites) process.stdout.write(`\r\x1b[2K    ${this.terminal.style("dim", cut(text, this.columns - 6))}`);
  }

  clearProgress(): void {
    if (this.rewrites) process.stdout.write("\r\x1b[2K");
  }

  line(text = ""): void {
    this.terminal.say(text);
  }
}
