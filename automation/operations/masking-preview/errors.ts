import type { ErrorTable } from "../../error-table";

export const maskingPreviewErrors = {
  "preview-missing": {
    httpStatus: 404,
    exitCode: 2,
    message: "you have no masking preview of {database} under way",
    hint: 'rows are shown of an isolated copy only: `npx shipshape request masking-preview --database {database} --reason "..."` requests one',
  },
  "preview-of-another": {
    httpStatus: 403,
    exitCode: 2,
    message: "{id} is no masking preview that {by} has requested: it is {operation}",
    hint: "what was approved is that the requester looks at the rows: request one of your own with `npx shipshape request masking-preview`",
  },
  "preview-of-other-database": {
    httpStatus: 422,
    exitCode: 2,
    message: "the preview {id} has rows of {database}, and the masking profile is for {source}",
    hint: "name another profile; `npx shipshape show {id}` shows what the preview is of",
  },
  "preview-not-ready": {
    httpStatus: 409,
    exitCode: 1,
    message: "the preview {id} has nothing to show yet",
    hint: "it needs its approval, and a worker that restores the copy: `npx shipshape show {id}` shows how far it is",
  },
  "preview-over": {
    httpStatus: 409,
    exitCode: 1,
    message: "the preview {id} is over",
    hint: "request another with `npx shipshape request masking-preview`; `npx shipshape show {id}` shows how it ended",
  },
  "preview-used-up": {
    httpStatus: 409,
    exitCode: 1,
    message: "the preview {id} has shown rows {count} times, and no more were approved",
    hint: "request another with `npx shipshape request masking-preview`",
  },
  "preview-table-unknown": {
    httpStatus: 422,
    exitCode: 2,
    message: "the profile masks no column of {table}",
    hint: "`npx shipshape masking preview --help`: without a table, it shows the first ones that are masked",
  },
} as const satisfies ErrorTable;
