import type { ErrorTable } from "../../error-table";

const refused = { httpStatus: 409, exitCode: 2 } as const;

export const patchUndoErrors = {
  "undo-impossible": {
    ...refused,
    message: "the patch of {identifier} by request {patch} cannot be undone: {reason}",
    hint: "`npx shipshape patches` shows what it runs and what waits; `npx shipshape runs` lists the requests of a database",
  },
  "undo-wider": {
    ...refused,
    message: "an `up` of stack {stack} would change more than take {version} back: {changes}",
    hint: "bring the stack up, or put back what was changed outside (`npx shipshape request drift-repair --help`), and request it again",
  },
} as const satisfies ErrorTable;
