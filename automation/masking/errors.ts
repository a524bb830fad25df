import type { ErrorTable } from "../error-table";

export const maskingErrors = {
  "masking-profile-unreadable": {
    httpStatus: 500,
    exitCode: 2,
    message: "{file} cannot be read: {reason}",
    hint: "name the file of a masking profile; `npx shipshape masking draft <database>` writes a first one",
  },
  "masking-profile-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file} is no masking profile:{problems}",
    hint: "nothing was read of any database; docs/masking.md lists what a profile may say",
  },
  "masking-profile-outgrown": {
    httpStatus: 422,
    exitCode: 1,
    message: "{file} does not cover {database}: {count} problems",
    hint: "classify what is new and remove what is gone; `npx shipshape masking draft {database}` proposes rules for all of it",
  },
  "subset-unreadable": {
    httpStatus: 500,
    exitCode: 2,
    message: "{file} cannot be read: {reason}",
    hint: "put the file of the subset beside the masking profile; docs/operations/environment-refresh.md has an example",
  },
  "subset-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file} is no subset:{problems}",
    hint: "what is there is not shown, since it may be a value; docs/operations/environment-refresh.md says what a subset may say",
  },
  "masking-transformer-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file} is no transformer: {reason}",
    hint: "nothing was read of any database; docs/masking.md has an example that runs",
  },
  "masking-value-unfit": {
    httpStatus: 422,
    exitCode: 1,
    message: "{column} cannot be masked: {reason}",
    hint: "choose another transformer for the column in the masking profile: docs/masking.md",
  },
  "masking-output": {
    httpStatus: 409,
    exitCode: 2,
    message: "{file} was not written: {reason}",
    hint: "name another file, ending in .masking.yaml, in a folder that exists",
  },
} as const satisfies ErrorTable;
