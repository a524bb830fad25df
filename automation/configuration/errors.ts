import type { ErrorTable } from "../error-table";

export const configurationErrors = {
  "configuration-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file} cannot be used:{problems}",
    hint: "nothing was changed; docs/configuration.md lists what the file may contain",
  },
  "configuration-unreadable": {
    httpStatus: 500,
    exitCode: 2,
    message: "{file} cannot be read: {reason}",
    hint: "correct SHIPSHAPE_CONFIGURATION_FILE, or the permissions of the file",
  },
} as const satisfies ErrorTable;
