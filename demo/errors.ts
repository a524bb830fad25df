import { CodedError, type ErrorTable, type ErrorValues } from "../automation/error-table";

export const demoErrors = {
  "demo-chapter-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: "the demo has no chapter {chapter}; it has: {known}",
    hint: "`npm run demo` shows all of them, `npm run demo -- <chapter>` one",
  },
  "demo-command-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "`{command}` ended with exit code {code}",
    hint: "the whole output is in {logFile}; `npm run demo -- {chapter}` repeats this chapter alone",
  },
  "demo-expectation-failed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the demo expected {expected}, and found {found}",
    hint: "{remedy}",
  },
} as const satisfies ErrorTable;

type Table = typeof demoErrors;

export class DemoError<Code extends keyof Table = keyof Table> extends CodedError<Code> {
  override readonly name = "DemoError";

  constructor(code: Code, values: ErrorValues<Table, Code>) {
    super(code, demoErrors[code], values);
  }
}
