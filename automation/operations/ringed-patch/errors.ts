import type { ErrorTable } from "../../error-table";

const refused = { httpStatus: 409, exitCode: 2 } as const;

export const ringedPatchErrors = {
  "train-empty": {
    ...refused,
    message: "no database of {scope} can be patched to {version} now ({patched} run it already): {reasons}",
    hint: "`npx shipshape patches` shows what each runs, and what RDS offers",
  },
  "train-rings": {
    ...refused,
    message: "the train cannot have as few rings as {rings}: it needs {fewest}, of {largest} databases at most",
    hint: "give `--rings-max {fewest}` or more to `npx shipshape request ringed-patch`, or a smaller scope",
  },
  "train-cycle": {
    ...refused,
    message: "databases wait for each other, as their `patchAfter` says: {cycle}",
    hint: "take one of them out of `patchAfter` in its stack, and run `pulumi up` there; `npx shipshape fleet` shows the stacks",
  },
} as const satisfies ErrorTable;
