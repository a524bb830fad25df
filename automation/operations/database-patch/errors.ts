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
    message: "{identifier} may not be patched now by train {train}: {reason}",
    hint: "`npx shipshape train show {train}` shows the rings and why",
  },
  "patch-unsettled": {
    ...refused,
    message: "{identifier} is still being worked on by RDS after {minutes} minutes: it is {status}",
    hint: "let RDS end that, and request the patch again; `npx shipshape patches` shows when nothing waits any more",
  },
} as const satisfies ErrorTable;
