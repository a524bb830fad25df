/**
 * Pure: would masked values break a CHECK? Decided for the checks that most schemas have: a list, a length, a regular
 * expression, a bound, a case. What is not understood is left to the rows that are tried before a copy.
 */
import type { ColumnFacts } from "./schema-facts";
import type { ByteColumn, Transformer } from "./transformer";

/** Values of the source as they might be, for every kind of column. */
const samples = [
  "Ann Example",
  "x",
  "ann@mail.test",
  "AB-1234",
  "12345",
  "1",
  "250",
  "2001-02-03",
  "a longer text of words",
];

/** The check that all results break, as far as that can be told; undefined if there is none. */
export function brokenCheck(column: ColumnFacts, transformer: Transformer, parameters: unknown): string | undefined {
  if (column.checks.length === 0) return undefined;
  const results = resultsOf(column, transformer, parameters);
  return column.checks.find((check) => {
    const holds = conditionOf(check, column.name);
    if (holds === undefined) return false;
    const valid = results.filter(({ value }) => holds(value));
    // With no valid value to try, only a transformer whose results all have one form shows what it does.
    const tried = valid.length > 0 ? valid : hasOneForm(results) ? results : [];
    return tried.length > 0 && tried.every(({ result }) => !holds(result));
  });
}

interface Result {
  value: string;
  result: string;
}

function resultsOf(column: ColumnFacts, transformer: Transformer, parameters: unknown): Result[] {
  const key = Buffer.alloc(32, "a sample");
  const mask = transformer.prepare({ column, key, keyOf: () => key, sourceWords: new Set() }, parameters);
  return samples.flatMap((value): Result[] => {
    const bytes = Buffer.from(value);
    const values: ByteColumn = { bytes, start: Int32Array.of(0), end: Int32Array.of(bytes.length), count: 1 };
    try {
      const { bytes: out, start, end } = mask(values, { firstRow: 0 });
      return start[0]! < 0 ? [] : [{ value, result: out.toString("utf8", start[0], end[0]) }];
    } catch {
      return []; // no value of such a column
    }
  });
}

const hasOneForm = (results: Result[]): boolean =>
  new Set(results.map(({ result }) => result.replaceAll(/[a-z\d]/gi, "x"))).size === 1;

type Condition = (value: string) => boolean;

/** Of `CHECK (…)` as PostgreSQL writes it, on this column or on the VALUE of its domain; undefined: not understood. */
export function conditionOf(check: string, name: string): Condition | undefined {
  const [, inner] = /^CHECK \((.*)\)(?: NOT VALID)?$/s.exec(check) ?? [];
  if (inner === undefined) return undefined;
  const column = `(?:VALUE|${name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}|"${name}")`;
  const operand = String.raw`\(?\(?${column}\)?(?:::\w+(?: \w+)*)?\)?`;
  const all = conjuncts(inner).map((part) => simple(bare(part), operand));
  return all.every((one) => one !== undefined) ? (value) => all.every((holds) => holds!(value)) : undefined;
}

/** Parts joined by AND outside of brackets and texts. */
function conjuncts(text: string): string[] {
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  const whole = bare(text);
  for (const { 0: found, index } of whole.matchAll(/'(?:[^']|'')*'|[()[\]]| AND /g))
    if (/^[([]$/.test(found)) depth++;
    else if (/^[)\]]$/.test(found)) depth--;
    else if (found === " AND " && depth === 0) {
      parts.push(whole.slice(from, index));
      from = index + found.length;
    }
  return [...parts, whole.slice(from)];
}

/** Without the brackets around all of it. */
function bare(text: string): string {
  let at = text.trim();
  while (at.startsWith("(") && closes(at) === at.length - 1) at = at.slice(1, -1).trim();
  return at;
}

function closes(text: string): number {
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(/'(?:[^']|'')*'|[()]/g)) {
    if (found === "(") depth++;
    if (found === ")" && --depth === 0) return index;
  }
  return -1;
}

const literal = String.raw`\(?'((?:[^']|'')*)'(?:::\w+(?: \w+)*)?\)?`;
const number = String.raw`\(?'?(-?\d+(?:\.\d+)?)'?\)?(?:::\w+(?: \w+)*)?`;

function simple(part: string, operand: string): Condition | undefined {
  const match = (pattern: string) => new RegExp(`^${pattern}$`, "s").exec(part);
  const list = match(String.raw`${operand} = ANY \(\(?ARRAY\[(.*)\]\)?(?:::[\w[\] ]+)?\)`)?.[1];
  if (list !== undefined) {
    const values = [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = ""]) => value.replaceAll("''", "'"));
    return values.length > 0 ? (value) => values.includes(value) : undefined;
  }
  const [, differing] = match(`${operand} <> ${literal}`) ?? [];
  if (differing !== undefined) return (value) => value !== differing.replaceAll("''", "'");
  const [, operator = "", expression] = match(`${operand} (!?~\\*?) ${literal}`) ?? [];
  if (expression !== undefined) return expressionOf(expression.replaceAll("''", "'"), operator);
  const [, , lengthSign, characters] =
    match(`(length|char_length|character_length)\\(${operand}\\) (<=|>=|<|>|=) ${number}`) ?? [];
  if (characters !== undefined) return (value) => compare([...value].length, lengthSign!, Number(characters));
  const [, sign, bound] = match(`${operand} (<=|>=|<|>) ${number}`) ?? [];
  if (bound !== undefined) return (value) => compare(Number(value), sign!, Number(bound));
  const [, fold] =
    match(`${operand} = (lower|upper)\\(${operand}\\)`) ?? match(`(lower|upper)\\(${operand}\\) = ${operand}`) ?? [];
  if (fold) return (value) => value === (fold === "lower" ? value.toLowerCase() : value.toUpperCase());
  return undefined;
}

function expressionOf(pattern: string, operator: string): Condition | undefined {
  try {
    const expression = new RegExp(pattern, operator.endsWith("*") ? "iu" : "u");
    return (value) => expression.test(value) !== operator.startsWith("!");
  } catch {
    return undefined; // PostgreSQL knows forms that JavaScript does not
  }
}

const compare = (one: number, sign: string, other: number): boolean =>
  ({ "<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other, "=": one === other })[sign]!;
