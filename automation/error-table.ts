/**
 * What an error is: a stable code, an HTTP status, an exit code, a message and a hint. Messages are lower case and name
 * the value given; hints say what to do next. Only the `errors.ts` of an area contains wording, so that an error can be
 * searched for by its code.
 */
export interface ErrorRow {
  /** What an HTTP client of the control plane gets. */
  httpStatus: number;
  /**
   * 1: failed. 2: wrong usage or input, nothing was changed. 3: the embedded cloud is not running. 70: a worker lost
   * the control plane. 130: interrupted.
   */
  exitCode: 1 | 2 | 3 | 70 | 130;
  message: string;
  hint: string;
}
export type ErrorTable = Readonly<Record<string, ErrorRow>>;

/** The `{names}` that a text has placeholders for. */
type Placeholder<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;
export type ErrorValues<Table extends ErrorTable, Code extends keyof Table> = Record<
  Placeholder<Table[Code]["message"]> | Placeholder<Table[Code]["hint"]>,
  string | number
>;

/** An error with a code of a table. It is shown as `message`, then `hint`, then the code. */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly httpStatus: number;
  readonly exitCode: number;
  readonly hint: string;

  constructor(
    readonly code: Code,
    row: ErrorRow,
    values: Readonly<Record<string, string | number>>,
    options?: { cause?: unknown },
  ) {
    super(fillIn(row.message, values), options);
    this.httpStatus = row.httpStatus;
    this.exitCode = row.exitCode;
    this.hint = fillIn(row.hint, values);
  }

  toJSON(): { error: { code: string; message: string; hint: string } } {
    return { error: { code: this.code, message: this.message, hint: this.hint } };
  }
}

function fillIn(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
