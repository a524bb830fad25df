import type { ErrorTable } from "../error-table";

export const reviewErrors = {
  "finding-unknown": {
    httpStatus: 404,
    exitCode: 2,
    message: 'there is no open finding "{id}"; open: {known}',
    hint: "`npx shipshape status` lists the open findings",
  },
} as const satisfies ErrorTable;
