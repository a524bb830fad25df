import type { ErrorTable } from "../../error-table";

const refused = { httpStatus: 409, exitCode: 2 } as const;

export const ringedPatchErrors = {
  "train-empty": {
    ...refused,
    message: "no database of {scope} can be patched to {version} now ({patched} run it already): {reasons}",
    hint: "`npx shipshape patches` shows what each runs, and what RDS offers",
  },
} as const satisfies ErrorTable;
