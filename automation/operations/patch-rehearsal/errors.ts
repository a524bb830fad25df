import type { ErrorTable } from "../../error-table";

export const patchRehearsalErrors = {
  "rehearsal-impossible": {
    httpStatus: 409,
    exitCode: 2,
    message: "a patch of {identifier} to {version} cannot be rehearsed: {reason}",
    hint: "`npx shipshape patches` shows what it runs and what RDS offers; `npx shipshape fleet` the stack that declares it",
  },
} as const satisfies ErrorTable;
