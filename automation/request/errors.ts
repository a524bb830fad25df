import type { ErrorTable } from "../error-table";

export const requestErrors = {
  "operation-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no operation "{operation}"; known: {known}',
    hint: "`npx shipshape request --help` lists the operations",
  },
  "request-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "the request for {operation} cannot be accepted: {problems}",
    hint: "nothing was stored; `npx shipshape request {operation} --help` shows the options",
  },
  "comment-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "the answer cannot be accepted: {problem}",
    hint: "nothing was recorded; say why in a sentence or two, and name what says more",
  },
  "request-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no request "{id}"',
    hint: "`npx shipshape status` lists the latest requests",
  },
} as const satisfies ErrorTable;
