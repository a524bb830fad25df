/**
 * Pure: the statements of a dump by pg_dump, each with the object that it is about. They are split as psql splits them,
 * so that nothing inside a body or a literal can end a statement, or look like the name of an object.
 */

export interface DumpStatement {
  sql: string;
  /** Such as `TABLE public.orders`: from the comment before it, for errors. */
  place: string;
}

/** Without what psql alone understands, and without user mappings, whose options are passwords. */
export function statementsOf(dump: string): DumpStatement[] {
  const found: DumpStatement[] = [];
  const scanner = new Scanner(dump);
  for (let one = scanner.next(); one !== undefined; one = scanner.next()) if (!isLeftBehind(one.sql)) found.push(one);
  return found;
}

const isLeftBehind = (sql: string): boolean => /^(CREATE|ALTER|COMMENT ON)\s+USER\s+MAPPING\b/i.test(sql);

const space = /\s+/y;
const lineComment = /--[^\n]*(\n|$)/y;
const metaCommand = /\\[^\n]*(\n|$)/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const dollarQuote = /\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const plainString = /'(?:[^']|'')*'/y;
const escapeString = /[eE]'(?:[^'\\]|\\[^]|'')*'/y;
const quotedName = /"(?:[^"]|"")*"/y;
const heading = /^-- Name: (.*); Type: ([A-Z ]+); Schema: (.*?); Owner: /;

class Scanner {
  private at = 0;
  private place = "the beginning of the schema";

  constructor(private readonly text: string) {}

  next(): DumpStatement | undefined {
    this.skipToStatement();
    if (this.at >= this.text.length) return undefined;
    const from = this.at;
    const place = this.place;
    this.skipStatement();
    return { sql: this.text.slice(from, this.at), place };
  }

  private skipToStatement(): void {
    for (;;) {
      if (this.take(space) !== undefined || this.take(metaCommand) !== undefined || this.skipBlockComment()) continue;
      const comment = this.take(lineComment);
      if (comment === undefined) return;
      const [, name, type, schema] = heading.exec(comment) ?? [];
      if (name !== undefined) this.place = `${type} ${schema === "-" ? "" : `${schema}.`}${name}`;
    }
  }

  /** To behind its semicolon. Inside a function that is written in SQL itself, a semicolon ends nothing. */
  private skipStatement(): void {
    const first: string[] = [];
    let parentheses = 0;
    let blocks = 0;
    while (this.at < this.text.length) {
      if (this.skipOpaque()) continue;
      const name = this.take(word)?.toLowerCase();
      if (name !== undefined) {
        if (first.length < 4) first.push(name);
        if (parentheses === 0 && createsRoutine(first)) blocks = blocksAfter(name, blocks);
        continue;
      }
      const one = this.text[this.at++];
      if (one === "(") parentheses++;
      if (one === ")") parentheses--;
      if (one === ";" && parentheses === 0 && blocks === 0) return;
    }
  }

  /** What can contain anything. */
  private skipOpaque(): boolean {
    if (this.take(space) ?? this.take(lineComment) ?? this.take(escapeString) ?? this.take(plainString)) return true;
    if (this.take(quotedName) !== undefined || this.skipBlockComment()) return true;
    const opening = this.take(dollarQuote);
    if (opening === undefined) return false;
    const end = this.text.indexOf(opening, this.at);
    this.at = end < 0 ? this.text.length : end + opening.length;
    return true;
  }

  private skipBlockComment(): boolean {
    if (!this.text.startsWith("/*", this.at)) return false;
    for (let depth = 0; this.at < this.text.length;) {
      const two = this.text.slice(this.at, this.at + 2);
      if (two === "/*") depth++;
      if (two === "*/") depth--;
      this.at += two === "/*" || two === "*/" ? 2 : 1;
      if (depth === 0) break;
    }
    return true;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

const createsRoutine = ([create, second, , fourth]: string[]): boolean =>
  create === "create" && (isRoutine(second) || (second === "or" && isRoutine(fourth)));
const isRoutine = (name: string | undefined): boolean => name === "function" || name === "procedure";

function blocksAfter(name: string, blocks: number): number {
  if (name === "begin") return blocks + 1;
  if (name === "case" && blocks > 0) return blocks + 1;
  return name === "end" && blocks > 0 ? blocks - 1 : blocks;
}
