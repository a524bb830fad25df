import { createTerminal, type Terminal } from "../automation/command-line/terminal";

/** The demo's output: prose, commands and their results, each in its own style. */
export class Stage {
  private readonly terminal: Terminal;
  private readonly rewrites: boolean;

  constructor(colours: "auto" | "never") {
    this.terminal = createTerminal(colours);
    this.rewrites = process.stdout.isTTY === true;
  }

  title(number: number, count: number, text: string): void {
    this.line();
    this.line(
      this.terminal.style("bold", `── ${number}/${count} ${text} ${"─".repeat(Math.max(3, 84 - text.length))}`),
    );
  }

  /** Prose. */
  say(text: string): void {
    for (const line of wrap(text, 96)) this.line(line);
  }

  /** The command a reader would type to get the same. */
  command(text: string): void {
    this.line();
    this.line(`  ${this.terminal.style("cyan", "$")} ${this.terminal.style("bold", text)}`);
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
    if (this.rewrites)
      process.stdout.write(
        `\r\x1b[2K    ${this.terminal.style("dim", text.slice(0, (process.stdout.columns ?? 100) - 6))}`,
      );
  }

  clearProgress(): void {
    if (this.rewrites) process.stdout.write("\r\x1b[2K");
  }

  line(text = ""): void {
    this.terminal.say(text);
  }
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
