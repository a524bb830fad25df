import type { ErrorTable } from "../error-table";

export const configurationErrors = {
  "configuration-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file} cannot be used:{problems}",
    hint: "nothing was changed; docs/configuration.md lists what the file may contain",
  },
  "standard-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{problems}",
    hint: "nothing was changed; docs/standard.md lists what a standard may say, and what the floor is",
  },
  "configuration-exposed": {
    httpStatus: 500,
    exitCode: 2,
    message: "{file} can be written to by everyone on this machine (mode {mode})",
    hint: "`chmod o-w {file}`, and look at the roles that it gives: a worker puts them in force",
  },
  "configuration-unreadable": {
    httpStatus: 500,
    exitCode: 2,
    message: "{file} cannot be read: {reason}",
    hint: "correct SHIPSHAPE_CONFIGURATION_FILE, or the permissions of the file",
  },
} as const satisfies ErrorTable;
