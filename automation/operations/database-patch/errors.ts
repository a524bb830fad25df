import type { ErrorTable } from "../../error-table";

const refused = { httpStatus: 409, exitCode: 2 } as const;

export const databasePatchErrors = {
  "patch-impossible": {
    ...refused,
    message: "{identifier} cannot be patched to {version} now: {reasons}",
    hint: "`npx shipshape patches` shows its version and what waits; `npx shipshape status` whether its recovery is proven",
  },
  "patch-wider": {
    ...refused,
    message: "an `up` of stack {stack} would change more than the version of {identifier}: {changes}",
    hint: "bring the stack up, or put back what was changed outside (`npx shipshape request drift-repair --help`), and request the patch again",
  },
  "patch-not-its-turn": {
    ...refused,
    message: "{identifier} may not be patched now: its ring {ring} of train {train} is {state}",
    hint: "`npx shipshape train show {train}` shows the rings and why",
  },
} as const satisfies ErrorTable;
