import type { ErrorTable } from "../../error-table";

const refused = { httpStatus: 409, exitCode: 2 } as const;

export const driftRepairErrors = {
  "repair-unneeded": {
    ...refused,
    message: "an `up` of stack {stack} would change nothing, so there is nothing to put back",
    hint: "`npx shipshape request drift-detection --help` compares it; what an `up` does not repair, such as a grant that nothing declares, is put back by hand",
  },
  "repair-replaces": {
    ...refused,
    message: "an `up` of stack {stack} would replace, delete or empty: {resources}",
    hint: "declare what is there, or replace it by a restore: `npx shipshape request restore-drill --help` tries one",
  },
  "repair-downgrades": {
    ...refused,
    message: "an `up` of stack {stack} would change what is never taken back: {changes}",
    hint: "declare what runs, bring the stack up, and request it again with `npx shipshape request drift-repair`",
  },
  "repair-restarts": {
    ...refused,
    message: "an `up` of stack {stack} would restart {identifier} {when}: {changes}",
    hint: "request it again with `npx shipshape request drift-repair --allow-restart`, or declare what is there",
  },
  "repair-wider": {
    ...refused,
    message: "an `up` of stack {stack} would change more than the request names: {changes}",
    hint: "an `up` is of whole resources: name these too, or request `npx shipshape request drift-repair` without --differences",
  },
  "repair-unmatched": {
    ...refused,
    message: "an `up` of stack {stack} would put back nothing that is called: {names}",
    hint: "`npx shipshape drift` prints the names; what an `up` does not repair is put back by hand",
  },
} as const satisfies ErrorTable;
