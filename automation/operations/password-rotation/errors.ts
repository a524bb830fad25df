import type { ErrorTable } from "../../error-table";

export const passwordRotationErrors = {
  "rotation-undeclared": {
    httpStatus: 409,
    exitCode: 2,
    message: "the stack {stack} does not say which roles {identifier} has",
    hint: 'its StandardDatabase needs `accessRoles: "declared"` and an `up` with this version of Shipshape; then request it again with `npx shipshape request password-rotation`',
  },
  "rotation-role-unknown": {
    httpStatus: 400,
    exitCode: 2,
    message: 'database "{identifier}" has no role "{role}" with a password; it has: {known}',
    hint: "`npx shipshape request password-rotation --help` shows how to name them; roles that use IAM have no password",
  },
  "rotation-unfinished": {
    httpStatus: 409,
    exitCode: 2,
    message: "the config of stack {stack} says {configured} of {role}, and its last complete `up` has made {declared}",
    hint: "bring the stack up as it is committed, with `pulumi up`, and request it again with `npx shipshape request password-rotation`",
  },
} as const satisfies ErrorTable;
