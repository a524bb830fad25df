import type { ErrorTable } from "../../error-table";

export const refreshExtensionErrors = {
  "extension-refused": {
    httpStatus: 409,
    exitCode: 2,
    message: "{identifier} does not stay longer: {problem}",
    hint: "`npx shipshape request environment-refresh --help` shows how to make another copy, with the data, the profile and the approvals of today",
  },
  "extension-unseen": {
    httpStatus: 500,
    exitCode: 1,
    message: "after its extension, {identifier} has {found} in its tag {tag} instead of {expected}",
    hint: "look at its events in the cloud; then request it again with `npx shipshape request refresh-extension`",
  },
} as const satisfies ErrorTable;
