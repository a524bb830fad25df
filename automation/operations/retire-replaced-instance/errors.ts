import type { ErrorTable } from "../../error-table";

export const retireErrors = {
  "retire-impossible": {
    httpStatus: 409,
    exitCode: 2,
    message: "{identifier} is not deleted: {reasons}",
    hint: "`npx shipshape status` shows whether the recovery of the instance that has its name is proven; `npx shipshape request restore-drill --help` says how to prove it",
  },
} as const satisfies ErrorTable;
